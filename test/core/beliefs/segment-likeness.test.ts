import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logBeta } from '../../../src/core/math/distributions.ts';
import type { BetaShape } from '../../../src/core/beliefs/posterior.ts';
import type { RateCounts } from '../../../src/core/beliefs/rate-counts.ts';
import { betaMean, betaVariance, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { SEGMENT_LIKENESS } from '../../../src/core/beliefs/constants.ts';
import { ONE_RATE, priorFromOthers, strengthWeights } from '../../../src/core/beliefs/segment-likeness.ts';

/** ∫ f(m) · Beta(m; base) · P(counts | m, κ) dm over P(counts | κ): the exact answer, by the midpoint rule. */
function posteriorMean(
  f: (m: number) => number,
  { base, counts, strength }: { base: BetaShape; counts: readonly RateCounts[]; strength: number },
): number {
  let over = 0;
  let under = 0;
  for (let i = 0; i < 4000; i++) {
    const m = (i + 0.5) / 4000;
    const [a, b] = [strength * m, strength * (1 - m)];
    let log = (base.a - 1) * Math.log(m) + (base.b - 1) * Math.log(1 - m);
    for (const { n: l, s } of counts) log += logBeta(a + s, b + l - s) - logBeta(a, b);
    over += f(m) * Math.exp(log + 400);
    under += Math.exp(log + 400);
  }
  return over / under;
}

describe('priorFromOthers', () => {
  test.each([
    [2, [{ n: 40, s: 30 }]],
    [
      8,
      [
        { n: 40, s: 30 },
        { n: 10, s: 4 },
      ],
    ],
    [
      32,
      [
        { n: 200, s: 150 },
        { n: 5, s: 4 },
        { n: 60, s: 45 },
      ],
    ],
    [
      128,
      [
        { n: 200, s: 180 },
        { n: 100, s: 88 },
      ],
    ],
  ] as const)(
    'the prior at strength %d is close to the one found by integrating over the feature’s rate',
    (strength, counts) => {
      const exact = { base: UNIFORM, counts, strength };
      const mean = posteriorMean(m => m, exact);
      // E[θ²] of a rate that differs from m by κ.
      const square = posteriorMean(m => (m * (strength * m + 1)) / (strength + 1), exact);
      const { a, b } = priorFromOthers(UNIFORM, counts, strength);
      const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
      expect(Math.abs(a / (a + b) - mean)).toBeLessThan(0.06);
      expect(Math.sqrt(variance) / Math.sqrt(square - mean * mean)).toBeGreaterThan(0.85);
      expect(Math.sqrt(variance) / Math.sqrt(square - mean * mean)).toBeLessThan(1.15);
    },
  );

  test('at strength κ, n outcomes of another segment count as n(κ + 1)/(κ + n) outcomes, and up to one outcome counts in full', () => {
    const pooled = (counts: RateCounts, strength: number): number => {
      const { a, b } = priorFromOthers(UNIFORM, [counts], strength);
      // The inverse of the widening: total = κN/(N + κ + 1).
      return ((a + b) * (strength + 1)) / (strength - (a + b));
    };
    expect(pooled({ n: 40, s: 30 }, 8)).toBeCloseTo(2 + (40 * 9) / 48, 9);
    expect(pooled({ n: 1, s: 1 }, 8)).toBeCloseTo(3, 9);
    expect(pooled({ n: 0.25, s: 0 }, 8)).toBeCloseTo(2.25, 9);
  });

  test('law: a segment’s rate has the mean and variance of a two-stage draw: the feature’s rate, then the segment’s rate around it', () => {
    const side = fc.double({ min: 0.5, max: 100, noNaN: true });
    fc.assert(
      fc.property(side, side, fc.constantFrom(2, 8, 32, 128), (a, b, strength) => {
        const base = { a, b };
        const found = priorFromOthers(base, [], strength);
        const mean = betaMean(base);
        // Var E[θ | m] + E Var[θ | m], with θ ~ Beta(κm, κ(1 − m)).
        const variance = betaVariance(base) + (mean * (1 - mean) - betaVariance(base)) / (strength + 1);
        expect(betaMean(found)).toBeCloseTo(mean, 9);
        expect(betaVariance(found) / variance).toBeCloseTo(1, 9);
      }),
    );
  });

  test('where all segments have one rate the prior contains all their counts', () => {
    expect(
      priorFromOthers(
        { a: 3, b: 1 },
        [
          { n: 10, s: 4 },
          { n: 90, s: 50 },
        ],
        ONE_RATE,
      ),
    ).toEqual({ a: 57, b: 47 });
  });

  test('the prior weighs no more outcomes than the strength, and no more than the base prior and the other segments have', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { maxLength: 6 }),
        fc.constantFrom(2, 8, 32, 128),
        (pairs, strength) => {
          const counts = pairs.map(([s, f]) => ({ n: s + f, s }));
          const { a, b } = priorFromOthers(UNIFORM, counts, strength);
          expect(a + b).toBeLessThanOrEqual(strength);
          expect(a + b).toBeLessThanOrEqual(2 + counts.reduce((sum, { n }) => sum + n, 0));
        },
      ),
    );
  });
});

describe('strengthWeights', () => {
  const weights = (...counts: readonly (readonly [number, number])[]): readonly number[] =>
    (strengthWeights([[{ base: UNIFORM, counts: counts.map(([n, s]) => ({ n, s })) }]])[0] ?? []).map(
      ({ weight }) => weight,
    );
  const [own, one] = [0, SEGMENT_LIKENESS.strengths.length - 1] as const;
  const before =
    SEGMENT_LIKENESS.similarProbability + (1 - SEGMENT_LIKENESS.similarProbability) / SEGMENT_LIKENESS.strengths.length;

  test('before any outcome the strengths 2, 8, 32 and 128 have a weight of 3 % each, and ∞ has 88 %', () => {
    const [found] = strengthWeights([[]]);
    expect(found).toEqual(
      [2, 8, 32, 128]
        .map(strength => ({ strength, weight: expect.closeTo(0.03, 12) as number }))
        .concat([{ strength: ONE_RATE, weight: expect.closeTo(0.88, 12) as number }]),
    );
  });

  test('the weights keep their prior values until two segments have outcomes', () => {
    for (const known of [weights(), weights([0, 0], [0, 0]), weights([100, 95])]) {
      expect(known[one]).toBeCloseTo(before, 12);
      expect(known[own]).toBeCloseTo((1 - before) / (known.length - 1), 12);
    }
  });

  test('similar segment rates raise the weight of a common rate as outcomes accumulate', () => {
    const [some, more] = [weights([100, 80], [100, 80]), weights([1000, 800], [1000, 800])];
    expect(some[one]).toBeGreaterThan(before);
    expect(more[one]).toBeGreaterThan(some[one] as number);
    expect(more[own]).toBeLessThan(0.005);
  });

  test('segment rates that differ lower the weight of a common rate', () => {
    expect(weights([100, 95], [100, 20])[one]).toBeLessThan(1e-6);
    expect(weights([100, 95], [100, 20])[own]).toBeGreaterThan(0.4);
    const mild = weights([400, 300], [400, 320], [400, 340], [400, 280]);
    expect(mild[own]).toBeLessThan(0.05);
    expect(mild[one]).toBeLessThan(0.2);
  });

  test('the weights of two strengths are close to those from Bayes’ rule with exactly integrated evidence', () => {
    const counts = [
      { n: 30, s: 24 },
      { n: 25, s: 12 },
    ];
    const log = (strength: number): number => {
      // P(second | first): the second segment's evidence, averaged over the feature's rate given the first.
      const [first, second] = counts as [RateCounts, RateCounts];
      return Math.log(
        posteriorMean(
          m => {
            if (strength === ONE_RATE) return m ** second.s * (1 - m) ** (second.n - second.s);
            const [a, b] = [strength * m, strength * (1 - m)];
            return Math.exp(logBeta(a + second.s, b + second.n - second.s) - logBeta(a, b));
          },
          { base: UNIFORM, counts: [first], strength: strength === ONE_RATE ? 1e7 : strength },
        ),
      );
    };
    const exact = 1 / (1 + Math.exp(log(ONE_RATE) - log(8)));
    const [found] = strengthWeights([[{ base: UNIFORM, counts }]], {
      similarProbability: 1e-12,
      strengths: [8, ONE_RATE],
    });
    expect(found?.[0]?.weight).toBeGreaterThan(exact - 0.05);
    expect(found?.[0]?.weight).toBeLessThan(exact + 0.05);
  });

  test('when the segments of one node differ, those of another node are expected to differ too, at any strength equally', () => {
    const differ = [
      {
        base: UNIFORM,
        counts: [
          { n: 100, s: 95 },
          { n: 100, s: 20 },
        ],
      },
    ];
    const unknown = [
      {
        base: UNIFORM,
        counts: [
          { n: 1, s: 1 },
          { n: 0, s: 0 },
        ],
      },
    ];
    const [, next] = strengthWeights([differ, unknown]);
    expect(next?.map(({ weight }) => weight)).toEqual(SEGMENT_LIKENESS.strengths.map(() => expect.closeTo(0.2, 6)));
  });

  test('law: the weights are a probability distribution for any outcomes, whatever the order of the segments', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(5000)), { minLength: 1, maxLength: 8 }), pairs => {
        const counts = pairs.map(([s, f]): [number, number] => [s + f, s]);
        const found = weights(...counts);
        for (const weight of found) expect(weight).toBeGreaterThanOrEqual(0);
        expect(found.reduce((x, y) => x + y, 0)).toBeCloseTo(1, 9);
        if (new Set(counts.map(([n]) => n)).size < counts.length) return;
        const reversed = weights(...counts.toReversed());
        found.forEach((weight, i) => {
          expect(reversed[i]).toBeCloseTo(weight, 9);
        });
      }),
    );
  });
});
