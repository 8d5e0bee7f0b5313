import { expect, test } from 'vitest';
import { digitsOfCurrency, isWithinRounding, lastDigit } from '../../../src/exports/bill/rounding.ts';

const CENT = 10n ** 16n;
const differing = (bill: bigint, ledger: bigint, billRows = 1, ledgerRows = 1) =>
  isWithinRounding({ bill, ledger, billRows, ledgerRows, lastDigit: CENT });

test('costs may differ by less than half of the bill’s last digit for each row, and half a nano-dollar for each call', () => {
  expect(differing(CENT, 5_000_001n)).toBe(true);
  expect(differing(CENT, 5_000_000n)).toBe(true);
  expect(differing(CENT, 5_000_000n, 1, 0)).toBe(false);
  expect(differing(CENT, 4_999_998n)).toBe(false);
  expect(differing(2n * CENT, 10_000_001n, 2)).toBe(true);
  expect(differing(-CENT, -9_000_000n)).toBe(true);
  const nano = { billRows: 1, ledgerRows: 1 };
  expect(isWithinRounding({ bill: 6n * 10n ** 9n, ledger: 5n, ...nano, lastDigit: 10n ** 9n })).toBe(false);
  expect(isWithinRounding({ bill: 5n * 10n ** 9n + 3n, ledger: 5n, ...nano, lastDigit: 1n })).toBe(true);
});

test('a ledger differs from the bill if it is above or below it by more than rounding', () => {
  expect(differing(CENT, 14_999_999n)).toBe(true);
  expect(differing(CENT, 15_000_001n)).toBe(false);
  expect(differing(-CENT, -20_000_000n)).toBe(false);
});

test('a bill of less than half a nano-dollar equals a ledger without calls', () => {
  expect(isWithinRounding({ bill: 3n, ledger: 0n, billRows: 1, ledgerRows: 0, lastDigit: 1n })).toBe(true);
});

test('the last digit of a bill is that of its most precise amount, and at most a cent', () => {
  const of = (...costs: bigint[]): bigint => {
    const digit = lastDigit();
    for (const cost of costs) digit.add(cost);
    return digit.unit();
  };
  expect(of(100n * CENT)).toBe(CENT);
  expect(of(CENT, 15n * 10n ** 14n, 2n * CENT)).toBe(10n ** 14n);
  // A bill without costs does not show how it rounds.
  expect(of(0n)).toBe(1n);
  expect(['EUR', 'JPY', 'no currency'].map(digitsOfCurrency)).toEqual([2, 0, 2]);
});
