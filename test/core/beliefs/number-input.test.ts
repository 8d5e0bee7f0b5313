import { expect, test } from 'vitest';
import { readNumbers } from '../../../src/core/beliefs/number-input.ts';

const at = (count: number) => ({ count, path: 'topic' });

test.each([
  [0.5, 1],
  [[0.5], 1],
  [[1, 2, 3], 3],
  [Float32Array.of(1, 2), 2],
  [Float64Array.of(1, 2), 2],
])('%j is accepted where that many numbers are expected', (value, count) => {
  expect(readNumbers(value, at(count))).toHaveLength(count);
});

test.each([
  [[1, 2], 3, 'topic'],
  ['12', 2, 'topic'],
  [null, 1, 'topic'],
  [{ length: 1, 0: 5 }, 1, 'topic'],
  [new DataView(new ArrayBuffer(8)), 8, 'topic'],
  [Number.NaN, 1, 'topic[0]'],
  [[1, Number.POSITIVE_INFINITY], 2, 'topic[1]'],
  [['1', 2], 2, 'topic[0]'],
])('%j is refused with the path of the mistake', (value, count, path) => {
  expect(() => readNumbers(value, at(count))).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
});

test('the error for a list of another length says both lengths', () => {
  expect(() => readNumbers([1, 2], at(3))).toThrow(/a list of 3 finite numbers, not 2/);
});
