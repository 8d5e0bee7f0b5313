import { expect, test } from 'vitest';
import type { PeriodRate } from '../../../src/replay/ledger/changing-mean.ts';
import { changingMean } from '../../../src/replay/ledger/changing-mean.ts';

const PERIODS: readonly PeriodRate[] = [
  { rate: 0.1, variance: 0.001, share: 0.2 },
  { rate: 0, variance: Number.POSITIVE_INFINITY, share: 0.1 },
  { rate: 0.25, variance: 0.0004, share: 0.3 },
  { rate: 0.3, variance: 0.002, share: 0.4 },
];

type Kernel = (s: number, t: number) => number;

const gradual =
  (change: number): Kernel =>
  (s, t) =>
    change ** 2 * ((Math.min(s, t) + 1) / 4 + 4 * (s / 4 - 0.5) * (t / 4 - 0.5));
const stepAfter =
  (last: number, size: number): Kernel =>
  (s, t) =>
    s > last && t > last ? size ** 2 : 0;

/** The models of four periods with their priors. */
const models = (changes: readonly number[]): readonly (readonly [prior: number, kernel: Kernel])[] => [
  ...changes.map(change => [1, gradual(change)] as const),
  ...[0, 1, 2].map(last => [2 / 3, stepAfter(last, changes.at(-1) ?? 0)] as const),
];

/** The posterior of Σ share·θ by brute force: μ on a fine grid with a flat prior, and Gaussian conditioning for each μ. */
function reference(periods: readonly PeriodRate[], kernel: Kernel) {
  const seen = periods.flatMap(({ variance }, s) => (Number.isFinite(variance) ? [s] : []));
  const covariance = seen.map(s => seen.map(t => kernel(s, t) + (s === t ? (periods[s]?.variance ?? 0) : 0)));
  const { inverse, determinant } = inverted(covariance);
  const STEP = 1e-3;
  let [likelihood, mean, square] = [0, 0, 0];
  for (let mu = -1; mu <= 1.5; mu += STEP) {
    const off = seen.map(s => (periods[s]?.rate ?? 0) - mu);
    const solved = inverse.map(row => row.reduce((sum, value, j) => sum + value * (off[j] as number), 0));
    const misfit = solved.reduce((sum, value, i) => sum + value * (off[i] as number), 0);
    const density = (Math.exp(-misfit / 2) / Math.sqrt(determinant)) * STEP;
    const sum = periods.reduce(
      (total, { share }, s) =>
        total + share * (mu + seen.reduce((u, t, j) => u + kernel(s, t) * (solved[j] as number), 0)),
      0,
    );
    likelihood += density;
    mean += density * sum;
    square += density * sum ** 2;
  }
  // Given μ, the variance of Σ share·u is that before the observations less what they explain.
  const shared = seen.map(t => periods.reduce((total, { share }, s) => total + share * kernel(s, t), 0));
  const before = periods.reduce(
    (total, { share: x }, s) => total + x * periods.reduce((part, { share: y }, t) => part + y * kernel(s, t), 0),
    0,
  );
  const explained = inverse.reduce(
    (total, row, i) =>
      total + (shared[i] as number) * row.reduce((part, value, j) => part + value * (shared[j] as number), 0),
    0,
  );
  return {
    likelihood,
    sum: mean / likelihood,
    variance: before - explained + square / likelihood - (mean / likelihood) ** 2,
  };
}

function inverted(matrix: readonly (readonly number[])[]) {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  let determinant = 1;
  rows.forEach((pivot, i) => {
    const by = pivot[i] as number;
    determinant *= by;
    pivot.forEach((value, j) => (pivot[j] = value / by));
    rows.forEach((row, r) => {
      const factor = row[i] as number;
      if (r !== i) row.forEach((value, j) => (row[j] = value - factor * (pivot[j] as number)));
    });
  });
  return { inverse: rows.map(row => row.slice(matrix.length)), determinant };
}

test('a rate that cannot change is the same in all periods, and observations are weighted by their precision', () => {
  const found = changingMean(PERIODS, [0]);
  const precision = 1 / 0.001 + 1 / 0.0004 + 1 / 0.002;
  const mean = (0.1 / 0.001 + 0.25 / 0.0004 + 0.3 / 0.002) / precision;
  expect(found?.sum).toBeCloseTo(mean, 12);
  found?.rates.forEach(rate => expect(rate).toBeCloseTo(mean, 12));
  expect(found?.changeVariance).toBeCloseTo(0, 15);
});

test('the sum is the posterior mean of a Gaussian process with an unknown level, averaged over models by their likelihood', () => {
  for (const changes of [[0.2], [0, 0.05, 0.4]]) {
    const fits = models(changes).map(([prior, kernel]) => {
      const { likelihood, sum, variance } = reference(PERIODS, kernel);
      return { weight: prior * likelihood, sum, variance };
    });
    const whole = fits.reduce((total, { weight }) => total + weight, 0);
    const mean = (of: (fit: (typeof fits)[number]) => number): number =>
      fits.reduce((total, fit) => total + (fit.weight / whole) * of(fit), 0);
    const found = changingMean(PERIODS, changes);
    const expected = mean(({ sum }) => sum);
    expect(found?.sum).toBeCloseTo(expected, 6);
    // The variance of the mixture: within the models, and between their means.
    const own = PERIODS.reduce(
      (total, { variance }, s) => total + (Number.isFinite(variance) ? (found?.squaredWeights[s] ?? 0) * variance : 0),
      0,
    );
    const variance = mean(fit => fit.variance + (fit.sum - expected) ** 2);
    expect((own + (found?.changeVariance ?? 0)) / variance).toBeCloseTo(1, 4);
  }
});

test('after a step change each side is estimated from its own observations', () => {
  const periods = [0.1, 0.1, 0.1, 0.7, 0.7, 0.7].map(rate => ({ rate, variance: 0.0004, share: 1 / 6 }));
  const found = changingMean(periods, [0.05, 0.4]);
  expect(found?.sum).toBeCloseTo(0.4, 2);
  [0.1, 0.1, 0.1, 0.7, 0.7, 0.7].forEach((rate, s) => expect(found?.rates[s]).toBeCloseTo(rate, 1));
});

test('the weights give the sum from the observed rates and add up to the shares, and a period without observations has weight 0', () => {
  const { sum = Number.NaN, weights = [] } = changingMean(PERIODS, [0.1, 0.4]) ?? {};
  expect(weights.reduce((total, weight, s) => total + weight * (PERIODS[s]?.rate ?? 0), 0)).toBeCloseTo(sum, 12);
  expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 12);
  expect(weights[1]).toBe(0);
});

test('nothing is estimated when no period was observed', () => {
  expect(changingMean([{ rate: 0, variance: Number.POSITIVE_INFINITY, share: 1 }], [0, 0.1])).toBeUndefined();
});
