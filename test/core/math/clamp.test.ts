import { expect, test } from 'vitest';
import { clamp } from '../../../src/core/math/clamp.ts';

test.each([
  [-7, -3],
  [-3, -3],
  [0.5, 0.5],
  [5, 5],
  [Number.POSITIVE_INFINITY, 5],
])('a number is clamped to the range [-3, 5]: %d becomes %d', (value, expected) => {
  expect(clamp(value, [-3, 5])).toBe(expected);
});
