import { describe, expect, test } from 'vitest';
import { billTimes } from '../../../../src/exports/bill/bill-times.ts';
import type { RowContext } from '../../../../src/exports/bill/formats/format.ts';
import {
  amountOf,
  fileRounding,
  isOfOtherKey,
  objectsIn,
  quantityOf,
  textOf,
  usdOf,
} from '../../../../src/exports/bill/formats/format.ts';
import { skuMap } from '../../../../src/exports/bill/sku-map.ts';

const context: RowContext = {
  path: 'line 2',
  times: billTimes(),
  names: skuMap(),
  usdPer: { EUR: 1.08 },
  only: { project: 'p' },
  costColumn: 'EffectiveCost',
  rounding: fileRounding(),
};
const USD = 10n ** 18n;

describe('amounts', () => {
  test('an amount is exact, and digits that only a float has are cut off', () => {
    expect(amountOf('1.25', 'x', context)).toBe((125n * USD) / 100n);
    expect(amountOf('1.2345678901234567e-5', 'x', context)).toBe(12_345_678_901_234n);
    expect(amountOf('0.0096995999999999992', 'x', context)).toBe(9_699_599_999_999_999n);
    expect(amountOf('-13.5000000000000000000000000', 'x', context)).toBe(-135n * 10n ** 17n);
    expect(amountOf('0E-6176', 'x', context)).toBe(0n);
    expect(amountOf('1e-19', 'x', context)).toBe(0n);
    expect(amountOf('1.25E2', 'x', context)).toBe(125n * 10n ** 18n);
    expect(() => amountOf('1,000', 'EffectiveCost', context)).toThrow('line 2: EffectiveCost "1,000" is not a decimal');
    expect(() => amountOf(undefined, 'amount', context)).toThrow('amount ""');
  });

  test('a cost is given in USD, in cents, or in a currency with a rate', () => {
    expect(usdOf('123.45', 'amount', context, { per: 100n })).toBe((12_345n * USD) / 10_000n);
    expect(usdOf('2', 'amount', context, { currency: 'eur' })).toBe((216n * USD) / 100n);
    expect(() => usdOf('2', 'amount', context, { currency: 'GBP' })).toThrow('--usd-per GBP=1.08');
  });

  test('a usage row costs 0 or more, and a credit may be negative', () => {
    expect(() => usdOf('-1', 'amount', context)).toThrow('USD from 0');
    expect(usdOf('-1', 'amount', context, { kind: 'credit' })).toBe(-USD);
    expect(() => usdOf('9000001', 'amount', context)).toThrow('is not accepted');
  });

  test('a quantity is in single units, and may be missing', () => {
    expect(quantityOf('1.5', 'q', context, 1000)).toBe(1500n * USD);
    expect([quantityOf('', 'q', context), quantityOf(undefined, 'q', context)]).toEqual([undefined, undefined]);
  });
});

test('a row belongs to another key unless it has the requested values', () => {
  expect([{ project: 'p' }, { project: 'q' }, {}].map(values => isOfOtherKey(values, context))).toEqual([
    false,
    true,
    true,
  ]);
});

test('texts and objects are read from JSON, and other values are ignored', () => {
  expect(['a', '', null, 1].map(textOf)).toEqual(['a', undefined, undefined, undefined]);
  expect(objectsIn([{ a: 1 }, null, 2])).toEqual([{ a: 1 }]);
  expect(objectsIn('x')).toEqual([]);
});
