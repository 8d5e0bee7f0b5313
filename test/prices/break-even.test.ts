import { describe, expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { BreakEvenInput } from '../../src/prices/break-even.ts';
import { breakEven } from '../../src/prices/break-even.ts';

const published: BreakEvenInput = { gpuHourUsd: 2, apiUsdPerMillionTokens: 10 };

describe('the published case: a GPU at $2 an hour, an API at $10 per million, 1,000 tokens a request', () => {
  test('a GPU of $1,460 a month breaks even at 146,000 requests', () => {
    expect(breakEven(published).gpuMonthUsd).toBe(1_460);
    expect(breakEven(published).requestsPerMonth).toBeCloseTo(146_000, 6);
  });

  test.each([
    [100_000, 1_000, 'api'],
    [146_000, 1_460, 'api'],
    [1_000_000, 10_000, 'self-hosted'],
    [10_000_000, 100_000, 'self-hosted'],
  ] as const)('at %d requests the API costs $%d and %s is cheaper', (requests, usd, cheaper) => {
    const month = breakEven(published).compareAt(requests);
    expect(month.api.computeUsd).toBeCloseTo(usd, 6);
    expect(month.selfHosted.computeUsd).toBe(1_460);
    expect(month.cheaper).toBe(cheaper);
  });

  test('at 10M requests the API costs about ten times as much as GPUs that serve 1.46M each', () => {
    const month = breakEven({ ...published, requestsPerGpuMonth: 1_460_000 }).compareAt(10_000_000);
    expect(month.gpus).toBe(7);
    expect(month.api.computeUsd / month.selfHosted.computeUsd).toBeCloseTo(9.78, 2);
  });
});

describe('different success rates', () => {
  const unequal = { ...published, failureCostUsd: 15, selfHostedSuccessRate: 0.94, apiSuccessRate: 0.95 };

  test('a success rate one point lower, at $15 a failure, makes the GPU more expensive at every volume', () => {
    expect(breakEven(unequal).requestsPerMonth).toBeUndefined();
    expect(breakEven(unequal).compareAt(10_000_000).cheaper).toBe('api');
  });

  test('at the break-even volume a success costs the same on both sides', () => {
    const { requestsPerMonth = Number.NaN, compareAt } = breakEven({ ...unequal, failureCostUsd: 0.1 });
    const month = compareAt(requestsPerMonth);
    expect(month.selfHosted.costPerSuccessUsd).toBeCloseTo(month.api.costPerSuccessUsd, 12);
    expect(requestsPerMonth).toBeGreaterThan(146_000);
  });

  test('a self-hosted model that succeeds more often breaks even earlier', () => {
    const { requestsPerMonth } = breakEven({ ...unequal, selfHostedSuccessRate: 0.96 });
    expect(requestsPerMonth).toBeLessThan(10_000);
  });

  test('every expected failure is charged at the failure cost', () => {
    expect(breakEven(unequal).compareAt(1_000).api.failureUsd).toBeCloseTo(750, 8);
  });
});

test('there is no break-even if one GPU cannot serve the requests that it would take', () => {
  const servedPerMonth = (requestsPerGpuMonth: number) => breakEven({ ...published, requestsPerGpuMonth });
  expect(servedPerMonth(145_999).requestsPerMonth).toBeUndefined();
  expect(servedPerMonth(146_000).requestsPerMonth).toBe(146_000);
});

test('there is no break-even with an API that is free', () => {
  expect(breakEven({ ...published, apiUsdPerMillionTokens: 0 }).requestsPerMonth).toBeUndefined();
});

test.each<[string, Partial<BreakEvenInput>]>([
  ['gpuHourUsd', { gpuHourUsd: 0 }],
  ['hoursPerMonth', { hoursPerMonth: -1 }],
  ['requestsPerGpuMonth', { requestsPerGpuMonth: Number.NaN }],
  ['requestsPerGpuMonth', { requestsPerGpuMonth: 0 }],
  ['tokensPerRequest', { tokensPerRequest: 0 }],
  ['apiUsdPerMillionTokens', { apiUsdPerMillionTokens: -1 }],
  ['failureCostUsd', { failureCostUsd: Infinity }],
  ['failureCostUsd', { failureCostUsd: -1 }],
  ['selfHostedSuccessRate', { selfHostedSuccessRate: 0 }],
  ['apiSuccessRate', { apiSuccessRate: 1.01 }],
  ['tokensPerRequest', { tokensPerRequest: '5' as never }],
  ['gpuHourUsd', { gpuHourUsd: Infinity }],
  ['breakEven.gpuHourUSD', { gpuHourUSD: 2 } as never],
])('%s is refused outside its range', (path, part) => {
  try {
    breakEven({ ...published, ...part });
    expect.unreachable();
  } catch (error) {
    expect(RouterError.isInstance(error) && [error.code, error.path]).toEqual(['invalid-value', path]);
  }
});

test('a comparison at 0 requests is refused', () => {
  expect(() => breakEven(published).compareAt(0)).toThrow(/requestsPerMonth/);
});
