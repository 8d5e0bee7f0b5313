import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LIKENESS } from '../../../src/core/beliefs/constants.ts';
import { DIFFICULTIES } from '../../../src/core/beliefs/difficulty.ts';
import type { BetaShape } from '../../../src/core/beliefs/posterior.ts';
import { betaVariance, expectedSuccess, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import type { PooledPrior } from '../../../src/core/beliefs/priors.ts';
import { empiricalBayes, poolPriors, successPrior } from '../../../src/core/beliefs/priors.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

const meanOf = ({ a, b }: BetaShape): number => a / (a + b);

function binomial(n: number, p: number, random: ReturnType<typeof seededRandom>): number {
  let s = 0;
  for (let i = 0; i < n; i++) if (random.next() < p) s++;
  return s;
}

/** How much a feature with this information counts: less than 1. */
const fractionOf = (information: number): number => information / (1 + information);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Mode and variance of a feature's difficulty, from one node with this pooled logit: by bisection of the slope. */
function difficulty(
  { n, s }: { n: number; s: number },
  { logit, variance }: { logit: number; variance: number },
): { mode: number; variance: number } {
  const at = (d: number) => {
    const rate = sigmoid(logit + d);
    const information = n * rate * (1 - rate);
    const weight = 1 / (1 + information * variance);
    return { slope: -d / 0.64 + weight * (s - n * rate), curvature: 1 / 0.64 + weight * information };
  };
  let [low, high] = [-30, 30];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (at(middle).slope > 0) low = middle;
    else high = middle;
  }
  return { mode: low, variance: 1 / at(low).curvature };
}

/** Outcomes and successes by feature. */
type Counts = readonly (readonly [n: number, s: number])[];

/** The expected success rate of a feature that may or may not be like the others. */
function expected(prior: PooledPrior | undefined): BetaShape {
  if (prior === undefined) throw new Error('no prior');
  const { likeness, ...success } = prior;
  return expectedSuccess({ success, likeness, climb: UNIFORM, rejected: UNIFORM, costUsd: 0 });
}

test('the priors of a feature stay those of the moment of pooling while its counts grow', () => {
  const rows = ['a', 'b', 'c'].flatMap((feature, f) =>
    ['mini', 'premium'].map((node, k) => ({ feature, node, n: 40, s: 20 + 3 * f + 8 * k })),
  );
  const ofA = rows.filter(({ feature }) => feature === 'a');
  const priorsOf = poolPriors(rows);
  const atPooling = priorsOf('a', ofA);
  for (const row of rows) row.n += 1_000;
  expect(priorsOf('a', ofA)).toEqual(atPooling);
});

describe('empiricalBayes', () => {
  test('a new feature expects a success rate near that of the node in other features', () => {
    const cells = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 60 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { typical } = empiricalBayes(cells);
    expect(meanOf(expected(typical.mini))).toBeGreaterThan(0.5);
    expect(meanOf(expected(typical.mini))).toBeLessThan(0.68);
    expect(meanOf(expected(typical.premium))).toBeGreaterThan(0.75);
  });

  test('a feature in which one model fails often is expected to be difficult for the other models', () => {
    const others = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 80 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 95 },
    ]).flat();
    const { byFeature, typical } = empiricalBayes([...others, { feature: 'hard', node: 'mini', n: 60, s: 20 }]);
    expect(meanOf(byFeature.get('hard')?.premium as BetaShape)).toBeLessThan(
      meanOf(typical.premium as BetaShape) - 0.05,
    );
  });

  test('pooled priors halve the squared error of the uniform prior on features with few outcomes', () => {
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

  test('when features agree, the prior’s strength follows from the variances of difficulty, of nodes and of the pooled mean', () => {
    const cells = Array.from(
      { length: 20 },
      (_, f): RateCell => ({ feature: `f${f}`, node: 'mini', n: 5000, s: 4000 }),
    );
    const { a, b } = empiricalBayes(cells).typical.mini as BetaShape;
    const rate = (20 * 24 + 0.5) / (20 * 30 + 1);
    const features = 20 * fractionOf(5000 * rate * (1 - rate));
    // Logit variance: 0.64 of difficulties, at least 0.1 of nodes, and their sum over 1 + features of the mean.
    const variance = 0.64 + 0.1 + 0.74 / (1 + features);
    expect(a / (a + b)).toBeCloseTo(rate, 12);
    expect(a + b).toBeCloseTo(1 / (rate * (1 - rate) * variance) - 1, 9);
  });

  test('without cells there are no priors', () => {
    expect(empiricalBayes([])).toEqual({ byFeature: new Map(), typical: {} });
  });

  test('the difficulty of a feature is the mode of its posterior, with the posterior’s variance at that mode', () => {
    const others = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 80 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 90 },
    ]).flat();
    const { byFeature } = empiricalBayes([...others, { feature: 'hard', node: 'mini', n: 60, s: 35 }]);
    const { a, b } = (byFeature.get('hard') ?? {}).premium as BetaShape;
    // Pooled rates without the feature: 240.5 and 270.5 of 301. The variance of nodes is at its minimum, 0.1.
    const d = difficulty({ n: 60, s: 35 }, { logit: Math.log(240.5 / 60.5), variance: 0.1 });
    const pooled = 270.5 / 301;
    const features = 10 * fractionOf(100 * pooled * (1 - pooled));
    const rate = sigmoid(Math.log(pooled / (1 - pooled)) + d.mode);
    const variance = d.variance + 0.1 + (0.1 + 0.64) / (1 + features);
    expect(a / (a + b)).toBeCloseTo(rate, 3);
    expect(a + b).toBeCloseTo(1 / (rate * (1 - rate) * variance) - 1, 1);
  });

  test('the difficulty of an extreme feature is found near 4 logits, where one full Newton step would overshoot to 13', () => {
    const others = Array.from({ length: 10 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 100, s: 2 },
      { feature: `f${f}`, node: 'premium', n: 100, s: 50 },
    ]).flat();
    const { byFeature } = empiricalBayes([...others, { feature: 'easy', node: 'mini', n: 30, s: 30 }]);
    // The pooled rate of `premium` is one half: the logit of its prior is the difficulty.
    const rate = meanOf((byFeature.get('easy') ?? {}).premium as BetaShape);
    const logit = Math.log(rate / (1 - rate));
    expect(logit).toBeGreaterThan(3);
    expect(logit).toBeLessThan(4.5);
  });

  test('the between-node variance is the squared residual not explained by chance and difficulty, per pair of outcomes, starting from a guess', () => {
    const large: Counts = [
      [30, 29],
      [30, 2],
      [300, 150],
    ];
    // With so few outcomes the guess counts as well: as three pairs of outcomes at a variance of 0.5.
    const small: Counts = [
      [4, 4],
      [3, 0],
      [4, 2],
    ];
    for (const counts of [large, small]) {
      const cells = counts.map(([n, s], i): RateCell => ({ feature: `f${i}`, node: 'a', n, s }));
      let [total, successes] = [1, 0.5];
      for (const [n, s] of counts) {
        total += Math.min(30, n);
        successes += Math.min(1, 30 / n) * s;
      }
      const rate = successes / total;
      const logit = Math.log(rate / (1 - rate));
      let [excess, scale] = [3 * 0.5, 3];
      for (const [n, s] of counts) {
        const d = difficulty({ n, s }, { logit, variance: 0.5 });
        const p = sigmoid(logit + d.mode);
        const pairs = n * (n - 1) * (p * (1 - p)) ** 2;
        // A feature with 300 outcomes counts as one with 30.
        const weight = Math.min(1, (30 / n) ** 2);
        excess += weight * ((s - n * p) ** 2 - n * p * (1 - p) - pairs * d.variance);
        scale += weight * pairs;
      }
      expect(excess / scale).toBeGreaterThan(0.2);
      const features = counts.reduce((sum, [n]) => sum + fractionOf(n * rate * (1 - rate)), 0);
      const variance = 0.64 + excess / scale + (excess / scale + 0.64) / (1 + features);
      const { a, b } = empiricalBayes(cells).typical.a as BetaShape;
      // Three steps of Newton's method are within 1 % of the modes.
      expect(Math.abs((a + b) / (1 / (rate * (1 - rate) * variance) - 1) - 1)).toBeLessThan(0.01);
    }
  });

  test('at every difficulty a prior expects the node’s rate in other features, and 50 % in a feature unlike all others', () => {
    const cells = Array.from({ length: 20 }, (_, f): readonly RateCell[] => [
      { feature: `f${f}`, node: 'mini', n: 50, s: 30 },
      { feature: `f${f}`, node: 'premium', n: 50, s: 45 },
    ]).flat();
    const { typical } = empiricalBayes(cells);
    const { mini = [], premium = [] } = Object.fromEntries(
      Object.entries(typical).map(([node, { byDifficulty = [] }]) => [node, byDifficulty]),
    );
    DIFFICULTIES.forEach(({ logit }, d) => {
      const means = [meanOf(mini[d] as BetaShape), meanOf(premium[d] as BetaShape)] as const;
      if (logit === undefined) expect(means).toEqual([0.5, 0.5]);
      else {
        // All features are as difficult as each other, so their rates are those at the difficulty 0.
        expect(means[0]).toBeCloseTo(sigmoid(Math.log(30 / 20) + logit), 1);
        expect(means[1]).toBeCloseTo(sigmoid(Math.log(45 / 5) + logit), 1);
      }
    });
  });

  test('before any outcome the expected success rate is 60 % for the cheapest candidate and 80 % for the most expensive', () => {
    const { typical } = empiricalBayes([
      { feature: 'f', node: 'cheap', n: 0, s: 0, costRank: 0 },
      { feature: 'f', node: 'expensive', n: 0, s: 0, costRank: 1 },
    ]);
    expect(meanOf(typical.cheap as BetaShape)).toBeCloseTo(0.6, 12);
    expect(meanOf(typical.expensive as BetaShape)).toBeCloseTo(0.8, 12);
    // The variance is 0.64 + 0.5 (logit), and as much again for a mean that no feature has shown. As a Beta that counts as
    // 1/(p(1 − p)·2.28) − 1 outcomes; for the cheap one that is less than the minimum of one.
    expect((typical.expensive?.a ?? 0) + (typical.expensive?.b ?? 0)).toBeCloseTo(1 / (0.16 * 2.28) - 1, 12);
    expect((typical.cheap?.a ?? 0) + (typical.cheap?.b ?? 0)).toBeCloseTo(1, 12);
    expect(typical.cheap?.likeness).toBe(0.5 * MAX_LIKENESS);
  });

  test('the cost of a visit is pooled too, and scaled by the relative cost of the feature’s other nodes', () => {
    const costing = (feature: string, node: string, usd: number): RateCell => {
      return { feature, node, n: 0, s: 0, visits: 30, costUsd: 30 * usd, costUsd2: 60 * usd ** 2 };
    };
    const { byFeature, typical } = empiricalBayes([
      costing('long', 'a', 0.03),
      costing('long', 'b', 0.1),
      costing('short', 'a', 0.01),
    ]);
    expect(typical.b?.cost?.usd).toBeCloseTo(0.1, 12);
    // The pooled cost of `a` is 0.02; thirty visits at half of it count three to one against a factor of 1.
    expect(byFeature.get('short')?.b?.cost?.usd).toBeCloseTo(0.1 * 0.5 ** 0.75, 12);
  });

  test('a feature with a million outcomes counts as much as one with thirty', () => {
    const { typical } = empiricalBayes([
      { feature: 'large', node: 'a', n: 1e6, s: 9e5 },
      { feature: 'small', node: 'a', n: 30, s: 15 },
    ]);
    // 27 of 30 and 15 of 30, and the guess: half of one outcome.
    expect(meanOf(typical.a as BetaShape)).toBeCloseTo((27 + 15 + 0.5) / 61, 12);
  });

  test('the prior of a node does not include the feature’s own outcomes there', () => {
    const others: readonly RateCell[] = [
      { feature: 'f', node: 'a', n: 100, s: 90 },
      { feature: 'g', node: 'a', n: 100, s: 80 },
    ];
    const priorOf = (s: number) =>
      empiricalBayes([...others, { feature: 'own', node: 'a', n: 20, s }]).byFeature.get('own')?.a as BetaShape;
    expect(meanOf(priorOf(0))).toBeCloseTo(meanOf(priorOf(20)), 12);
  });

  test('ten features that agree make a prior nearly twice as strong as one', () => {
    const strengthFrom = (features: number): number => {
      const cells = Array.from(
        { length: features },
        (_, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 50, s: 40 }),
      );
      const { typical } = empiricalBayes(cells);
      return meanOf(expected(typical.a)) / betaVariance(expected(typical.a));
    };
    expect(strengthFrom(10)).toBeGreaterThan(1.75 * strengthFrom(1));
  });

  test('two features with opposite rates make a third unlikely to be like them, and ten that agree make it likely', () => {
    const likenessAmong = (rates: readonly number[]): number =>
      empiricalBayes(rates.map((rate, i): RateCell => ({ feature: `f${i}`, node: 'a', n: 200, s: 200 * rate }))).typical
        .a?.likeness ?? Number.NaN;
    expect(likenessAmong([0.9, 0.1])).toBeLessThan(0.4);
    expect(likenessAmong(Array.from({ length: 10 }, () => 0.8))).toBeGreaterThan(0.9 * MAX_LIKENESS);
  });

  test('law: for any outcomes, a prior is a proper Beta that counts as 1 to 30 outcomes', () => {
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

describe('successPrior', () => {
  test('a node that is not pooled has a uniform prior, and difficulties matter only where no plan climbs', () => {
    const pooled: PooledPrior = { a: 3, b: 1, likeness: 0.7, byDifficulty: [{ a: 2, b: 1 }] };
    expect(successPrior(undefined, { doPlansClimb: false })).toEqual({ success: { a: 1, b: 1 } });
    expect(successPrior(pooled, { doPlansClimb: false })).toEqual({
      success: { a: 3, b: 1 },
      likeness: 0.7,
      byDifficulty: [{ a: 2, b: 1 }],
    });
    expect(successPrior(pooled, { doPlansClimb: true })).toEqual({ success: { a: 3, b: 1 }, likeness: 0.7 });
  });
});
