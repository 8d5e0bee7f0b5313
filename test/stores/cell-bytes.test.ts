import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cell, CellKey } from '../../src/core/cells/cell.ts';
import { integerCell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt, NO_GRAINS } from '../../src/core/cells/grains.ts';
import { packCells, placeOf, unpackCells } from '../../src/stores/cell-bytes.ts';
import { routingReading } from '../../src/stores/packed-cells.ts';
import { cells, NOW } from './given-cells.ts';
import { sorted } from './histories.ts';

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

it('bytes of another format, bytes with other sums, and damaged bytes are not unpacked', async () => {
  const packed = await packCells({ cells: [], grains: NO_GRAINS });
  const bytes = Buffer.from(await promisify(inflate)(packed));
  const changed = async (change: (copy: Buffer) => void): Promise<unknown> => {
    const copy = Buffer.from(bytes);
    change(copy);
    return unpackCells('support', await promisify(deflate)(copy));
  };
  expect(await changed(() => {})).toMatchObject({ grains: NO_GRAINS });
  for (const format of [2, 4]) expect(await changed(copy => copy.writeDoubleLE(format, 0))).toBeUndefined();
  expect(await changed(copy => copy.swap64())).toBeUndefined();
  expect(await changed(copy => copy.write('N', copy.indexOf('cost')))).toBeUndefined();
  const one: Cell = {
    key: { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'v', bucket: 1 },
    sums: { n: 1n },
  };
  const whole = await promisify(inflate)(await packCells({ cells: [one], grains: NO_GRAINS }));
  for (const cut of [whole.subarray(0, -8), Buffer.concat([whole, Buffer.alloc(8)])])
    expect(await unpackCells('support', await promisify(deflate)(cut))).toBeUndefined();
  for (const at of packed.keys()) {
    const flipped = Uint8Array.from(packed, (byte, index) => (index === at ? byte ^ 255 : byte));
    expect(await unpackCells('support', flipped)).toBeUndefined();
  }
  for (const junk of [new Uint8Array(), packed.subarray(0, -2), Buffer.from('junk')])
    expect(await unpackCells('support', junk)).toBeUndefined();
});

it('the cells of given places are found among all cells', async () => {
  const key: CellKey = { scope: 'node', feature: 'f', segment: 'a', subject: 'mini', version: 'v', bucket: 1 };
  const given: Cell[] = ['a', 'b', 'c'].map((segment, index) => ({
    key: { ...key, segment },
    sums: { n: BigInt(index + 1) },
  }));
  const packed = await unpackCells('f', await packCells({ cells: given, grains: NO_GRAINS }));
  const found = packed?.cellsAt(new Set([placeOf({ ...key, segment: 'b' })])) ?? [];
  expect(Array.from(found, integerCell)).toEqual([given[1]]);
});
