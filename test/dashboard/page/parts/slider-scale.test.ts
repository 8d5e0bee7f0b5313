import { expect, test } from 'vitest';
import { valueAt, positionOf } from '../../../../src/dashboard/page/parts/slider-scale.ts';

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
