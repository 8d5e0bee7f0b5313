/** `prices break-even`: when a GPU of one's own pays, by what a success costs. */
import type { Command } from 'commander';
import type { BreakEvenInput, MonthCompared } from '../../prices/break-even.ts';
import { breakEven } from '../../prices/break-even.ts';
import { parseCount, parseNumber, usdText } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { renderTable } from '../text/table.ts';

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
    .description('When a GPU of one’s own costs less per success than an API.')
    .option('--gpu-hour <usd>', 'rent of the GPU, USD an hour', parseNumber, 2)
    .option('--api <usd>', 'the API, USD per million tokens', parseNumber, 10)
    .option('--tokens <n>', 'tokens a request', parseNumber, 1_000)
    .option('--failure-cost <usd>', 'what a failed request costs, USD', parseNumber, 0)
    .option('--self-success <share>', 'success rate of the self-hosted model', parseNumber, 1)
    .option('--api-success <share>', 'success rate of the API’s model', parseNumber, 1)
    .option('--gpu-capacity <n>', 'requests one GPU serves in a month (default: any number)', parseNumber)
    .option('--requests <n...>', 'volumes a month to compare (default 100000 1000000 10000000)', collectCounts)
    .action((options: BreakEvenOptions) => {
      const { requestsPerMonth, gpuMonthUsd, compareAt } = breakEven(breakEvenInput(options));
      const volumes = options.requests ?? [100_000, 1_000_000, 10_000_000];
      const compared = volumes.map(requests => ({ requests, ...compareAt(requests) }));
      const result = { gpuMonthUsd, ...(requestsPerMonth === undefined ? {} : { requestsPerMonth }), compared };
      printResult(result, options, breakEvenText);
    });
  withJson(command);
}

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
    ['requests a month', 'GPUs', 'self-hosted', 'API', 'self-hosted, per success', 'API, per success', 'cheaper'].map(
      (title, i) => ({ title, align: i === 6 ? ('left' as const) : ('right' as const) }),
    ),
    compared.map(({ requests, gpus, selfHosted, api, cheaper }) => [
      requests.toLocaleString('en-US'),
      String(gpus),
      usdText(selfHosted.computeUsd),
      usdText(api.computeUsd),
      usdText(selfHosted.costPerSuccessUsd),
      usdText(api.costPerSuccessUsd),
      cheaper,
    ]),
  );
  const meeting =
    requestsPerMonth === undefined
      ? 'the API is cheaper per success at every volume'
      : `equal per success at ${Math.ceil(requestsPerMonth).toLocaleString('en-US')} requests a month`;
  return `One GPU: ${usdText(gpuMonthUsd)} a month; ${meeting}\n${table}`;
}
