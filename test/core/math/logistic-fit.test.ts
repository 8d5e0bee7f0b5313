import { describe, expect, test } from 'vitest';
import { fitLogistic } from '../../../src/core/math/logistic-fit.ts';

interface Row {
  readonly trials: number;
  readonly hits: number;
  readonly offset: number;
  readonly x: number;
}

const rowsOf = (rows: readonly Row[]) =>
  rows.map(({ x, ...row }) => ({ ...row, terms: { columns: [0], values: [x] } }));

/** Posterior of one coefficient by the midpoint rule. */
function byQuadrature(rows: readonly Row[], precision: number): { log: number; mean: number; variance: number } {
  const step = 0.001;
  let [whole, first, second] = [0, 0, 0];
  for (let b = -10; b < 10; b += step) {
    let log = -(precision * b * b) / 2 + Math.log(precision / (2 * Math.PI)) / 2;
    for (const { trials, hits, offset, x } of rows) {
      const p = 1 / (1 + Math.exp(-(offset + b * x)));
      log += hits * Math.log(p) + (trials - hits) * Math.log1p(-p);
    }
    const density = Math.exp(log) * step;
    whole += density;
    first += density * b;
    second += density * b * b;
  }
  const mean = first / whole;
  return { log: Math.log(whole), mean, variance: second / whole - mean * mean };
}

describe('logistic regression', () => {
  const rows: readonly Row[] = [
    { trials: 30, hits: 24, offset: 0.4, x: -1 },
    { trials: 25, hits: 14, offset: 0.4, x: 0 },
    { trials: 40, hits: 11, offset: 0.4, x: 1.2 },
  ];

  test.each([0.25, 1, 10])(
    'evidence, mean and variance agree with quadrature at a prior precision of %d',
    precision => {
      const fit = fitLogistic(rowsOf(rows), [precision]);
      const exact = byQuadrature(rows, precision);
      expect(fit.logEvidence).toBeCloseTo(exact.log, 1);
      const at = fit.logitAt({ columns: [0], values: [1] });
      expect(at.mean).toBeCloseTo(exact.mean, 1);
      expect(at.variance).toBeCloseTo(exact.variance, 2);
    },
  );

  test('the mode is where the slope of the posterior is 0', () => {
    const fit = fitLogistic(rowsOf(rows), [2]);
    const { mean: b } = fit.logitAt({ columns: [0], values: [1] });
    const slope = rows.reduce(
      (sum, { trials, hits, offset, x }) => sum + x * (hits - trials / (1 + Math.exp(-(offset + b * x)))),
      -2 * b,
    );
    expect(slope).toBeCloseTo(0, 2);
  });

  test('a column that occurs in no row keeps its prior', () => {
    const { mean, variance } = fitLogistic(rowsOf(rows), [1, 4]).logitAt({ columns: [1], values: [2] });
    expect([mean, variance]).toEqual([0, 1]);
  });

  test('outcomes that the terms separate completely give a finite fit', () => {
    const separated = [
      { trials: 500, hits: 500, offset: 0, x: 1 },
      { trials: 500, hits: 0, offset: 0, x: -1 },
    ];
    const { mean } = fitLogistic(rowsOf(separated), [0.1]).logitAt({ columns: [0], values: [1] });
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(15);
  });
});
