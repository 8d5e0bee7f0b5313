import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sums } from '../../../src/core/cells/cell.ts';
import {
  addSums,
  cellKeyString,
  decodeSums,
  encodeSums,
  parseCellKey,
  SUM_NAMES,
} from '../../../src/core/cells/cell.ts';

const anySums: fc.Arbitrary<Sums> = fc
  .dictionary(fc.constantFrom(...SUM_NAMES), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }))
  .map(sums => addSums({}, sums as Sums));

test('sums merge to the same numbers in any order and grouping', () => {
  fc.assert(
    fc.property(anySums, anySums, anySums, (a, b, c) => {
      expect(addSums(addSums(a, b), c)).toEqual(addSums(a, addSums(b, c)));
      expect(addSums(a, b)).toEqual(addSums(b, a));
    }),
  );
});

test('what is added can be taken away, and leaves nothing behind', () => {
  fc.assert(
    fc.property(anySums, anySums, (a, b) => {
      expect(addSums(addSums(a, b), b, -1n)).toEqual(a);
      expect(addSums(a, a, -1n)).toEqual({});
    }),
  );
});

test('adding never changes its operands', () => {
  const a: Sums = Object.freeze({ n: 1n });
  expect(addSums(a, Object.freeze({ n: 2n, cost: 3n }))).toEqual({ n: 3n, cost: 3n });
  expect(a).toEqual({ n: 1n });
});

test('sums survive their JSON text, whatever their size', () => {
  fc.assert(
    fc.property(anySums, sums => {
      expect(decodeSums(encodeSums(sums))).toEqual(sums);
    }),
  );
});

test('a cell’s key survives its text', () => {
  const name = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\t'));
  fc.assert(
    fc.property(name, name, name, name, fc.integer(), (feature, segment, subject, version, bucket) => {
      const key = { scope: 'node' as const, feature, segment, subject, version, bucket };
      expect(parseCellKey(cellKeyString(key))).toEqual(key);
    }),
  );
});
