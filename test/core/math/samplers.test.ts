import { describe, expect, test } from 'vitest';
import type { Random } from '../../../src/core/math/random.ts';
import { betaCdf } from '../../../src/core/math/distributions.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import {
  betaVariate,
  betaSampler,
  gammaVariate,
  lognormalVariate,
  normal,
  shuffle,
} from '../../../src/core/math/samplers.ts';

const N = 100_000;

/** √n·D of the Kolmogorov–Smirnov test; above 1.95 with probability 0.001 if the samples follow `cdf`. */
function kolmogorovSmirnov(sample: () => number, cdf: (x: number) => number): number {
  const sorted = Float64Array.from({ length: N }, sample).sort();
  let distance = 0;
  // At every twentieth place: both functions only rise, so between two places the result grows by no more than 0.06.
  for (let i = 0; i < N; i += 20) {
    const p = cdf(sorted[i] as number);
    distance = Math.max(distance, Math.abs(p - i / N), Math.abs((i + 1) / N - p));
  }
  return Math.sqrt(N) * distance;
}

/** Independent of the library: the integral of the density by Simpson's rule. */
function normalCdf(x: number): number {
  const steps = 400;
  const from = Math.min(0, x);
  const width = Math.abs(x) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((from + i * width) ** 2) / 2);
  }
  const area = (sum * width) / 3 / Math.sqrt(2 * Math.PI);
  return x < 0 ? 0.5 - area : 0.5 + area;
}

/** Integer shape: 1 − Poisson(x) below the shape. */
function gammaCdf(shape: number, x: number): number {
  let term = Math.exp(-x);
  let below = 0;
  for (let k = 0; k < shape; k++) {
    below += term;
    term *= x / (k + 1);
  }
  return 1 - below;
}

/** Integer shapes: the upper tail of a binomial. */
function betaCdfOfIntegers(a: number, b: number, x: number): number {
  const n = a + b - 1;
  let sum = 0;
  let choose = 1;
  for (let j = 0; j <= n; j++) {
    if (j >= a) sum += choose * x ** j * (1 - x) ** (n - j);
    choose = (choose * (n - j)) / (j + 1);
  }
  return sum;
}

/** Halton's sequence (1960) in one base: it fills [0, 1) far more evenly than random numbers do. */
function halton(base: number, index: number): number {
  let value = 0;
  let digit = 1 / base;
  for (let i = index; i > 0; i = Math.floor(i / base)) {
    value += digit * (i % base);
    digit /= base;
  }
  return value;
}

/** Sorted variates, each of whose draws comes from a Halton sequence of its own; the draws behind these are random. */
function evenSample(count: number, sample: (random: Random) => number): Float64Array {
  const bases = [2, 3, 5, 7];
  const more = seededRandom('more');
  let index = 0;
  let draws = 0;
  const random = { next: () => (draws < bases.length ? halton(bases[draws++] as number, index) : more.next()) };
  const variates = new Float64Array(count);
  for (; index < count; index++) {
    draws = 0;
    variates[index] = sample(random);
  }
  return variates.sort();
}

/** The greatest distance of the sample's distribution function from `cdf`, at 2,000 places. */
function distanceFrom(sorted: Float64Array, cdf: (x: number) => number): number {
  const at = Array.from({ length: 2000 }, (_, i) => Math.floor((i * sorted.length) / 2000));
  return Math.max(...at.map(i => Math.abs(cdf(sorted[i] as number) - i / sorted.length)));
}

describe('the ziggurat draws the normal distribution itself, not one close to it', () => {
  test('the ziggurat’s distribution function is within 0.0003 of the exact one', () => {
    // A fault in the wedges, where one draw in 80 falls, moves it by 0.0007 or more.
    expect(distanceFrom(evenSample(1_000_000, normal), normalCdf)).toBeLessThan(0.0003);
  });

  test.each([1, -1])('the ziggurat’s tail on the side of %d follows the normal tail', side => {
    const start = 3.442619855899;
    const beyond = 1 - normalCdf(start);
    const tail = evenSample(100_000, random => {
      // The first draw of the variate is the outer end of the base layer, which holds the tail.
      let isFirst = true;
      const next = (): number => {
        if (!isFirst) return random.next();
        isFirst = false;
        return (0.5 + side * 0.499) / 128;
      };
      return side * normal({ next });
    });
    expect(tail[0]).toBeGreaterThanOrEqual(start);
    expect(distanceFrom(tail, x => 1 - (1 - normalCdf(x)) / beyond)).toBeLessThan(0.001);
  });
});

describe('samplers follow their distributions (Kolmogorov–Smirnov, 100,000 draws)', () => {
  const random = seededRandom('samplers');

  test('normal variates have the distribution function of the standard normal', () => {
    expect(kolmogorovSmirnov(() => normal(random), normalCdf)).toBeLessThan(1.95);
  });

  test('the normal tail beyond the ziggurat’s base layer has its exact probability', () => {
    let beyond = 0;
    let sum = 0;
    const draws = 3_000_000;
    for (let i = 0; i < draws; i++) {
      const x = Math.abs(normal(random));
      if (x <= 3.442619855899) continue;
      beyond++;
      sum += x;
    }
    const expected = 2 * (1 - normalCdf(3.442619855899));
    expect(Math.abs(beyond / draws - expected)).toBeLessThan(4 * Math.sqrt(expected / draws));
    // E[x | x > t] = φ(t)/(1 − Φ(t)).
    const density = Math.exp(-(3.442619855899 ** 2) / 2) / Math.sqrt(2 * Math.PI);
    expect(sum / beyond).toBeCloseTo(density / (expected / 2), 1);
  });

  test.each([1, 2, 7, 40])('gamma variates of shape %d have their distribution function', shape => {
    expect(
      kolmogorovSmirnov(
        () => gammaVariate(shape, random),
        x => gammaCdf(shape, x),
      ),
    ).toBeLessThan(1.95);
  });

  test('a gamma variate of shape ½ is half the square of a normal one', () => {
    const cdf = (x: number): number => 2 * normalCdf(Math.sqrt(2 * x)) - 1;
    expect(kolmogorovSmirnov(() => gammaVariate(0.5, random), cdf)).toBeLessThan(1.95);
  });

  test.each([
    [1, 1],
    [2, 5],
    [30, 2],
    [12, 20],
  ])('beta variates of integer shapes (%d, %d) have their distribution function', (a, b) => {
    expect(
      kolmogorovSmirnov(
        () => betaVariate(a, b, random),
        x => betaCdfOfIntegers(a, b, x),
      ),
    ).toBeLessThan(1.95);
  });

  test('beta variates of shapes (½, ½) follow the arcsine law', () => {
    const cdf = (x: number): number => (2 / Math.PI) * Math.asin(Math.sqrt(x));
    expect(kolmogorovSmirnov(() => betaVariate(0.5, 0.5, random), cdf)).toBeLessThan(1.95);
  });

  test.each([0.3, 1, 4])('beta variates of shapes (1, %d) are the complement of a power of a uniform number', b => {
    expect(
      kolmogorovSmirnov(
        () => betaVariate(1, b, random),
        x => 1 - (1 - x) ** b,
      ),
    ).toBeLessThan(1.95);
  });

  test('beta variates of shapes (2, ½) have their distribution function', () => {
    expect(
      kolmogorovSmirnov(
        () => betaVariate(2, 0.5, random),
        x => 1 - Math.sqrt(1 - x) * (1 + x / 2),
      ),
    ).toBeLessThan(1.95);
  });

  test.each([
    [0.6, 0.4],
    [0.05, 0.3],
    [0.348, 1.39],
    [2.6, 0.4],
  ])('beta variates of shapes (%d, %d) have their distribution function', (a, b) => {
    expect(
      kolmogorovSmirnov(
        () => betaVariate(a, b, random),
        x => betaCdf(x, a, b),
      ),
    ).toBeLessThan(1.95);
  });

  test.each([0.05, 0.3])('a beta variate of shapes (%d, 1) is a uniform number to the power 1/a', a => {
    expect(
      kolmogorovSmirnov(
        () => betaVariate(a, 1, random),
        x => x ** a,
      ),
    ).toBeLessThan(1.95);
  });

  test.each([0.3, 1])('lognormal variates with standard deviation %d of the logarithm have the given mean', logSd => {
    let sum = 0;
    for (let i = 0; i < N; i++) sum += lognormalVariate(0.014, logSd, random);
    // Standard deviation of one draw: mean·√(e^σ² − 1).
    const error = (0.014 * Math.sqrt(Math.exp(logSd ** 2) - 1)) / Math.sqrt(N);
    expect(Math.abs(sum / N - 0.014)).toBeLessThan(4 * error);
  });
});

test('a sampler draws the same variates as betaVariate one by one, and uses up no further random number', () => {
  for (const [a, b] of [
    [3, 7],
    [1, 4],
    [3, 1],
    [3, 0.5],
    [0.2, 5],
  ] as const) {
    const sampling = seededRandom('column');
    const draw = betaSampler({ a, b }, sampling);
    const random = seededRandom('column');
    for (let i = 0; i < 100; i++) expect(draw()).toBe(betaVariate(a, b, random));
    expect(sampling.next()).toBe(random.next());
  }
});

test('a shape that misses 1 by a rounding error gives the same variates as 1', () => {
  const missed = 1 - Number.EPSILON;
  for (const [whole, near] of [
    [
      { a: 1, b: 1 },
      { a: missed, b: missed },
    ],
    [
      { a: 1, b: 4 },
      { a: missed, b: 4 },
    ],
    [
      { a: 3, b: 1 },
      { a: 3, b: missed },
    ],
  ] as const) {
    const draw = betaSampler(whole, seededRandom('near'));
    const drawNear = betaSampler(near, seededRandom('near'));
    for (let i = 0; i < 100; i++) expect(drawNear()).toBe(draw());
  }
});

test('shapes below 0.05 give the same variates as 0.05', () => {
  for (const variate of [
    (shape: number, random: Random) => gammaVariate(shape, random),
    (shape: number, random: Random) => betaVariate(shape, 1, random),
    (shape: number, random: Random) => betaVariate(1, shape, random),
    (shape: number, random: Random) => betaVariate(shape, 3, random),
  ]) {
    const draws = (shape: number): readonly number[] => {
      const random = seededRandom('tiny');
      return Array.from({ length: 100 }, () => variate(shape, random));
    };
    expect(draws(0.001)).toEqual(draws(0.05));
    expect(draws(0.06)).not.toEqual(draws(0.05));
  }
});

test('a tiny shape is raised to a limit, so that nothing underflows to NaN', () => {
  const random = seededRandom('tiny');
  for (let i = 0; i < 10_000; i++) {
    expect(gammaVariate(1e-9, random)).toBeGreaterThan(0);
    const x = betaVariate(1e-9, 1e-9, random);
    expect(x >= 0 && x <= 1).toBe(true);
  }
});

test('a shuffled list is in each of its orders equally often', () => {
  const random = seededRandom('orders');
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = shuffle([0, 1, 2, 3], random).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // Above that with probability 0.001 for 23 degrees of freedom.
  expect(chi2).toBeLessThan(49.7);
});
