/**
 * The packed statistics of one feature, kept beside its rows: its node cells with the sums that routing reads. A process that
 * starts reads this one value, and the changes since, instead of a year of rows.
 */
import { routingPart } from '../core/beliefs/routing-sums.ts';
import type { Cell, CellKey, RoundedCell } from '../core/cells/cell.ts';
import { cellKeyString, decodeSums, encodeSums, integerCell } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonicalKey, foldCells } from '../core/cells/grains.ts';
import { isServedByOther } from '../core/cells/served-version.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell, difference, hasSums, sumsBy } from '../core/cells/sums.ts';
import type { CellsRead, RoutingRead } from '../contracts/store.ts';
import type { PackedCells } from './cell-bytes.ts';
import { placeOf } from './cell-bytes.ts';

/** How long a store keeps packed cells before it packs again: changes made meanwhile are read in addition. */
export const PACK_EVERY_MS = 600_000;

/** The sums of each node of one feature over all segments, versions and times, as text. */
export function packTotals(cells: readonly Cell[]): string {
  const own = cells.filter(({ key }) => !isServedByOther(key.version));
  const totals = sumsBy(routingPart(own), { scope: 'node', by: ({ key }) => key.subject });
  return JSON.stringify(Object.fromEntries([...totals].map(([node, sums]) => [node, encodeSums(sums)])));
}

export function unpackTotals(feature: string, packed: string): readonly Cell[] {
  const anyTime = { scope: 'node', feature, segment: '', version: '', bucket: 0 } as const;
  return Object.entries(JSON.parse(packed) as Readonly<Record<string, string>>).map(([subject, sums]) => ({
    key: { ...anyTime, subject },
    sums: decodeSums(sums),
  }));
}

/** The reading of a process that starts now: the packed cells, with the changes since. */
export function broughtUpToDate(packed: PackedCells, news: CellsRead): RoutingRead {
  const changed = routingPart(news.cells);
  return {
    ...news,
    cells: withChanges(packed, changed, news.grains),
    merged: together(packed.merged, differences(packed, changed, news.grains)),
    complete: true,
  };
}

/** The cells are computed only when they are iterated. */
function withChanges(packed: PackedCells, changed: readonly Cell[], grains: Grains): Iterable<RoundedCell> {
  return {
    *[Symbol.iterator]() {
      const buckets = new Set(changed.map(({ key }) => key.bucket));
      const keys = new Set(changed.map(({ key }) => cellKeyString(key)));
      // The bucket is looked up first, because a key has to be built as a text.
      const isKept = ({ key }: RoundedCell): boolean => !buckets.has(key.bucket) || !keys.has(cellKeyString(key));
      yield* together(where(folded(packed, grains), isKept), changed.filter(hasSums));
    },
  };
}

/** The differences between the changed cells and the packed ones of their buckets. */
function differences(packed: PackedCells, changed: readonly Cell[], grains: Grains): readonly Cell[] {
  const buckets = new Set(changed.map(({ key }) => key.bucket));
  const before: CellMap = new Map();
  for (const cell of packed.cellsAt(new Set(changed.map(({ key }) => placeOf(key))))) {
    const key = canonicalKey(cell.key, grains);
    if (buckets.has(key.bucket)) addCell(before, integerCell({ key, sums: cell.sums }));
  }
  return changed
    .map(({ key, sums }) => ({ key, sums: difference(sums, before.get(cellKeyString(key))?.sums ?? {}) }))
    .filter(hasSums);
}

function where(cells: Iterable<RoundedCell>, isWanted: (cell: RoundedCell) => boolean): Iterable<RoundedCell> {
  return {
    *[Symbol.iterator]() {
      for (const cell of cells) if (isWanted(cell)) yield cell;
    },
  };
}

function together(...parts: readonly Iterable<RoundedCell>[]): Iterable<RoundedCell> {
  return {
    *[Symbol.iterator]() {
      for (const part of parts) yield* part;
    },
  };
}

/** The cells in the buckets of later boundaries: few cells move, and most are visited only once. */
function folded({ cells, grains: before }: PackedCells, grains: Grains): Iterable<RoundedCell> {
  if (before.dayBefore === grains.dayBefore && before.weekBefore === grains.weekBefore) return cells;
  const targets = new Set<string>();
  for (const { key } of cells) {
    const target = movedKey(key, grains);
    if (target !== undefined) targets.add(target);
  }
  if (targets.size === 0) return cells;
  const moves = ({ key }: RoundedCell): boolean =>
    movedKey(key, grains) !== undefined || (key.grain !== undefined && targets.has(cellKeyString(key)));
  const moved = Array.from(where(cells, moves), integerCell);
  return together(
    where(cells, cell => !moves(cell)),
    foldCells(moved, grains),
  );
}

function movedKey(key: CellKey, grains: Grains): string | undefined {
  const canonical = canonicalKey(key, grains);
  return canonical === key ? undefined : cellKeyString(canonical);
}

/** The part of a reading of all cells from which decisions are made. */
export function routingReading(read: CellsRead): CellsRead {
  return { ...read, cells: routingPart(read.cells).filter(hasSums) };
}
