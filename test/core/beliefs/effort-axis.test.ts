import { expect, test } from 'vitest';
import { modelsPerFamily, priorFromSiblings, withSiblings } from '../../../src/core/beliefs/effort-axis.ts';
import { betaMean, betaVariance } from '../../../src/core/beliefs/posterior.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';
import { sigmoid } from '../../../src/core/math/sigmoid.ts';

const UNIFORM = { a: 1, b: 1 };
const counts = (n: number, s: number) => ({ n, s });

test('a sibling at another effort moves the prior toward its own rate, and the more, the nearer its effort is', () => {
  const near = priorFromSiblings(UNIFORM, [{ steps: -1, counts: counts(200, 180) }]);
  const far = priorFromSiblings(UNIFORM, [{ steps: -4, counts: counts(200, 180) }]);
  expect(betaMean(near)).toBeGreaterThan(0.85);
  expect(betaMean(far)).toBeGreaterThan(0.7);
  expect(betaVariance(near)).toBeLessThan(betaVariance(far));
});

test('however many outcomes its siblings have, a model keeps a rate of its own', () => {
  const siblings = [-2, -1, 1, 2].map(steps => ({ steps, counts: counts(1e9, 0.9e9) }));
  const { a, b } = priorFromSiblings(UNIFORM, siblings);
  expect(betaMean({ a, b })).toBeCloseTo(0.9, 2);
  expect(a + b).toBeLessThan(120);
});

test('with two siblings, the effect of effort between them is also expected of the next step', () => {
  const siblings = [
    { steps: -2, counts: counts(4_000, 2_000) },
    { steps: -1, counts: counts(4_000, 2_800) },
  ];
  const above = betaMean(priorFromSiblings(UNIFORM, siblings));
  const below = betaMean(
    priorFromSiblings(
      UNIFORM,
      siblings.map(({ steps, counts: each }) => ({ steps: -steps, counts: each })),
    ),
  );
  expect(above).toBeGreaterThan(0.7);
  // A priori, a fall of this size per step is less likely than a rise.
  expect(below).toBeGreaterThan(0.65);
  expect(below).toBeLessThan(above);
  const falling = siblings.map(({ steps }, i) => ({ steps, counts: counts(4_000, i === 0 ? 2_800 : 2_000) }));
  expect(betaMean(priorFromSiblings(UNIFORM, falling))).toBeLessThan(0.5);
});

test('the prior has the moments of the exact posterior, computed by drawing families and weighting them by their siblings’ outcomes', () => {
  const random = seededRandom('families');
  const cases = [
    [{ steps: 1, counts: counts(3, 3) }],
    [
      { steps: -1, counts: counts(40, 30) },
      { steps: 2, counts: counts(10, 9) },
    ],
    [
      { steps: -2, counts: counts(200, 100) },
      { steps: -1, counts: counts(60, 40) },
      { steps: 1, counts: counts(5, 5) },
    ],
  ];
  for (const siblings of cases) {
    let [weights, sum, squares] = [0, 0, 0];
    for (let draw = 0; draw < 40_000; draw++) {
      // The code's assumptions about a family, repeated here on purpose; for the outcomes, the likelihood itself.
      const level = Math.sqrt(2) * normal(random);
      const step = 0.1 + 0.4 * normal(random);
      let logWeight = 0;
      for (const { steps, counts: seen } of siblings) {
        const p = sigmoid(level + step * steps + 0.3 * normal(random));
        logWeight += seen.s * Math.log(p) + (seen.n - seen.s) * Math.log(1 - p);
      }
      const own = sigmoid(level + 0.3 * normal(random));
      const weight = Math.exp(logWeight + 140);
      weights += weight;
      sum += weight * own;
      squares += weight * own ** 2;
    }
    const mean = sum / weights;
    const prior = priorFromSiblings(UNIFORM, siblings);
    expect(Math.abs(betaMean(prior) - mean)).toBeLessThan(0.06);
    expect(betaVariance(prior) / (squares / weights - mean ** 2)).toBeGreaterThan(0.6);
    expect(betaVariance(prior) / (squares / weights - mean ** 2)).toBeLessThan(1.6);
  }
});

test('siblings without outcomes, and models without a family, leave the prior unchanged', () => {
  expect(priorFromSiblings(UNIFORM, [{ steps: 1, counts: counts(0, 0) }])).toEqual(UNIFORM);
  const prior = { success: UNIFORM, climb: UNIFORM, rejected: UNIFORM, costUsd: 1 };
  const sumsOf = () => {
    throw new Error('no sibling is asked');
  };
  expect(withSiblings(prior, { axes: undefined, node: 'mini', sumsOf })).toBe(prior);
  const pooled = { ...prior, likeness: 0.9 };
  const axes = { low: { family: 'f', position: 2 }, high: { family: 'f', position: 4 } };
  expect(withSiblings(pooled, { axes, node: 'low', sumsOf })).toBe(pooled);
});

test('the average size of a family counts models of one provider model once', () => {
  expect(modelsPerFamily()).toBe(1);
  const axes = { a: { family: 'f', position: 2 }, b: { family: 'f', position: 3 }, c: { family: 'g', position: 2 } };
  expect(modelsPerFamily(axes)).toBe(1.5);
});
