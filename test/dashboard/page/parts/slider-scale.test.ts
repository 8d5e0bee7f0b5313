import { expect, test } from 'vitest';
import { atPlace, placeOf } from '../../../../src/dashboard/page/parts/slider-scale.ts';

const money = { low: 0.01, high: 10_000, linear: false, places: 100 };

test('equal steps multiply: the middle of a cent and ten thousand dollars is ten dollars', () => {
  expect(atPlace(50, money)).toBe(10);
  expect([atPlace(0, money), atPlace(100, money)]).toEqual([0.01, 10_000]);
});

test('every place is found again from its value', () => {
  for (const scale of [money, { low: 0, high: 1, linear: true, places: 100 }]) {
    for (let place = 0; place <= 100; place++) expect(placeOf(atPlace(place, scale), scale)).toBe(place);
  }
});

test('values outside are at the ends', () => {
  expect([placeOf(0, money), placeOf(1e9, money), placeOf(Number.NaN, money)]).toEqual([0, 100, 0]);
});
