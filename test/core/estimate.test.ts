import { describe, expect, test } from 'vitest';
import { costSample, estimatePlans, sumsByPlan } from '../../src/core/estimate.ts';
import type { Cell, Sums } from '../../src/core/statistics.ts';

/** Sums of intents given as [cost in nano-dollars, success]. */
function sumsOf(
  intents: readonly (readonly [cost: bigint, success: boolean])[],
  failureCostNanoUsd = 15n * 10n ** 9n,
): Sums {
  const total = (of: (cost: bigint, success: boolean) => bigint): bigint =>
    intents.reduce((sum, [cost, success]) => sum + of(cost, success), 0n);
  return {
    n: BigInt(intents.length),
    cost: total(c => c),
    cost2: total(c => c * c),
    cost3: total(c => c * c * c),
    labelled: BigInt(intents.length),
    successes: total((_, success) => (success ? 1n : 0n)),
    costOfLabelled: total(c => c),
    costOfFailures: total((c, success) => (success ? 0n : c)),
    failureCost: total((_, success) => (success ? 0n : failureCostNanoUsd)),
  };
}

const INTENTS = Array.from({ length: 120 }, (_, i) => [BigInt(1_000_000 * (1 + (i % 7) ** 2)), i % 10 !== 0] as const);

describe('costSample', () => {
  test('its moments and correlation are those of the intents', () => {
    const usd = INTENTS.map(([cost]) => Number(cost) / 1e9);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const m = mean(usd);
    const deviation = Math.sqrt(mean(usd.map(x => (x - m) ** 2)));
    const fail = INTENTS.map(([, success]) => (success ? 0 : 1));
    const covariance = mean(usd.map((x, i) => (x - m) * ((fail[i] as number) - 0.1)));
    const sample = costSample(sumsOf(INTENTS), 99);
    expect(sample.meanUsd).toBeCloseTo(m, 15);
    expect(sample.variance).toBeCloseTo((deviation ** 2 * 120) / 119, 15);
    expect(sample.skewness).toBeCloseTo(mean(usd.map(x => ((x - m) / deviation) ** 3)), 10);
    expect(sample.correlation).toBeCloseTo(covariance / deviation / Math.sqrt(0.09), 10);
    expect(sample.failureCostUsd).toBe(15);
  });

  test('a tiny spread on a large cost is not lost in rounding', () => {
    const costs = Array.from({ length: 1000 }, (_, i) => [9_000_000_000_000n + BigInt(i % 2), true] as const);
    expect(costSample(sumsOf(costs), 15).variance * 1e18).toBeCloseTo((0.25 * 1000) / 999, 9);
  });

  test('while nothing has failed the configured failure cost stands', () => {
    expect(costSample(sumsOf([[5n, true]]), 12).failureCostUsd).toBe(12);
    expect(costSample({}, 12)).toMatchObject({ n: 0, labelled: 0, failureCostUsd: 12 });
  });
});

describe('estimatePlans', () => {
  test('learning below 100 labelled intents, estimating from there, settled once the comparison is', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
    const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const few = sumsOf(Array.from({ length: 20 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const states = (plans: Record<string, Sums>): readonly string[] =>
      estimatePlans(new Map(Object.entries(plans)), { plans: Object.keys(plans), failureCostUsd: 15 }).map(
        x => x.state,
      );
    expect(states({ mini: bad, premium: good })).toEqual(['settled', 'settled']);
    expect(states({ mini: few, premium: good })).toEqual(['learning', 'estimating']);
    expect(states({ mini: bad, premium: good, opus: {} })).toEqual(['estimating', 'estimating', 'learning']);
  });

  test('a plan that only the past knows is still reported, and does not keep the others unsettled', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n, i % 20 !== 0] as const));
    const estimates = estimatePlans(
      new Map([
        ['old', {}],
        ['premium', good],
      ]),
      { plans: ['premium'], failureCostUsd: 15 },
    );
    expect(estimates.map(({ plan, state }) => [plan, state])).toEqual([
      ['premium', 'settled'],
      ['old', 'learning'],
    ]);
    expect(estimates[0]?.costPerIntentUsd.value).toBeCloseTo(0.764, 12);
    expect(estimates[0]?.success).toMatchObject({ value: 0.95 });
  });
});

test('sumsByPlan merges segments, buckets and versions, and leaves node cells out', () => {
  const cell = (at: string, sums: Sums, key: Partial<Cell['key']> = {}): Cell => ({
    key: { scope: 'plan', feature: 'f', segment: '', at, version: '', bucket: 1, ...key },
    sums,
  });
  const merged = sumsByPlan([
    cell('mini', { n: 1n, cost: 5n }),
    cell('mini', { n: 2n, cost: 7n }, { bucket: 2, segment: 'pro' }),
    cell('mini', { n: 9n }, { scope: 'node' }),
    cell('premium', { n: 1n }),
  ]);
  expect([...merged]).toEqual([
    ['mini', { n: 3n, cost: 12n }],
    ['premium', { n: 1n }],
  ]);
});
