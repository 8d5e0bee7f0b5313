import fc from 'fast-check';
import { expect, it } from 'vitest';
import { routingPart } from '../../src/core/beliefs/routing-sums.ts';
import type { Cell, CellKey } from '../../src/core/cells/cell.ts';
import { cellKeyString, integerCell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt, NO_GRAINS } from '../../src/core/cells/grains.ts';
import { versionServedBy } from '../../src/core/cells/served-version.ts';
import type { PackedCells } from '../../src/stores/cell-bytes.ts';
import { packCells, unpackCells } from '../../src/stores/cell-bytes.ts';
import { broughtUpToDate, packTotals, unpackTotals } from '../../src/stores/packed-cells.ts';
import { cells, HOUR, NOW } from './given-cells.ts';
import { sorted } from './histories.ts';

/** Each sum over all cells of a node or plan: together the cells must have everything that statistics are made of. */
function byPlace(given: Iterable<Cell>): unknown {
  const total = Array.from(given, ({ key, sums: of }) => ({
    key: { ...key, bucket: 0, grain: 'day' as const },
    sums: of,
  }));
  return sorted(foldCells(total, NO_GRAINS));
}

it('packed cells together with the later changes equal the cells of a full reading', () =>
  fc.assert(
    fc.asyncProperty(cells, cells, fc.boolean(), async (before, after, isLater) => {
      const packedGrains = grainsAt(NOW - 30 * 24 * HOUR);
      const grains = isLater ? grainsAt(NOW) : packedGrains;
      const given = { cells: foldCells(before, packedGrains), grains: packedGrains };
      const packed = (await unpackCells('support', await packCells(given))) as PackedCells;
      // Whole sums of the buckets that changed; every other one is emptied.
      const changed = foldCells(after, grains).map(
        ({ key, sums: given }, index): Cell => ({ key, sums: index % 2 === 0 ? given : {} }),
      );
      const expected = new Map(foldCells(given.cells, grains).map(cell => [cellKeyString(cell.key), cell]));
      for (const cell of changed) {
        expected.delete(cellKeyString(cell.key));
        if (Object.keys(cell.sums).length > 0) expected.set(cellKeyString(cell.key), cell);
      }
      const read = broughtUpToDate(packed, { cells: changed, complete: false, grains, next: 'later' });
      expect(read).toMatchObject({ complete: true, grains, next: 'later' });
      expect(sorted(Array.from(read.cells, integerCell))).toEqual(sorted([...expected.values()]));
      expect(byPlace(Array.from(read.merged ?? [], integerCell))).toEqual(byPlace(expected.values()));
    }),
    { numRuns: 50 },
  ));

it('totals are a node’s sums over all segments, versions and times, without what another model served', () => {
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
