import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ROUTING_SUMS, routingPart } from '../../src/core/beliefs/routing-sums.ts';
import type { Cell, CellKey, Sums } from '../../src/core/cells/cell.ts';
import { cellKeyString, integerCell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt, NO_GRAINS } from '../../src/core/cells/grains.ts';
import { versionServedBy } from '../../src/core/cells/served-version.ts';
import {
  broughtUpToDate,
  packCells,
  packTotals,
  routingReading,
  unpackCells,
  unpackTotals,
} from '../../src/stores/packed-cells.ts';
import { sorted } from './histories.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12);

const names = fc.constantFrom('', 'short', 'a "quoted" one', '\u{1F600}', 'mini>premium');
const sums: fc.Arbitrary<Sums> = fc.dictionary(
  fc.constantFrom(...ROUTING_SUMS),
  fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }).filter(sum => sum !== 0n),
  { minKeys: 1 },
);
const cells: fc.Arbitrary<readonly Cell[]> = fc.uniqueArray(
  fc.record({
    key: fc.record({ segment: names, subject: names, version: names, hoursAgo: fc.integer({ min: 0, max: 5000 }) }).map(
      ({ hoursAgo, ...place }): CellKey => ({
        scope: 'node',
        feature: 'support',
        ...place,
        bucket: Math.floor(NOW / HOUR) - hoursAgo,
      }),
    ),
    sums,
  }),
  { selector: ({ key }) => cellKeyString(key) },
);

it('cells are unpacked as they were packed, with the boundaries', async () => {
  await fc.assert(
    fc.asyncProperty(cells, fc.constantFrom(NO_GRAINS, grainsAt(NOW)), async (given, grains) => {
      const folded = foldCells(given, grains);
      const found = await unpackCells('support', await packCells({ cells: folded, grains }));
      expect(found?.grains).toEqual(grains);
      expect(sorted(Array.from(found?.cells ?? [], integerCell))).toEqual(sorted(folded));
    }),
    { numRuns: 50 },
  );
});

it('only node cells and the sums that routing reads are packed', async () => {
  const key: CellKey = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'v', bucket: 1 };
  const given: Cell[] = [
    { key, sums: { n: 2n, costOfLabelled: 5n } },
    { key: { ...key, bucket: 2 }, sums: { costOfLabelled: 5n } },
    { key: { ...key, bucket: 3 }, sums: { n: 1n } },
    { key: { ...key, scope: 'plan' }, sums: { n: 2n } },
  ];
  const found = await unpackCells('f', await packCells({ cells: given, grains: NO_GRAINS }));
  expect(Array.from(found?.cells ?? [], integerCell)).toEqual([
    { key, sums: { n: 2n } },
    { key: { ...key, bucket: 3 }, sums: { n: 1n } },
  ]);
  expect(routingReading({ cells: given, complete: true, grains: NO_GRAINS, next: 'x' }).cells).toEqual(
    Array.from(found?.cells ?? [], integerCell),
  );
});

it('bytes of another format, of other sums, and damaged ones are not unpacked', async () => {
  const packed = await packCells({ cells: [], grains: NO_GRAINS });
  const bytes = Buffer.from(await promisify(inflateRaw)(packed));
  const changed = async (change: (copy: Buffer) => void): Promise<unknown> => {
    const copy = Buffer.from(bytes);
    change(copy);
    return unpackCells('support', await promisify(deflateRaw)(copy));
  };
  expect(await changed(() => {})).toMatchObject({ grains: NO_GRAINS });
  expect(await changed(copy => copy.writeDoubleLE(2, 0))).toBeUndefined();
  expect(await changed(copy => copy.swap64())).toBeUndefined();
  expect(await changed(copy => copy.write('N', copy.indexOf('cost')))).toBeUndefined();
  const one: Cell = {
    key: { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'v', bucket: 1 },
    sums: { n: 1n },
  };
  const whole = await promisify(inflateRaw)(await packCells({ cells: [one], grains: NO_GRAINS }));
  for (const cut of [whole.subarray(0, -8), Buffer.concat([whole, Buffer.alloc(8)])])
    expect(await unpackCells('support', await promisify(deflateRaw)(cut))).toBeUndefined();
  for (const junk of [new Uint8Array(), packed.subarray(0, -2), Buffer.from('junk')])
    expect(await unpackCells('support', junk)).toBeUndefined();
});

it('packed cells, with the changes since, are those of a whole reading', () =>
  fc.assert(
    fc.property(cells, cells, fc.boolean(), (before, after, isLater) => {
      const packedGrains = grainsAt(NOW - 30 * 24 * HOUR);
      const grains = isLater ? grainsAt(NOW) : packedGrains;
      const packed = { cells: foldCells(before, packedGrains), grains: packedGrains };
      // Whole sums of the buckets that changed; every other one is emptied.
      const changed = foldCells(after, grains).map(
        ({ key, sums: given }, index): Cell => ({ key, sums: index % 2 === 0 ? given : {} }),
      );
      const expected = new Map(foldCells(packed.cells, grains).map(cell => [cellKeyString(cell.key), cell]));
      for (const cell of changed) {
        expected.delete(cellKeyString(cell.key));
        if (Object.keys(cell.sums).length > 0) expected.set(cellKeyString(cell.key), cell);
      }
      const read = broughtUpToDate(packed, { cells: changed, complete: false, grains, next: 'later' });
      expect(read).toMatchObject({ complete: true, grains, next: 'later' });
      expect(sorted(Array.from(read.cells, integerCell))).toEqual(sorted([...expected.values()]));
    }),
  ));

it('totals are the sums of a node over everything else, without what another model served', () => {
  const key: CellKey = { scope: 'node', feature: 'f', segment: 'short', subject: 'mini', version: 'v', bucket: 1 };
  const given: Cell[] = [
    { key, sums: { n: 2n, cost: 2n ** 70n } },
    { key: { ...key, segment: 'long', bucket: 9 }, sums: { n: 1n, costOfLabelled: 7n } },
    { key: { ...key, version: versionServedBy('v', 'other') }, sums: { n: 5n } },
    { key: { ...key, scope: 'plan' }, sums: { n: 3n } },
  ];
  expect(unpackTotals('f', packTotals(given))).toEqual([
    { key: { ...key, segment: '', version: '', bucket: 0 }, sums: { n: 3n, cost: 2n ** 70n } },
  ]);
  expect(routingPart(given)).toHaveLength(3);
});
