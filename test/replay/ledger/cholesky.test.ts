import { expect, test } from 'vitest';
import { choleskyOf, solve } from '../../../src/replay/ledger/cholesky.ts';

const MATRIX = [
  [4, 2, 0.6],
  [2, 5, 1],
  [0.6, 1, 3],
];

test('the factor times its transpose is the matrix', () => {
  const factor = choleskyOf(MATRIX);
  const product = MATRIX.map((row, i) =>
    row.map((_, j) => factor.reduce((sum, __, k) => sum + (factor[i]?.[k] ?? 0) * (factor[j]?.[k] ?? 0), 0)),
  );
  product.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(MATRIX[i]?.[j] ?? Number.NaN, 12)));
});

test('the matrix times the solution equals the right-hand side', () => {
  const right = [1, -2, 7];
  const x = solve(choleskyOf(MATRIX), right);
  MATRIX.forEach((row, i) => {
    expect(row.reduce((sum, value, j) => sum + value * (x[j] as number), 0)).toBeCloseTo(right[i] as number, 12);
  });
});
