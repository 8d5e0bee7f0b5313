import { describe, expect, test } from 'vitest';
import { estimatePlans, notComparable, settledOn } from '../../../src/core/report/estimate.ts';
import type { Sums } from '../../../src/core/cells/cell.ts';
import { sumOf } from '../../../src/core/cells/sums.ts';
import { sumsOf } from './intent-sums.ts';

describe('estimatePlans', () => {
  test('a plan is learning below 100 labelled intents, estimating from there, and settled once the comparison is settled', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
    const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const few = sumsOf(Array.from({ length: 20 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    const states = (plans: Record<string, Sums>): readonly string[] =>
      estimatePlans(new Map(Object.entries(plans)), { plans: Object.keys(plans), failureCostUsd: 15 }).map(
        x => x.state,
      );
    expect(states({ mini: bad, premium: good })).toEqual(['settled', 'settled']);
    expect(states({ mini: few, premium: good })).toEqual(['learning', 'estimating']);
    const almost = sumsOf(Array.from({ length: 99 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
    expect(states({ mini: almost, premium: good })).toEqual(['learning', 'settled']);
    expect(states({ mini: bad, premium: good, opus: {} })).toEqual(['estimating', 'estimating', 'learning']);
  });

  test('a plan that can no longer be chosen is still listed, and does not keep the comparison from being settled', () => {
    const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n, i % 20 !== 0] as const));
    const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n, i % 10 < 7] as const));
    const estimates = estimatePlans(
      new Map([
        ['old', {}],
        ['mini', bad],
        ['premium', good],
      ]),
      { plans: ['premium', 'mini'], failureCostUsd: 15 },
    );
    expect(estimates.map(({ plan, state }) => [plan, state])).toEqual([
      ['premium', 'settled'],
      ['mini', 'settled'],
      ['old', 'learning'],
    ]);
    expect(estimates[0]?.costPerIntentUsd.value).toBeCloseTo(0.764, 12);
    expect(estimates[0]?.success).toMatchObject({ value: 0.95 });
  });
});

describe('settledOn', () => {
  const good = sumsOf(Array.from({ length: 400 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
  const bad = sumsOf(Array.from({ length: 100 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 7] as const));
  const about = { plans: ['mini', 'premium'], failureCostUsd: 15 };
  const winner = (mini: Sums, premium: Sums): string | undefined =>
    settledOn(new Map(Object.entries({ mini, premium })), about);

  test('a feature with one plan never reaches the `settled` state, however many outcomes it has', () => {
    expect(settledOn(new Map([['premium', good]]), { ...about, plans: ['premium'] })).toBeUndefined();
    const [only] = estimatePlans(new Map([['premium', good]]), { ...about, plans: ['premium'] });
    expect(only?.state).toBe('estimating');
  });

  test('a comparison is not settled while more than 5 % of any plan’s intents are unlabelled', () => {
    const pending = (sums: Sums, count: bigint): Sums => sumOf([sums, { n: count }]);
    expect(winner(bad, good)).toBe('premium');
    expect(winner(bad, pending(good, 21n))).toBe('premium');
    expect(winner(bad, pending(good, 22n))).toBeUndefined();
    expect(winner(pending(bad, 6n), good)).toBeUndefined();
  });

  test('plans are compared only when chance can explain the difference between their intents’ failure costs', () => {
    const USD = 10n ** 9n;
    /** As many intents as there are outcomes, `expensive` of them at $200, the others at $15; failures as in the sums. */
    const withExpensive = (sums: Sums, expensive: bigint): Sums => {
      const failures = (sums.labelled ?? 0n) - (sums.successes ?? 0n);
      const cheap = (sums.labelled ?? 0n) - expensive;
      return {
        ...sums,
        weighedFailures: failures,
        failureCost2: failures * (15n * USD) ** 2n,
        labelledFailureCost: (expensive * 200n + cheap * 15n) * USD,
        labelledFailureCost2: (expensive * 200n ** 2n + cheap * 15n ** 2n) * USD ** 2n,
      };
    };
    expect(winner(withExpensive(bad, 0n), withExpensive(good, 0n))).toBe('premium');
    // 2 % of one plan's users cost $200; the other's may differ by three standard errors: by 2.97 here, not by 3.03.
    const many = sumsOf(Array.from({ length: 2000 }, (_, i) => [14_000_000n + BigInt(i), i % 20 !== 0] as const));
    const poor = sumsOf(Array.from({ length: 500 }, (_, i) => [1_900_000n + BigInt(i), i % 10 < 4] as const));
    expect(winner(withExpensive(poor, 10n), withExpensive(many, 86n))).toBe('premium');
    expect(winner(withExpensive(poor, 10n), withExpensive(many, 87n))).toBeUndefined();
    expect(winner(withExpensive(poor, 10n), withExpensive(many, 400n))).toBeUndefined();
  });

  test('plans that cannot be compared come with the reason', () => {
    expect(notComparable([bad, good])).toBeUndefined();
    expect(notComparable([bad, sumOf([good, { n: 22n }])])).toBe(
      "more than 5.0 % of a plan's intents have no outcome yet",
    );
    const costly = {
      ...good,
      weighedFailures: 20n,
      labelledFailureCost: 400n * 10n ** 11n,
      labelledFailureCost2: 400n * 10n ** 22n,
    };
    const usual = {
      ...bad,
      weighedFailures: 30n,
      labelledFailureCost: 100n * 10n ** 9n,
      labelledFailureCost2: 100n * 10n ** 18n,
    };
    expect(notComparable([usual, costly])).toBe("the failure costs of the plans' intents differ by more than chance");
  });

  test('audits of one plan alone settle nothing: a judge that is too kind would be corrected for that plan and not for the other', () => {
    // Both succeed in 60 % of the intents. The judge also accepts half of the failures.
    const kind = sumsOf(Array.from({ length: 1000 }, (_, i) => [10_000_000n + BigInt(i), i % 10 < 8] as const));
    const audited = {
      ...kind,
      audited: 200n,
      auditedSuccesses: 120n,
      auditedProxySuccesses: 160n,
      auditedBothSuccesses: 120n,
    };
    const settled = (mini: Sums, premium: Sums) =>
      settledOn(new Map(Object.entries({ mini, premium })), { plans: ['mini', 'premium'], failureCostUsd: 1 });
    expect(settled(audited, kind)).toBeUndefined();
    expect(notComparable([audited, kind])).toMatch(/^only some of the plans' outcomes were audited/);
    expect(notComparable([audited, audited])).toBeUndefined();
    expect(notComparable([audited, {}])).toBeUndefined();
  });

  test('an outcome of `unknown` is final: it does not keep a comparison from being settled', () => {
    expect(winner(bad, sumOf([good, { n: 300n, unknown: 300n }]))).toBe('premium');
  });
});
