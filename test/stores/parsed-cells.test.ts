import { expect, test } from 'vitest';
import { parseCellKey } from '../../src/core/cells/cell.ts';
import { cellKeyReader, decodeParsedSums } from '../../src/stores/parsed-cells.ts';

test('a reader of many keys gives each as it is read alone, also where only the time differs from the one before', () => {
  const read = cellKeyReader();
  for (const time of ['7', '8d', '9w', '-3', '7'])
    for (const before of ['node\tf\t\tmini\tv', 'plan\tf\ttier=a\tmini\t'])
      expect(read(`${before}\t${time}`)).toEqual(parseCellKey(`${before}\t${time}`));
  for (const time of ['', 'x', '7m', '7d ', '1.5', '7\n']) expect(read(`node\tf\t\tmini\tv\t${time}`)).toBeUndefined();
  for (const text of ['', 'junk', 'node\tf\t\tmini\t7', 'x\tf\t\tmini\tv\t7']) expect(read(text)).toBeUndefined();
});

test('sums of any size are read from their texts, and anything but a whole number is refused', () => {
  const texts = { n: '7', cost: '-3', cost2: '1000', cost3: '9007199254740993' };
  const sums = { n: 7n, cost: -3n, cost2: 1000n, cost3: 9007199254740993n };
  expect(decodeParsedSums({ ...texts })).toEqual(sums);
  // Again, because small counts are kept.
  expect(decodeParsedSums({ ...texts })).toEqual(sums);
  for (const n of ['x', '1.5', null, 1.5, [1, 2], {}]) expect(() => decodeParsedSums({ n })).toThrow();
});
