import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriorFit } from '../../../src/core/beliefs/likeness.ts';
import { likenessOf } from '../../../src/core/beliefs/likeness.ts';

const features = (logBayesFactors: readonly number[], weight = 1): readonly PriorFit[] =>
  logBayesFactors.map((logBayesFactor, i) => ({ feature: `f${i}`, logBayesFactor, weight }));
const times = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);

describe('likenessOf', () => {
  test('nobody knows before any feature was seen', () => {
    expect(likenessOf([])(undefined)).toBe(0.5);
    expect(likenessOf([])('new')).toBe(0.5);
  });

  test('by hand: two features that the others certainly foretold, and two that they certainly did not', () => {
    // The guess weighs as two features, one of them alike.
    expect(likenessOf(features(times(2, 50)))(undefined)).toBeCloseTo(3 / 4, 9);
    expect(likenessOf(features(times(2, -50)))(undefined)).toBeCloseTo(1 / 4, 9);
    expect(likenessOf(features([50, -50]))(undefined)).toBeCloseTo(1 / 2, 9);
  });

  test('many features that were foretold a little better each make it near certain; one says little', () => {
    expect(likenessOf(features(times(30, Math.log(3))))(undefined)).toBeGreaterThan(0.9);
    expect(likenessOf(features(times(1, Math.log(3))))(undefined)).toBeLessThan(0.65);
  });

  test('a feature’s own part is left to its posterior', () => {
    const all = features([50, 50, -50]);
    expect(likenessOf(all)('f2')).toBeCloseTo(3 / 4, 9);
    expect(likenessOf(all)('f0')).toBeCloseTo(2 / 4, 9);
  });

  test('a feature that has shown nearly nothing weighs nearly nothing', () => {
    expect(likenessOf(features(times(5, 50), 0.001))(undefined)).toBeCloseTo(0.5, 2);
  });

  test('law: a probability, and never certain', () => {
    const comparison = fc.record({
      feature: fc.string(),
      logBayesFactor: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      weight: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(comparison, { selector: ({ feature }) => feature, maxLength: 20 }), all => {
        for (const feature of [undefined, ...all.map(each => each.feature)]) {
          const likeness = likenessOf(all)(feature);
          expect(likeness).toBeGreaterThan(0);
          expect(likeness).toBeLessThan(1);
        }
      }),
    );
  });
});
