import { expect, test } from 'vitest';
import { memoized } from '../../../src/replay/common/memoized.ts';

test('a value is made once for each number', () => {
  const asked: number[] = [];
  const half = memoized(number => (asked.push(number), number / 2));
  expect([half(3), half(0), half(3), half(0)]).toEqual([1.5, 0, 1.5, 0]);
  expect(asked).toEqual([3, 0]);
});
