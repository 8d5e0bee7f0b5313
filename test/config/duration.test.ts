import { expect, test } from 'vitest';
import { durationMs } from '../../src/config/duration.ts';

test('a duration is milliseconds, or a number with a unit', () => {
  expect(durationMs(250)).toBe(250);
  expect(['500ms', '30s', '1.5m', '12h', '7d'].map(durationMs)).toEqual([500, 30_000, 90_000, 43_200_000, 604_800_000]);
});

test('`durationMs` returns undefined for any other format', () => {
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', '5 s', '-5s', '5w', ''])
    expect(durationMs(wrong)).toBeUndefined();
});
