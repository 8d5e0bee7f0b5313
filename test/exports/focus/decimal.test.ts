import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText, parseDecimal, product } from '../../../src/exports/focus/decimal.ts';

describe('exact decimals', () => {
  it.each([
    [0, 9, '0'],
    [1n, 9, '0.000000001'],
    [-1_500_000_000, 9, '-1.5'],
    [1_000_000n, 6, '1'],
    [123, 0, '123'],
    [1200, 0, '1200'],
    [10n ** 30n, 12, '1000000000000000000'],
    [-1, 12, '-0.000000000001'],
  ])('%s / 10^%s is %s', (digits, scale, text) => {
    expect(decimalText(digits, scale)).toBe(text);
  });

  it('law: parsing reverses printing, and the text has no exponent and no trailing zeros', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 20 }), (digits, scale) => {
        const text = decimalText(digits, scale);
        expect(parseDecimal(text, scale)).toBe(digits);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      }),
    );
  });

  it.each([
    ['1.25', 2, 125n],
    ['2.5E-7', 9, 250n],
    ['1e3', 0, 1000n],
    ['+.5', 1, 5n],
    [' 7 ', 0, 7n],
    ['0.50', 1, 5n],
  ])('%s is read exactly', (text, scale, digits) => {
    expect(parseDecimal(text, scale)).toBe(digits);
  });

  it.each(['', '.', '-', '1,000', '$1', '0x10', '1.2.3', 'NaN', '0.55'])(
    '%j is rejected as a decimal with at most one decimal place',
    text => {
      expect(parseDecimal(text, 1)).toBeUndefined();
    },
  );

  it('a product is exact beyond what a float can hold', () => {
    const large = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(fc.property(large, large, (a, b) => BigInt(product(a, b)) === BigInt(a) * BigInt(b)));
    expect([product(6, 3), product(0, 7)]).toEqual([18, 0]);
  });
});
