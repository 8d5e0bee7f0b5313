import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { drawCount } from '../../src/testing/fake-count.ts';

test('a count is fixed, or drawn from a range with both ends', () => {
  const random = seededRandom(1);
  expect(drawCount(4, random)).toBe(4);
  const drawn = new Set(Array.from({ length: 100 }, () => drawCount([5, 8], random)));
  expect([...drawn].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8]);
});
