import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRow, decimalsOf, isRow, nanoSum, toNano, unitOf } from '../../../src/exports/bill/bill-row.ts';

test('amounts are rounded to the nearest nano-dollar, halves away from zero', () => {
  const half = 500_000_000n;
  expect([half, half - 1n, -half, -(half - 1n), 3n * half].map(toNano)).toEqual([1n, 0n, -1n, 0n, 2n]);
});

test('an amount has as many decimals as its last digit needs', () => {
  expect([10n ** 18n, 125n * 10n ** 16n, 1n, 0n].map(decimalsOf)).toEqual([0, 2, 18, 0]);
  expect([0, 2, 18].map(unitOf)).toEqual([10n ** 18n, 10n ** 16n, 1n]);
});

test('an invalid row of a bill fails with an error that names the field', () => {
  const row = { requestId: undefined, model: 'm', meter: '', startMs: 1, cost: undefined, quantity: undefined };
  expect(() => checkRow(row, 'bill[0]')).not.toThrow();
  expect(isRow(row)).toBe(true);
  for (const none of [null, undefined]) expect(isRow(none)).toBe(false);
  expect(() => checkRow({ ...row, cost: 1 }, 'bill[0]')).toThrow('bill[0].cost');
  expect(() => checkRow({ ...row, kind: 'gift' }, 'bill[0]')).toThrow('bill[0].kind');
});

test('law: every row that passes the quick check is a valid row, and every complete row passes it', () => {
  const some = fc.oneof(fc.constant(undefined), fc.string(), fc.double(), fc.bigInt());
  const row = { requestId: some, model: some, meter: some, startMs: some, endMs: some, cost: some, quantity: some };
  fc.assert(
    fc.property(fc.record(row), values => {
      const checked = (): void => checkRow(values, 'bill[0]');
      if (isRow(values as never)) expect(checked).not.toThrow();
      else expect(checked).toThrow('bill[0]');
    }),
  );
});

test('law: a sum of nano-dollars is exact, also beyond 2^53', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), amounts => {
      const sum = nanoSum();
      for (const amount of amounts) sum.add(amount);
      expect(sum.sum()).toBe(amounts.reduce((all, amount) => all + BigInt(amount), 0n));
    }),
  );
});
