import { expect, test } from 'vitest';
import { growing } from '../../../src/exports/bill/growing.ts';

test.each(['int32', 'float64'] as const)('%s numbers are 0 until they are set, in whatever order', kind => {
  const numbers = growing(kind);
  numbers.set(100_000, 7);
  numbers.add(100_000, -9);
  numbers.add(3, 5);
  expect([100_000, 3, 0, 16_384].map(numbers.get)).toEqual([-2, 5, 0, 0]);
});

test('an index behind a million zeros needs no memory for them', () => {
  const before = process.memoryUsage().arrayBuffers;
  const columns = Array.from({ length: 20 }, () => growing('float64'));
  for (const numbers of columns) numbers.set(1_000_000, 1);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 2 ** 20);
  expect(columns.map(({ get }) => get(1_000_000))).toEqual(columns.map(() => 1));
});
