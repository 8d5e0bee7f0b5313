/**
 * The statistics of the memory store: the cells of every feature, always in the buckets of its boundaries, each with the
 * serial number of its last change.
 */
import type { Cell, CellKey } from '../core/cells/cell.ts';
import { cellKeyString } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonical, canonicalKey, grainsAt, hoursIn, NO_GRAINS } from '../core/cells/grains.ts';
import type { GrowingSums } from '../core/cells/sums.ts';
import { addInto, sumOf } from '../core/cells/sums.ts';

export interface NumberedCell {
  readonly key: CellKey;
  readonly sums: GrowingSums;
  serial: number;
}

export interface FeatureCells {
  grains: Grains;
  cells: Map<string, NumberedCell>;
  /** Cells of the pruned base: what pruned intents contributed. */
  base: Map<string, NumberedCell>;
  /** Serial number of the last commit or correction. */
  changed: number;
}

/** Approximate number of cells that become coarser in one slice. */
const CELLS_PER_SLICE = 5_000;

export function featureCells(): FeatureCells {
  return { grains: NO_GRAINS, cells: new Map(), base: new Map(), changed: 0 };
}

export interface AddOptions {
  readonly serial: number;
  /** Cells up to this serial number are shared with a snapshot: they are replaced instead of changed. */
  readonly sharedUntil: number;
}

/** A cell that becomes empty stays, for readers who know it. */
export function addTo(feature: FeatureCells, table: 'cells' | 'base', cell: Cell, options: AddOptions): void {
  const { serial, sharedUntil } = options;
  const key = canonicalKey(cell.key, feature.grains);
  const id = cellKeyString(key);
  const known = feature[table].get(id);
  if (known === undefined) feature[table].set(id, { key, sums: { ...cell.sums }, serial });
  else if (known.serial <= sharedUntil)
    feature[table].set(id, { key: known.key, sums: { ...sumOf([known.sums, cell.sums]) }, serial });
  else {
    addInto(known.sums, cell.sums);
    known.serial = serial;
  }
}

/** Moves a feature's boundaries towards the present, and merges the cells before them. `false`: nothing is left to do. */
export function coarsen(feature: FeatureCells, nowMs: number): boolean {
  const goal = grainsAt(nowMs);
  const { grains } = feature;
  if (goal.dayBefore <= grains.dayBefore && goal.weekBefore <= grains.weekBefore) return false;
  feature.grains = boundariesOfSlice(feature.cells.values(), grains, goal);
  feature.cells = merged(feature.cells, feature.grains);
  feature.base = merged(feature.base, feature.grains);
  return true;
}

/** Days first: weeks are then made of days. */
function boundariesOfSlice(cells: Iterable<Cell>, { weekBefore }: Grains, goal: Grains): Grains {
  const hours: number[] = [];
  const days: number[] = [];
  for (const { key } of cells) {
    if (key.grain === undefined && key.bucket < goal.dayBefore) hours.push(key.bucket);
    if (key.grain !== 'week' && key.bucket < goal.weekBefore) days.push(key.bucket);
  }
  const dayBefore = boundary(hours, goal.dayBefore, { dayBefore: Infinity, weekBefore: -Infinity });
  if (dayBefore < goal.dayBefore) return { dayBefore, weekBefore };
  return { dayBefore, weekBefore: boundary(days, goal.weekBefore, { dayBefore: Infinity, weekBefore: Infinity }) };
}

/** The end of the first bucket that does not fit into one slice; the goal where all fit. */
function boundary(buckets: number[], goal: number, grains: Grains): number {
  if (buckets.length <= CELLS_PER_SLICE) return goal;
  const bucket = canonical(buckets.sort((a, b) => a - b)[CELLS_PER_SLICE] as number, grains);
  return Math.min(goal, bucket.bucket + hoursIn(bucket));
}

/** A merged cell has the latest change of its parts. The parts themselves stay unchanged, for snapshots. */
function merged(table: ReadonlyMap<string, NumberedCell>, grains: Grains): Map<string, NumberedCell> {
  const coarser = new Map<string, NumberedCell>();
  for (const [id, cell] of table) {
    const key = canonicalKey(cell.key, grains);
    const coarseId = key === cell.key ? id : cellKeyString(key);
    const known = coarser.get(coarseId);
    if (known === undefined) coarser.set(coarseId, key === cell.key ? cell : { ...cell, key, sums: { ...cell.sums } });
    else {
      const serial = Math.max(known.serial, cell.serial);
      coarser.set(coarseId, { key, sums: { ...sumOf([known.sums, cell.sums]) }, serial });
    }
  }
  return coarser;
}
