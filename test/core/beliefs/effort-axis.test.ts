import { expect, test } from 'vitest';
import { modelsPerFamily, priorFromSiblings, withSiblings } from '../../../src/core/beliefs/effort-axis.ts';
import { betaMean, betaVariance } from '../../../src/core/beliefs/posterior.ts';

const UNIFORM = { a: 1, b: 1 };
const counts = (n: number, s: number) => ({ n, s });

test('a sibling moves the prior towards its own rate, and a nearer one more', () => {
  const near = priorFromSiblings(UNIFORM, [{ distance: 1, counts: counts(200, 180) }]);
  const far = priorFromSiblings(UNIFORM, [{ distance: 4, counts: counts(200, 180) }]);
  expect(betaMean(near)).toBeGreaterThan(betaMean(far));
  expect(betaMean(far)).toBeGreaterThan(0.8);
  expect(betaVariance(near)).toBeLessThan(betaVariance(far));
});

test('however much a sibling has done, the model keeps a rate of its own', () => {
  // The rate is Beta(κm, κ(1−m)) around the sibling's at κ = 100: no narrower than that.
  const { a, b } = priorFromSiblings(UNIFORM, [{ distance: 1, counts: counts(1e9, 0.9e9) }]);
  expect(a + b).toBeLessThan(100);
  expect(betaMean({ a, b })).toBeCloseTo(0.9, 1);
});

test('siblings without outcomes, and models of no family, leave the prior as it is', () => {
  expect(priorFromSiblings(UNIFORM, [{ distance: 1, counts: counts(0, 0) }])).toEqual(UNIFORM);
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
