/** `outcome-router prices break-even`: when your own GPU costs less per success than an API. */
import type { Command } from 'commander';
import type { BreakEvenInput, MonthCompared } from '../../prices/break-even.ts';
import { breakEven } from '../../prices/break-even.ts';
import { formatCount, formatUsd } from '../../core/report/wording.ts';
import { relocated } from '../io/failure.ts';
import { parseCount, parseNumber } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { left, renderTable, right } from '../text/table.ts';

interface BreakEvenOptions {
  readonly gpuHour: number;
  readonly api: number;
  readonly tokens: number;
  readonly failureCost: number;
  readonly selfSuccess: number;
  readonly apiSuccess: number;
  readonly gpuCapacity?: number;
  readonly requests?: readonly number[];
  readonly json?: boolean;
}

/** Adds `break-even` to the `prices` command. */
export function registerBreakEven(prices: Command): void {
  const command = prices
    .command('break-even')
    .description('When your own GPU costs less per success than an API.')
    .option('--gpu-hour <usd>', 'rent of the GPU, USD per hour', parseNumber, 2)
    .option('--api <usd>', 'price of the API, USD per million tokens', parseNumber, 10)
    .option('--tokens <n>', 'tokens per request', parseNumber, 1_000)
    .option('--failure-cost <usd>', 'cost of a failed request, USD', parseNumber, 0)
    .option('--self-success <rate>', 'success rate of the self-hosted model', parseNumber, 1)
    .option('--api-success <rate>', 'success rate of the API’s model', parseNumber, 1)
    .option('--gpu-capacity <n>', 'requests that one GPU serves per month (default: no limit)', parseNumber)
    .option('--requests <n...>', 'monthly volumes to compare (default 100000 1000000 10000000)', collectCounts)
    .action((options: BreakEvenOptions) => printResult(comparison(options), options, breakEvenText));
  withJson(command);
}

function comparison(options: BreakEvenOptions): Compared {
  const volumes = options.requests ?? [100_000, 1_000_000, 10_000_000];
  try {
    const { requestsPerMonth, gpuMonthUsd, compareAt } = breakEven(breakEvenInput(options));
    const compared = volumes.map(requests => ({ requests, ...compareAt(requests) }));
    return { gpuMonthUsd, ...(requestsPerMonth === undefined ? {} : { requestsPerMonth }), compared };
  } catch (error) {
    throw relocated(error, field => OPTIONS[field ?? '']);
  }
}

/** The option that sets each field. */
const OPTIONS: Readonly<Record<string, string>> = {
  gpuHourUsd: '--gpu-hour',
  apiUsdPerMillionTokens: '--api',
  tokensPerRequest: '--tokens',
  failureCostUsd: '--failure-cost',
  selfHostedSuccessRate: '--self-success',
  apiSuccessRate: '--api-success',
  requestsPerGpuMonth: '--gpu-capacity',
  requestsPerMonth: '--requests',
};

function collectCounts(text: string, previous: readonly number[] | undefined): readonly number[] {
  return [...(previous ?? []), parseCount(text)];
}

function breakEvenInput(options: BreakEvenOptions): BreakEvenInput {
  return {
    gpuHourUsd: options.gpuHour,
    apiUsdPerMillionTokens: options.api,
    tokensPerRequest: options.tokens,
    failureCostUsd: options.failureCost,
    selfHostedSuccessRate: options.selfSuccess,
    apiSuccessRate: options.apiSuccess,
    ...(options.gpuCapacity === undefined ? {} : { requestsPerGpuMonth: options.gpuCapacity }),
  };
}

interface Compared {
  readonly gpuMonthUsd: number;
  readonly requestsPerMonth?: number;
  readonly compared: readonly (MonthCompared & { readonly requests: number })[];
}

function breakEvenText({ gpuMonthUsd, requestsPerMonth, compared }: Compared): string {
  const table = renderTable(
    [
      right('Requests per month'),
      right('GPUs'),
      right('Self-hosted'),
      right('API'),
      right('Self-hosted, per success'),
      right('API, per success'),
      left('Cheaper'),
    ],
    compared.map(({ requests, gpus, selfHosted, api, cheaper }) => [
      formatCount(requests),
      String(gpus),
      formatUsd(selfHosted.computeUsd),
      formatUsd(api.computeUsd),
      formatUsd(selfHosted.costPerSuccessUsd),
      formatUsd(api.costPerSuccessUsd),
      cheaper === 'api' ? 'API' : cheaper,
    ]),
  );
  const breakEvenPoint =
    requestsPerMonth === undefined
      ? 'the API is cheaper per success at every volume'
      : `equal per success at ${formatCount(Math.ceil(requestsPerMonth))} requests per month`;
  return `One GPU: ${formatUsd(gpuMonthUsd)} per month; ${breakEvenPoint}\n${table}`;
}
