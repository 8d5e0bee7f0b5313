import { expect, test } from 'vitest';
import * as prices from '../../../src/cli/commands/prices.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(prices, ['prices', 'break-even', ...args]);

test('without options break-even computes the published case', async () => {
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toContain('One GPU: $1,460 per month; equal per success at 146,000 requests per month');
  expect(stdout).toMatch(/100,000 │\s+1 │\s+\$1,460 │\s+\$1,000/);
});

test('success rates and a failure cost can decide whether the GPU or the API is cheaper', async () => {
  const rates = ['--failure-cost', '15', '--self-success', '94%', '--api-success', '95%'];
  expect((await run(...rates)).stdout).toContain('the API is cheaper per success at every volume');
});

test('options set the volumes, tokens, rent and capacity', async () => {
  const args = [
    '--gpu-hour',
    '4',
    '--api',
    '20',
    '--tokens',
    '500',
    '--gpu-capacity',
    '1,000',
    '--requests',
    '1500',
    '--requests',
    '10',
  ];
  const result = JSON.parse((await run(...args, '--json')).stdout);
  expect(result.gpuMonthUsd).toBe(2_920);
  expect(result.requestsPerMonth).toBeUndefined();
  expect(result.compared.map((month: { requests: number; gpus: number }) => [month.requests, month.gpus])).toEqual([
    [1_500, 2],
    [10, 1],
  ]);
});

test('a value out of range fails with an error that names the option', async () => {
  const { code, stderr } = await run('--self-success', '94');
  expect(code).toBe(1);
  expect(stderr).toContain('--self-success: 94 is not accepted');
});
