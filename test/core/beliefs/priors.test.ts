import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BetaShape } from '../../../src/core/beliefs/posterior.ts';
import { betaVariance, expectedSuccess, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import type { PooledPrior } from '../../../src/core/beliefs/priors.ts';
import { empiricalBayes } from '../../../src/core/beliefs/priors.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

const meanOf = ({ a, b }: BetaShape): number => a / (a + b);

function binomial(n: number, p: number, random: ReturnType<typeof seededRandom>): number {
  let s = 0;
  for (let i = 0; i < n; i++) if (random.next() < p) s++;
  return s;
}

/** What is expected of a rate, like the others' or not. */
function expected(prior: PooledPrior | undefined): BetaShape {
  if (prior === undefined) throw new Error('no prior');
  const { likeness, ...success } = prior;
  return expectedSuccess({ success, likeness, climb: UNIFORM, rejected: UNIFORM, costUsd: 0 });
}

describe('empiricalBayes', () => {
  test('a node starts from what it does in other features', () => {
    const cells = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 60 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { typical } = empiricalBayes(cells);
    expect(meanOf(expected(typical.mini))).toBeGreaterThan(0.5);
    expect(meanOf(expected(typical.mini))).toBeLessThan(0.68);
    expect(meanOf(expected(typical.premium))).toBeGreaterThan(0.75);
  });

  test('a feature that is hard for one model is expected to be hard for the others', () => {
    const others = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 80 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { byFeature, typical } = empiricalBayes([...others, { feature: 'hard', node: 'mini', n: 60, s: 20 }]);
    expect(meanOf(byFeature.get('hard')?.premium as BetaShape)).toBeLessThan(
      meanOf(typical.premium as BetaShape) - 0.05,
    );
  });

  test('foretells success rates better than the uniform prior: half the squared error on features it has seen little of', () => {
    const random = seededRandom('features');
    const levels = { mini: 0.5, small: 1.4, premium: 2.9 };
    let [learnt, uniform] = [0, 0];
    for (let world = 0; world < 20; world++) {
      const truth = new Map<string, number>();
      const cells: RateCell[] = [];
      for (let f = 0; f < 30; f++) {
        const difficulty = 0.8 * normal(random);
        for (const [node, level] of Object.entries(levels)) {
          const p = 1 / (1 + Math.exp(-(level + difficulty + 0.2 * normal(random))));
          const n = f < 15 ? 80 : 3;
          truth.set(`f${f} ${node}`, p);
          cells.push({ feature: `f${f}`, node, n, s: binomial(n, p, random) });
        }
      }
      const { byFeature } = empiricalBayes(cells);
      for (const { feature, node, n, s } of cells) {
        if (n > 3) continue;
        const { a, b } = expected((byFeature.get(feature) ?? {})[node]);
        const p = truth.get(`${feature} ${node}`) as number;
        learnt += ((a + s) / (a + b + n) - p) ** 2;
        uniform += ((1 + s) / (2 + n) - p) ** 2;
      }
    }
    expect(learnt).toBeLessThan(uniform / 2);
  });

  test('a prior is never nothing and never overwhelming, and nothing seen is no error', () => {
    const cells = Array.from(
      { length: 20 },
      (_, f): RateCell => ({ feature: `f${f}`, node: 'mini', n: 5000, s: 4000 }),
    );
    const { a, b } = empiricalBayes(cells).typical.mini as BetaShape;
    expect(a + b).toBeGreaterThanOrEqual(1);
    expect(a + b).toBeLessThanOrEqual(50);
    expect(empiricalBayes([])).toEqual({ byFeature: new Map(), typical: {} });
  });

  test('before any outcome the dearest candidate is expected, weakly, to succeed more often: 60 % to 80 %', () => {
    const { typical } = empiricalBayes([
      { feature: 'f', node: 'cheap', n: 0, s: 0, costRank: 0 },
      { feature: 'f', node: 'dear', n: 0, s: 0, costRank: 1 },
    ]);
    expect(meanOf(typical.cheap as BetaShape)).toBeCloseTo(0.6, 12);
    expect(meanOf(typical.dear as BetaShape)).toBeCloseTo(0.8, 12);
    // A logit with variance 0.64 + 0.5, and as much again for a level that no feature has shown, as a Beta:
    // 1/(p(1 − p)·2.28) − 1 outcomes. That is less than one for the cheap one, which gets the least there is.
    expect((typical.dear?.a ?? 0) + (typical.dear?.b ?? 0)).toBeCloseTo(1 / (0.16 * 2.28) - 1, 12);
    expect((typical.cheap?.a ?? 0) + (typical.cheap?.b ?? 0)).toBeCloseTo(1, 12);
    expect(typical.cheap?.likeness).toBe(0.5);
  });

  test('a feature with a million outcomes weighs as much as one with thirty', () => {
    const { typical } = empiricalBayes([
      { feature: 'large', node: 'a', n: 1e6, s: 9e5 },
      { feature: 'small', node: 'a', n: 30, s: 15 },
    ]);
    // 27 of 30 and 15 of 30, and half an outcome of one guessed.
    expect(meanOf(typical.a as BetaShape)).toBeCloseTo((27 + 15 + 0.5) / 61, 12);
  });

  test('a feature’s own outcomes of a node are not in what foretells them', () => {
    const others: readonly RateCell[] = [
      { feature: 'f', node: 'a', n: 100, s: 90 },
      { feature: 'g', node: 'a', n: 100, s: 80 },
    ];
    const priorOf = (s: number) =>
      empiricalBayes([...others, { feature: 'own', node: 'a', n: 20, s }]).byFeature.get('own')?.a as BetaShape;
    expect(meanOf(priorOf(0))).toBeCloseTo(meanOf(priorOf(20)), 12);
  });

  test('one feature lends less than ten that agree', () => {
    const strengthFrom = (features: number): number => {
      const cells = Array.from(
        { length: features },
        (_, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 50, s: 40 }),
      );
      const { typical } = empiricalBayes(cells);
      return meanOf(expected(typical.a)) / betaVariance(expected(typical.a));
    };
    expect(strengthFrom(10)).toBeGreaterThan(2 * strengthFrom(1));
  });

  test('two features with opposite rates say nothing of a third; ten that agree say it with confidence', () => {
    const likenessOf = (rates: readonly number[]): number =>
      empiricalBayes(rates.map((rate, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 200, s: 200 * rate }))).typical
        .a?.likeness ?? Number.NaN;
    expect(likenessOf([0.9, 0.1])).toBeLessThan(0.4);
    expect(likenessOf(Array.from({ length: 10 }, () => 0.8))).toBeGreaterThan(0.85);
  });

  test('law: whatever was seen, a prior is a proper Beta worth 1 to 30 outcomes', () => {
    const rate = fc
      .record({
        feature: fc.constantFrom('f', 'g', 'h'),
        node: fc.constantFrom('a', 'b'),
        n: fc.nat(5000),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ feature, node, n, part }): RateCell => ({ feature, node, n, s: Math.round(n * part) }));
    const cells = fc.uniqueArray(rate, { selector: ({ feature, node }) => `${feature} ${node}`, maxLength: 6 });
    fc.assert(
      fc.property(cells, given => {
        const { byFeature, typical } = empiricalBayes(given);
        for (const shapes of [typical, ...byFeature.values()]) {
          for (const shape of Object.values(shapes)) {
            expect(shape.a).toBeGreaterThan(0);
            expect(shape.b).toBeGreaterThan(0);
            expect(shape.a + shape.b).toBeGreaterThan(1 - 1e-9);
            expect(shape.a + shape.b).toBeLessThan(30 + 1e-9);
            expect(shape.likeness).toBeGreaterThan(0);
            expect(shape.likeness).toBeLessThan(1);
          }
        }
      }),
    );
  });
});
