import { describe, expect, test } from 'vitest';
import {
  betaCdf,
  betaDensity,
  betaQuantile,
  logBeta,
  logGamma,
  studentT95,
} from '../../../src/core/math/distributions.ts';

/** I_x(a, b) for integer shapes and rational x = num/den, exactly, then rounded once: Σ C(n,j)·x^j·(1−x)^(n−j), j ≥ a. */
function exactBetaCdf(a: bigint, b: bigint, [num, den]: readonly [bigint, bigint]): number {
  const n = a + b - 1n;
  let choose = 1n;
  let sum = 0n;
  for (let j = 0n; j <= n; j++) {
    if (j >= a) sum += choose * num ** j * (den - num) ** (n - j);
    choose = (choose * (n - j)) / (j + 1n);
  }
  return ratio(sum, den ** n);
}

/** num/den to the nearest double but for one unit: 25 decimal digits are more than a double holds. */
function ratio(num: bigint, den: bigint): number {
  if (num === 0n) return 0;
  let shift = 0;
  let scaled = num;
  while (scaled < den * 10n ** 25n) {
    scaled *= 10n ** 10n;
    shift += 10;
  }
  return Number(`${scaled / den}e-${shift}`);
}

function relativeError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / expected;
}

const SHAPES = [1n, 2n, 3n, 7n, 20n, 95n, 400n] as const;
const PLACES = [
  [1n, 1024n],
  [1n, 8n],
  [3n, 8n],
  [1n, 2n],
  [3n, 4n],
  [61n, 64n],
  [1023n, 1024n],
] as const;

describe('betaCdf', () => {
  test('betaCdf agrees with exact rationals to 1e-12', () => {
    let worst = 0;
    for (const a of SHAPES) {
      for (const b of SHAPES) {
        for (const place of PLACES) {
          const exact = exactBetaCdf(a, b, place);
          const actual = betaCdf(Number(place[0]) / Number(place[1]), Number(a), Number(b));
          worst = Math.max(worst, Math.abs(actual - exact));
          // In the lower tail the relative error counts; above one half the complement carries it.
          if (exact > 1e-290 && exact < 0.5) worst = Math.max(worst, relativeError(actual, exact));
        }
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  test('betaCdf agrees with closed forms at fractional shapes', () => {
    for (const x of [1e-9, 0.001, 0.2, 0.5, 0.77, 0.999]) {
      expect(betaCdf(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
      expect(relativeError(betaCdf(x, 0.05, 1), x ** 0.05)).toBeLessThan(1e-12);
      expect(relativeError(betaCdf(x, 1, 3.7), -Math.expm1(3.7 * Math.log1p(-x)))).toBeLessThan(1e-12);
    }
  });

  test('betaCdf is symmetric, I_x(a, b) = 1 − I_(1−x)(b, a), also at a million outcomes', () => {
    for (const [a, b, x] of [
      [950_000.5, 50_000.5, 0.949_9],
      [3.2, 0.7, 0.25],
      [1000, 1000, 0.5],
    ] as const) {
      expect(betaCdf(x, a, b) + betaCdf(1 - x, b, a)).toBeCloseTo(1, 12);
    }
    expect(betaCdf(0.5, 1e6, 1e6)).toBeCloseTo(0.5, 12);
  });

  test('betaCdf is 0 below the unit interval and 1 above it', () => {
    expect([betaCdf(-1, 2, 2), betaCdf(0, 2, 2), betaCdf(1, 2, 2), betaCdf(9, 2, 2)]).toEqual([0, 0, 1, 1]);
  });
});

describe('betaQuantile', () => {
  test('betaQuantile inverts closed forms to 1e-12', () => {
    for (const p of [1e-6, 0.025, 0.4, 0.975]) {
      expect(relativeError(betaQuantile(p, 3, 1), p ** (1 / 3))).toBeLessThan(1e-12);
      expect(relativeError(betaQuantile(p, 0.05, 1), p ** 20)).toBeLessThan(1e-11);
      expect(relativeError(betaQuantile(p, 0.5, 0.5), Math.sin((Math.PI * p) / 2) ** 2)).toBeLessThan(1e-12);
    }
  });

  test('betaQuantile is the inverse of betaCdf over shapes and probabilities', () => {
    for (const a of [0.3, 1, 4, 96, 5000]) {
      for (const b of [0.3, 1, 6, 2500]) {
        for (const p of [0.001, 0.025, 0.5, 0.975]) {
          const x = betaQuantile(p, a, b);
          // Where the density is steep, x has no double that fits better.
          const tolerance = 1e-12 + 4e-16 * x * betaDensity(x, a, b);
          expect(Math.abs(betaCdf(x, a, b) - p)).toBeLessThan(tolerance);
        }
      }
    }
    expect([betaQuantile(0, 2, 2), betaQuantile(1, 2, 2)]).toEqual([0, 1]);
  });
});

describe('gamma and beta functions', () => {
  test('logGamma of integers is the logarithm of a factorial', () => {
    let factorial = 1n;
    for (let n = 1; n <= 170; n++) {
      expect(Math.abs(logGamma(n) - Math.log(Number(factorial)))).toBeLessThan(1e-12 * Math.max(1, logGamma(n)));
      factorial *= BigInt(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  });

  test('logBeta keeps its precision where the gamma functions are large', () => {
    // B(a, 1) = 1/a, B(½, ½) = π, B(a, 2) = 1/(a(a+1)).
    expect(logBeta(1e6, 1)).toBeCloseTo(-Math.log(1e6), 11);
    expect(logBeta(0.5, 0.5)).toBeCloseTo(Math.log(Math.PI), 13);
    expect(logBeta(12_345, 2)).toBeCloseTo(-Math.log(12_345) - Math.log(12_346), 11);
  });

  test('betaDensity keeps its precision at thousands of outcomes, where large terms cancel', () => {
    // (a+b−1)! / ((a−1)!·(b−1)!) · ½^(a+b−2), exactly.
    const [a, b] = [8000, 8100];
    let numerator = 1n;
    let denominator = 1n << BigInt(a + b - 2);
    for (let i = 1n; i < b; i++) {
      numerator *= BigInt(a) + i;
      denominator *= i;
    }
    expect(relativeError(betaDensity(0.5, a, b), ratio(numerator * BigInt(a), denominator))).toBeLessThan(2e-13);
  });

  test('betaDensity integrates to betaCdf', () => {
    const [a, b] = [6.5, 2.25];
    const steps = 20_000;
    let area = 0;
    for (let i = 0; i < steps; i++) area += betaDensity((0.8 * (i + 0.5)) / steps, a, b) * (0.8 / steps);
    expect(area).toBeCloseTo(betaCdf(0.8, a, b), 7);
  });
});

test('studentT95 is the tabulated 97.5 % point', () => {
  // Closed forms for 1 and 2 degrees of freedom; the others from printed tables.
  expect(studentT95(1)).toBeCloseTo(Math.tan(0.475 * Math.PI), 9);
  expect(studentT95(2)).toBeCloseTo((0.95 * Math.SQRT2) / Math.sqrt(1 - 0.95 ** 2), 11);
  expect(studentT95(10)).toBeCloseTo(2.228, 3);
  expect(studentT95(99)).toBeCloseTo(1.984, 3);
  expect(studentT95(1e9)).toBeCloseTo(1.959964, 6);
});
