/** When your own GPU costs less than an API, compared by cost per success because success rates differ. */
import { checkNames, invalidValue } from '../errors.ts';

export interface BreakEvenInput {
  /** Rent of one GPU, USD an hour. */
  readonly gpuHourUsd: number;
  /** Hours that are paid, idle or not. Default 730: all hours of a month. */
  readonly hoursPerMonth?: number;
  /** Requests that one GPU can serve in a month at the expected utilization. Default: no limit. */
  readonly requestsPerGpuMonth?: number;
  /** Price of the API, input and output blended. */
  readonly apiUsdPerMillionTokens: number;
  /** Input and output tokens of one request; default 1,000. */
  readonly tokensPerRequest?: number;
  /** Cost of one failed request. Default 0. */
  readonly failureCostUsd?: number;
  /** Above 0, up to 1. Default 1. */
  readonly selfHostedSuccessRate?: number;
  /** Above 0, up to 1. Default 1. */
  readonly apiSuccessRate?: number;
}

/** One side of the comparison, USD for one month. */
export interface MonthlyCost {
  readonly computeUsd: number;
  readonly failureUsd: number;
  readonly costPerSuccessUsd: number;
}

/** Both sides at one volume of requests. */
export interface MonthCompared {
  /** GPUs needed for the volume. */
  readonly gpus: number;
  readonly selfHosted: MonthlyCost;
  readonly api: MonthlyCost;
  readonly cheaper: 'self-hosted' | 'api';
}

export interface BreakEven {
  /**
   * The number of requests a month from which the GPU costs less per success; absent when one GPU cannot serve that many, or when
   * the API is cheaper at every volume.
   */
  readonly requestsPerMonth?: number;
  /** Rent of one GPU for a month. */
  readonly gpuMonthUsd: number;
  readonly compareAt: (requestsPerMonth: number) => MonthCompared;
}

const INPUT_KEYS = [
  'gpuHourUsd',
  'hoursPerMonth',
  'requestsPerGpuMonth',
  'apiUsdPerMillionTokens',
  'tokensPerRequest',
  'failureCostUsd',
  'selfHostedSuccessRate',
  'apiSuccessRate',
] as const satisfies readonly (keyof BreakEvenInput)[];

/**
 * Compares a model on GPUs of your own with one behind an API: from how many requests a month on the GPU is cheaper.
 * With F the rent of a GPU, N requests a month, H the failure cost and p the success rates,
 *
 *     self-hosted  (F·gpus/N + H·(1 − p))/p        API  (tokens·price + H·(1 − p))/p
 *
 * They are equal at N = F / (p_self·CPS_api − H·(1 − p_self)), if one GPU can serve that many. With equal success rates
 * only the compute costs count; with unequal ones, a failure cost mostly decides the comparison at every volume.
 *
 * @throws RouterError `invalid-value` with the field as path.
 *
 * @example
 * ```ts
 * const { requestsPerMonth, compareAt } = breakEven({ gpuHourUsd: 2, apiUsdPerMillionTokens: 10 });
 * requestsPerMonth; // 146_000: $1,460 at $0.01 a request
 * compareAt(1_000_000).api.computeUsd; // 10_000
 * ```
 */
export function breakEven(input: BreakEvenInput): BreakEven {
  checkNames(input, INPUT_KEYS, 'breakEven');
  const { gpuHourUsd, hoursPerMonth = 730, requestsPerGpuMonth = Infinity, tokensPerRequest = 1_000 } = input;
  const { failureCostUsd = 0, selfHostedSuccessRate = 1, apiSuccessRate = 1 } = input;
  const positive = { gpuHourUsd, hoursPerMonth, tokensPerRequest };
  const { apiUsdPerMillionTokens } = input;
  requireField(positive, value => value > 0 && value < Infinity, 'a number above 0');
  requireField({ requestsPerGpuMonth }, value => value > 0, 'a number above 0');
  requireField({ apiUsdPerMillionTokens }, value => value >= 0, 'a number from 0');
  requireField({ failureCostUsd }, value => value >= 0 && Number.isFinite(value), 'a number from 0');
  requireField({ selfHostedSuccessRate, apiSuccessRate }, rate => rate > 0 && rate <= 1, 'a fraction above 0, up to 1');

  const gpuMonthUsd = gpuHourUsd * hoursPerMonth;
  const apiRequestUsd = (apiUsdPerMillionTokens * tokensPerRequest) / 1_000_000;
  const monthly = (computeUsd: number, requests: number, successRate: number): MonthlyCost => {
    const failureUsd = failureCostUsd * requests * (1 - successRate);
    return { computeUsd, failureUsd, costPerSuccessUsd: (computeUsd + failureUsd) / (requests * successRate) };
  };
  const apiCostPerSuccess = monthly(apiRequestUsd, 1, apiSuccessRate).costPerSuccessUsd;
  const affordableUsd = selfHostedSuccessRate * apiCostPerSuccess - failureCostUsd * (1 - selfHostedSuccessRate);
  const breakEvenRequests = gpuMonthUsd / affordableUsd;
  return {
    ...(affordableUsd > 0 && breakEvenRequests <= requestsPerGpuMonth ? { requestsPerMonth: breakEvenRequests } : {}),
    gpuMonthUsd,
    compareAt: requestsPerMonth => {
      requireField({ requestsPerMonth }, value => value > 0, 'a number above 0');
      const gpus = Math.max(1, Math.ceil(requestsPerMonth / requestsPerGpuMonth));
      const selfHosted = monthly(gpus * gpuMonthUsd, requestsPerMonth, selfHostedSuccessRate);
      const api = monthly(apiRequestUsd * requestsPerMonth, requestsPerMonth, apiSuccessRate);
      return {
        gpus,
        selfHosted,
        api,
        cheaper: selfHosted.costPerSuccessUsd < api.costPerSuccessUsd ? 'self-hosted' : 'api',
      };
    },
  };
}

/** Text can be compared with numbers too, so the type is checked first. */
function requireField(
  fields: Readonly<Record<string, number>>,
  isAccepted: (value: number) => boolean,
  accepted: string,
): void {
  for (const [path, value] of Object.entries(fields))
    if (typeof value !== 'number' || !isAccepted(value)) throw invalidValue(value, path, accepted);
}
