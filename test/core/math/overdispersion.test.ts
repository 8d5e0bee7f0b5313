import { describe, expect, test } from 'vitest';
import { strengthOf } from '../../../src/core/math/overdispersion.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { betaVariate } from '../../../src/core/math/samplers.ts';

function binomial(n: number, p: number, random: ReturnType<typeof seededRandom>): number {
  let s = 0;
  for (let i = 0; i < n; i++) if (random.next() < p) s++;
  return s;
}

describe('strengthOf', () => {
  test('strengthOf finds the strength of the Beta that rates were drawn from', () => {
    const random = seededRandom('strength');
    for (const kappa of [4, 15]) {
      const rates = Array.from({ length: 4000 }, () => {
        const p = betaVariate(0.7 * kappa, 0.3 * kappa, random);
        return { n: 40, s: binomial(40, p, random), mean: 0.7 };
      });
      // Kleinman's ρ is 1/(κ + 1).
      expect(strengthOf(rates, [2, 50]) / kappa).toBeGreaterThan(0.9);
      expect(strengthOf(rates, [2, 50]) / kappa).toBeLessThan(1.1);
    }
  });

  test('strengthOf is κ = 1/ρ − 1 with ρ = Σ((s − np)² − np(1 − p)) / Σn(n − 1)p(1 − p)', () => {
    const rates = [8, 2].map(s => ({ n: 10, s, mean: 0.5 }));
    expect(strengthOf(rates, [2, 50])).toBeCloseTo(45 / 13 - 1, 12);
  });

  test('rates that vary no more than by chance get the highest strength, and too few counts the lowest', () => {
    const even = Array.from({ length: 50 }, () => ({ n: 100, s: 70, mean: 0.7 }));
    expect(strengthOf(even, [2, 20])).toBe(20);
    expect(strengthOf([{ n: 1, s: 1, mean: 0.5 }], [2, 20])).toBe(2);
    expect(strengthOf([], [2, 20])).toBe(2);
  });
});
