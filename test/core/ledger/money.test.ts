import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FACT_USD, fromDecimalUsd, toDecimalUsd, toNanoUsd, toUsd } from '../../../src/core/ledger/money.ts';

test('the largest amount of one fact, $9,000,000, is a safe integer in nano-dollars, and a slightly larger one is not', () => {
  expect(MAX_FACT_USD).toBe(9_000_000);
  expect(Number.isSafeInteger(toNanoUsd(MAX_FACT_USD))).toBe(true);
  expect(Number.isSafeInteger(toNanoUsd(1.001 * MAX_FACT_USD))).toBe(false);
});

test('dollars as an application writes them are rounded to the nearest nano-dollar', () => {
  expect([toNanoUsd(0.0019), toNanoUsd(15), toNanoUsd(1.4e-9), toNanoUsd(0.1 + 0.2)]).toEqual([
    1_900_000, 15_000_000_000, 1, 300_000_000,
  ]);
});

test('every amount with nine decimals up to a million is the same after USD → nano-dollars → USD', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), nano => toNanoUsd(toUsd(nano)) === nano));
});

test('toDecimalUsd is exact beyond the precision of a double, and writes no exponent or trailing zeros', () => {
  expect(toDecimalUsd(1_500_000_001n)).toBe('1.500000001');
  expect(toDecimalUsd(123_456_789_012_345_678_901n)).toBe('123456789012.345678901');
  expect(toDecimalUsd(-30_000_000n)).toBe('-0.03');
  expect([toDecimalUsd(0), toDecimalUsd(1), toDecimalUsd(2_000_000_000)]).toEqual(['0', '0.000000001', '2']);
});

test('the decimals of any amount are read back as the same integer', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), nano => {
      expect(fromDecimalUsd(toDecimalUsd(nano))).toBe(nano);
    }),
  );
});
