import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { informationFraction, leaveOneOut, pooledNodes } from '../../../src/core/beliefs/pooled-nodes.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';
import { sigmoid } from '../../../src/core/math/sigmoid.ts';

const rows = (...counts: readonly (readonly [n: number, s: number])[]): readonly RateCell[] =>
  counts.map(([n, s], i) => ({ feature: `f${i}`, node: 'a', n, s }));

describe('pooledNodes', () => {
  test('each feature adds at most 30 outcomes at its own success rate, and the prior adds one outcome at 50 %', () => {
    expect(pooledNodes(rows([3000, 2700], [10, 5])).get('a')).toMatchObject({ n: 41, s: 27 + 5 + 0.5 });
  });

  test('where the cost rank is known the prior weighs four outcomes, at 60 % success for the cheapest candidate and 80 % for the most expensive', () => {
    const at = (...ranks: readonly number[]): number => {
      const cells = ranks.map((costRank, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 0, s: 0, costRank }));
      const { n, s } = pooledNodes(cells).get('a') ?? { n: 0, s: 0 };
      expect(n).toBe(4);
      return s / n;
    };
    expect(at(0)).toBeCloseTo(0.6, 12);
    expect(at(1)).toBeCloseTo(0.8, 12);
    // The mean, where a model has different ranks in two features.
    expect(at(0, 0.5)).toBeCloseTo(0.65, 12);
  });

  test('external evidence about a model counts in addition to what is expected of its cost rank', () => {
    const at = (...expected: readonly (readonly [success: number, outcomes: number])[]): readonly number[] => {
      const cells = expected.map(
        ([success, outcomes], i): RateCell => ({
          feature: `f${i}`,
          node: 'a',
          n: 0,
          s: 0,
          costRank: 0,
          expected: { success, outcomes },
        }),
      );
      const { n, s } = pooledNodes(cells).get('a') ?? { n: 0, s: 0 };
      return [n, s];
    };
    // The rank alone: 4 outcomes at 60 %.
    expect(at([0.9, 4])).toEqual([8, expect.closeTo(2.4 + 3.6, 12)]);
    // The mean, where two features have evidence of their own.
    expect(at([0.9, 4], [0.5, 2])).toEqual([7, expect.closeTo(2.4 + (3.6 + 1) / 2, 12)]);
    // A feature without evidence does not change the pooled counts.
    const cells: readonly RateCell[] = [
      { feature: 'f', node: 'a', n: 0, s: 0, costRank: 0, expected: { success: 0.9, outcomes: 4 } },
      { feature: 'g', node: 'a', n: 0, s: 0, costRank: 0 },
    ];
    expect(pooledNodes(cells).get('a')).toMatchObject({ n: 8, s: expect.closeTo(6, 12) });
  });

  test('the logit of pooled nodes is the logit of the pooled rate', () => {
    const { n, s, logit } = pooledNodes(rows([20, 15])).get('a') ?? { n: 0, s: 0, logit: 0 };
    expect(sigmoid(logit)).toBeCloseTo(s / n, 12);
  });
});

test('a feature with thousands of outcomes counts as nearly one feature, and a feature with one outcome as a fifth', () => {
  expect(informationFraction({ feature: 'f', node: 'a', n: 1, s: 1 }, 0)).toBeCloseTo(0.2, 12);
  expect(informationFraction({ feature: 'f', node: 'a', n: 4000, s: 1 }, 0)).toBeCloseTo(1000 / 1001, 12);
  // Outcomes near 0 or 1 say less about a logit.
  expect(informationFraction({ feature: 'f', node: 'a', n: 4, s: 4 }, Math.log(9))).toBeCloseTo(0.36 / 1.36, 12);
});

test('law: leaving a feature out gives the same counts as pooling the other features alone', () => {
  const counts = fc.tuple(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true })).map(([n, p]) => [n, n * p] as const);
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 5 }), counts, (others, own) => {
      const all = rows(...others, own);
      const pooled = pooledNodes(all).get('a');
      const left = leaveOneOut(pooled as NonNullable<typeof pooled>, all.at(-1));
      const without = pooledNodes(all.slice(0, -1)).get('a');
      expect(left.n).toBeCloseTo(without?.n ?? Number.NaN, 9);
      expect(left.s).toBeCloseTo(without?.s ?? Number.NaN, 9);
      expect(left.logit).toBeCloseTo(without?.logit ?? Number.NaN, 6);
      expect(left.features).toBeGreaterThanOrEqual(0);
      // Only this feature's part of the number of features is gone.
      expect((pooled?.features ?? 0) - left.features).toBeCloseTo(
        informationFraction(all.at(-1) as RateCell, pooled?.logit ?? 0),
        9,
      );
    }),
  );
});
