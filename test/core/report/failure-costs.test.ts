import { describe, expect, test } from 'vitest';
import { failureCostsOf, meanFailureCostUsd, sameFailureCost } from '../../../src/core/report/failure-costs.ts';

describe('failureCostsOf', () => {
  test('without an intent nothing is known, and one cost for all of them is one part', () => {
    expect(failureCostsOf([])).toBeUndefined();
    expect(failureCostsOf([4, 4, 4])).toEqual(sameFailureCost(4));
  });

  test('different costs are parts by ascending cost, however they are mixed', () => {
    const costs = failureCostsOf([0.05, 4, 0.05, 0.05]);
    expect(costs).toEqual([
      { fraction: 0.75, usd: 0.05 },
      { fraction: 0.25, usd: 4 },
    ]);
    expect(meanFailureCostUsd(costs ?? [])).toBeCloseTo(0.75 * 0.05 + 0.25 * 4, 12);
  });

  test('five intents at a failure cost that no earlier intent had show a changed configuration; four such intents, or a cost that occurred before, do not', () => {
    const old = Array.from({ length: 20 }, () => 1);
    expect(failureCostsOf([...Array.from({ length: 5 }, () => 3), ...old])).toEqual(sameFailureCost(3));
    expect(failureCostsOf([...Array.from({ length: 4 }, () => 3), ...old])).toHaveLength(2);
    expect(failureCostsOf([...Array.from({ length: 5 }, () => 3), ...old, 3])).toHaveLength(2);
  });

  test('many different costs are combined into 32 parts with the same mean, so that a policy is asked for its shares at most 32 times', () => {
    const usd = Array.from({ length: 200 }, (_, i) => (i * 37) % 200);
    const costs = failureCostsOf(usd) ?? [];
    expect(costs).toHaveLength(32);
    expect(costs.map(part => part.usd)).toEqual(costs.map(part => part.usd).toSorted((a, b) => a - b));
    expect(costs.reduce((sum, { fraction }) => sum + fraction, 0)).toBeCloseTo(1, 12);
    expect(meanFailureCostUsd(costs)).toBeCloseTo(99.5, 9);
  });
});
