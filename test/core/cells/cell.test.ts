import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sums } from '../../../src/core/cells/cell.ts';
import {
  cellKeyString,
  decodeSums,
  encodeSums,
  integerCell,
  isCellKey,
  parseCellKey,
  SUM_NAMES,
} from '../../../src/core/cells/cell.ts';

const anySums: fc.Arbitrary<Sums> = fc.dictionary(
  fc.constantFrom(...SUM_NAMES),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
);

test('sums of any size are the same after their JSON text is read back', () => {
  fc.assert(
    fc.property(anySums, sums => {
      expect(decodeSums(encodeSums(sums))).toEqual(sums);
    }),
  );
});

test('floats below 2^53 convert back to the integers they were made from, and zeros have no entry', () => {
  const key = parseCellKey('node\tf\t\tmini\tv\t7');
  const exact = { n: 3n, cost: 2n ** 53n - 1n };
  expect(integerCell({ key, sums: { n: 3, cost: 2 ** 53 - 1, rejected: 0 } })).toEqual({ key, sums: exact });
  expect(integerCell({ key, sums: { ...exact, cost2: 10n ** 40n } }).sums).toEqual({ ...exact, cost2: 10n ** 40n });
});

const anyBucket = fc.record(
  { bucket: fc.integer(), grain: fc.constantFrom('day' as const, 'week' as const) },
  { requiredKeys: ['bucket'] },
);

test('a cell’s key is the same after its text is read back', () => {
  const name = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\t'));
  fc.assert(
    fc.property(name, name, name, name, anyBucket, (feature, segment, subject, version, bucket) => {
      const key = { scope: 'node' as const, feature, segment, subject, version, ...bucket };
      expect(parseCellKey(cellKeyString(key))).toEqual(key);
      expect(isCellKey(cellKeyString(key))).toBe(true);
    }),
  );
});

test.each([
  '',
  'junk',
  'x\tf\t\tm\t\t7',
  'node\tf\t\tm\t7',
  'node\tf\t\tm\t\tx',
  'node\tf\t\tm\t\t7\t',
  'node\tf\t\tm\t\t7m',
])('%j is not a valid cell key', text => {
  expect(isCellKey(text)).toBe(false);
});

test('the key of an hour has no suffix, so that keys written before days and weeks existed keep their meaning', () => {
  const key = { scope: 'plan', feature: 'f', segment: '', subject: 'm', version: '', bucket: 7 } as const;
  expect(cellKeyString(key)).toBe('plan\tf\t\tm\t\t7');
  expect(cellKeyString({ ...key, grain: 'day' })).toBe('plan\tf\t\tm\t\t7d');
  expect(cellKeyString({ ...key, grain: 'week' })).toBe('plan\tf\t\tm\t\t7w');
});

test('sums that are not an object of whole numbers cannot be read', () => {
  for (const text of ['null', '5', '"7"', '{"n":1.5}', '{"n":null}', '{"n":"x"}', '{']) {
    expect(() => decodeSums(text), text).toThrow();
  }
});
