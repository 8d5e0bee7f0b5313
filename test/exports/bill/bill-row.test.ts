import { expect, test } from 'vitest';
import { checkRow, decimalsOf, toNano, unitOf } from '../../../src/exports/bill/bill-row.ts';

test('amounts are rounded to the nearest nano-dollar, halves away from zero', () => {
  const half = 500_000_000n;
  expect([half, half - 1n, -half, -(half - 1n), 3n * half].map(toNano)).toEqual([1n, 0n, -1n, 0n, 2n]);
});

test('an amount has as many decimals as its last digit needs', () => {
  expect([10n ** 18n, 125n * 10n ** 16n, 1n, 0n].map(decimalsOf)).toEqual([0, 2, 18, 0]);
  expect([0, 2, 18].map(unitOf)).toEqual([10n ** 18n, 10n ** 16n, 1n]);
});

test('a row that is none fails with an error that names the field', () => {
  const row = { requestId: undefined, model: 'm', meter: '', startMs: 1, cost: undefined, quantity: undefined };
  expect(() => checkRow(row, 'bill[0]')).not.toThrow();
  expect(() => checkRow({ ...row, cost: 1 }, 'bill[0]')).toThrow('bill[0].cost');
  expect(() => checkRow({ ...row, kind: 'gift' }, 'bill[0]')).toThrow('bill[0].kind');
});
