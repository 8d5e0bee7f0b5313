import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedFloats } from '../../../src/replay/common/sorted-floats.ts';

test('law: the numbers are in ascending order, as the language sorts them, however many of them are different', () => {
  const anyNumber = fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.double().filter(number => !Object.is(number, -0)),
  );
  fc.assert(
    fc.property(fc.array(anyNumber, { maxLength: 300 }), list => {
      const numbers = Float64Array.from(list);
      expect(sortedFloats(numbers)).toEqual(Float64Array.from(list).sort());
      expect(numbers).toEqual(Float64Array.from(list));
    }),
  );
});

test.each([1, 63, 64, 65, 66, 1_000])('%i different numbers that occur three times each are sorted', different => {
  const numbers = Float64Array.from({ length: 3 * different }, (_, i) => (7 * i) % different);
  expect(sortedFloats(numbers)).toEqual(numbers.slice().sort());
});
