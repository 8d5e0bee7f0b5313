import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriorFit } from '../../../src/core/beliefs/likeness.ts';
import { likenessOf } from '../../../src/core/beliefs/likeness.ts';

const features = (logBayesFactors: readonly number[], weight = 1): readonly PriorFit[] =>
  logBayesFactors.map((logBayesFactor, i) => ({ feature: `f${i}`, logBayesFactor, weight }));
const times = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);

describe('likenessOf', () => {
  test('likeness is 0.5 before any feature has outcomes', () => {
    expect(likenessOf([])(undefined)).toBe(0.5);
    expect(likenessOf([])('new')).toBe(0.5);
  });

  test('the initial guess weighs as much as two features: two certain fits raise likeness to 3/4, two certain misfits lower it to 1/4', () => {
    expect(likenessOf(features(times(2, 50)))(undefined)).toBeCloseTo(3 / 4, 9);
    expect(likenessOf(features(times(2, -50)))(undefined)).toBeCloseTo(1 / 4, 9);
    expect(likenessOf(features([50, -50]))(undefined)).toBeCloseTo(1 / 2, 9);
  });

  test('likeness is the fixed point of the expectation–maximisation step', () => {
    // Found by bisection: x = (1 + Σ w/(1 + ((1 − x)/x)·e^−b)) / (2 + Σ w).
    const fits = [
      { feature: 'f', logBayesFactor: 1.2, weight: 0.9 },
      { feature: 'g', logBayesFactor: -0.7, weight: 0.4 },
    ];
    let [low, high] = [0, 1];
    for (let step = 0; step < 60; step++) {
      const x = (low + high) / 2;
      const sum = fits.reduce(
        (total, { logBayesFactor, weight }) => total + weight / (1 + ((1 - x) / x) * Math.exp(-logBayesFactor)),
        0,
      );
      if ((1 + sum) / 3.3 > x) low = x;
      else high = x;
    }
    expect(likenessOf(fits)(undefined)).toBeCloseTo(low, 3);
  });

  test('likeness becomes nearly certain after many features with a slightly better fit, and hardly changes after one', () => {
    expect(likenessOf(features(times(30, Math.log(3))))(undefined)).toBeGreaterThan(0.9);
    expect(likenessOf(features(times(1, Math.log(3))))(undefined)).toBeLessThan(0.65);
  });

  test('a feature’s likeness leaves out its own fit, because its posterior adds that fit', () => {
    const all = features([50, 50, -50]);
    expect(likenessOf(all)('f2')).toBeCloseTo(3 / 4, 9);
    expect(likenessOf(all)('f0')).toBeCloseTo(2 / 4, 9);
  });

  test('features with almost no outcomes hardly change likeness', () => {
    expect(likenessOf(features(times(5, 50), 0.001))(undefined)).toBeCloseTo(0.5, 2);
  });

  test('law: likeness is a probability, and never certain', () => {
    const fit = fc.record({
      feature: fc.string(),
      logBayesFactor: fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      weight: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(fit, { selector: ({ feature }) => feature, maxLength: 20 }), all => {
        for (const feature of [undefined, ...all.map(each => each.feature)]) {
          const likeness = likenessOf(all)(feature);
          expect(likeness).toBeGreaterThan(0);
          expect(likeness).toBeLessThan(1);
        }
      }),
    );
  });
});
