/** When a GPU of one's own costs less than an API: by what a success costs, because success rates differ. */
import { RouterError } from '../errors.ts';

export interface BreakEvenInput {
  readonly gpuHourUsd: number;
  /** Paid whether or not anything runs. Default 730: all hours of a month. */
  readonly hoursPerMonth?: number;
  /** Requests that one GPU can serve in a month at the utilisation you expect. Default: no limit. */
  readonly requestsPerGpuMonth?: number;
  readonly apiUsdPerMillionTokens: number;
  /** Default 1,000. */
  readonly tokensPerRequest?: number;
  /** What a failed request costs. Default 0. */
  readonly failureCostUsd?: number;
  /** Default 1, above 0. */
  readonly selfHostedSuccessRate?: number;
  readonly apiSuccessRate?: number;
}

/** One side of the comparison at a volume. */
export interface MonthlyCost {
  readonly computeUsd: number;
  readonly failureUsd: number;
  readonly costPerSuccessUsd: number;
}

/** Both sides at a volume, with the GPUs it takes. */
export interface MonthCompared {
  readonly gpus: number;
  readonly selfHosted: MonthlyCost;
  readonly api: MonthlyCost;
  readonly cheaper: 'self-hosted' | 'api';
}

export interface BreakEven {
  /** Requests a month at which both cost the same per success; absent when the API is cheaper at every volume. */
  readonly requestsPerMonth?: number;
  /** Rent of one GPU for a month. */
  readonly gpuMonthUsd: number;
  readonly at: (requestsPerMonth: number) => MonthCompared;
}

/**
 * With F the rent of a GPU, N requests a month, H the failure cost and p the success rates,
 *
 *     self-hosted  (F·gpus/N + H·(1 − p))/p        API  (tokens·price + H·(1 − p))/p
 *
 * and they meet at N = F / (p_self·CPS_api − H·(1 − p_self)), if one GPU can serve that many. Equal success rates leave
 * the comparison of bills; unequal ones with a failure cost mostly decide it whatever the volume.
 *
 * @throws RouterError `invalid-value` with the field as path.
 *
 * @example
 * ```ts
 * const { requestsPerMonth, at } = breakEven({ gpuHourUsd: 2, apiUsdPerMillionTokens: 10 });
 * requestsPerMonth; // 146_000: $1,460 at $0.01 a request
 * at(1_000_000).api.computeUsd; // 10_000
 * ```
 */
export function breakEven(input: BreakEvenInput): BreakEven {
  const { gpuHourUsd, hoursPerMonth = 730, requestsPerGpuMonth = Infinity, tokensPerRequest = 1_000 } = input;
  const { failureCostUsd = 0, selfHostedSuccessRate = 1, apiSuccessRate = 1 } = input;
  const positive = { gpuHourUsd, hoursPerMonth, requestsPerGpuMonth, tokensPerRequest };
  for (const [name, value] of Object.entries(positive)) mustHold(value > 0, name, 'a number above 0');
  mustHold(input.apiUsdPerMillionTokens >= 0, 'apiUsdPerMillionTokens', 'a number from 0');
  mustHold(failureCostUsd >= 0 && Number.isFinite(failureCostUsd), 'failureCostUsd', 'a number from 0');
  for (const [name, rate] of Object.entries({ selfHostedSuccessRate, apiSuccessRate })) {
    mustHold(rate > 0 && rate <= 1, name, 'a share above 0, up to 1');
  }

  const gpuMonthUsd = gpuHourUsd * hoursPerMonth;
  const apiRequestUsd = (input.apiUsdPerMillionTokens * tokensPerRequest) / 1_000_000;
  const monthly = (computeUsd: number, requests: number, successRate: number): MonthlyCost => {
    const failureUsd = failureCostUsd * requests * (1 - successRate);
    return { computeUsd, failureUsd, costPerSuccessUsd: (computeUsd + failureUsd) / (requests * successRate) };
  };
  const apiCostPerSuccess = monthly(apiRequestUsd, 1, apiSuccessRate).costPerSuccessUsd;
  const affordableUsd = selfHostedSuccessRate * apiCostPerSuccess - failureCostUsd * (1 - selfHostedSuccessRate);
  const meeting = gpuMonthUsd / affordableUsd;
  return {
    ...(affordableUsd > 0 && meeting <= requestsPerGpuMonth ? { requestsPerMonth: meeting } : {}),
    gpuMonthUsd,
    at: requestsPerMonth => {
      mustHold(requestsPerMonth > 0, 'requestsPerMonth', 'a number above 0');
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

function mustHold(holds: boolean, path: string, accepted: string): void {
  if (!holds) throw new RouterError('invalid-value', 'out of range', { path, accepted });
}
