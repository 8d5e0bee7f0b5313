import { expect, test } from 'vitest';
import { positionOf, rangeAround, valueAt } from '../../../../src/dashboard/page/parts/slider-scale.ts';

const money = { low: 0.01, high: 10_000, linear: false, steps: 100 };

test('the slider scale is logarithmic: the middle between one cent and ten thousand dollars is ten dollars', () => {
  expect(valueAt(50, money)).toBe(10);
  expect([valueAt(0, money), valueAt(100, money)]).toEqual([0.01, 10_000]);
});

test('converting a position to its value and back gives the same position', () => {
  for (const scale of [money, { low: 0, high: 1, linear: true, steps: 100 }]) {
    for (let position = 0; position <= 100; position++)
      expect(positionOf(valueAt(position, scale), scale)).toBe(position);
  }
});

test('values out of range are placed at the ends', () => {
  expect([positionOf(0, money), positionOf(1e9, money), positionOf(Number.NaN, money)]).toEqual([0, 100, 0]);
});

test.each([0, 1e-9, 0.01, 15, 1e6])(
  'the range around %d has room on both sides, and every step on it has a different value',
  usd => {
    const scale = { ...rangeAround(usd), linear: false, steps: 100 };
    if (usd > 0)
      expect([scale.low / usd, scale.high / usd].map(ratio => Number(ratio.toPrecision(9)))).toEqual([0.001, 100]);
    const values = Array.from({ length: 101 }, (_, position) => valueAt(position, scale));
    expect(new Set(values).size).toBe(101);
  },
);
