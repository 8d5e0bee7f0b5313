import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growingFloats, growingUints } from '../../../src/replay/common/growing-array.ts';

test('law: a growing array holds exactly the numbers that were added, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffffffff), { maxLength: 5000 }), numbers => {
      const array = growingUints();
      for (const number of numbers) array.push(number);
      expect(array.length).toBe(numbers.length);
      expect([...array.toArray()]).toEqual(numbers);
      numbers.forEach((number, index) => expect(array.get(index)).toBe(number));
    }),
    { numRuns: 20 },
  );
});

test('a number can be replaced, and a copy does not change with the array', () => {
  const array = growingFloats();
  array.push(Number.NaN);
  array.push(0.5);
  const copy = array.toArray();
  array.set(1, 2);
  expect([...copy]).toEqual([Number.NaN, 0.5]);
  expect([...array.toArray()]).toEqual([Number.NaN, 2]);
});
