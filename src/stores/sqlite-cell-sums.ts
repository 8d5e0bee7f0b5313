/** Adds to the cells of the SQLite store, each step in the caller's transaction. */
import type { StatementSync } from 'node:sqlite';
import type { Cell, CellKey } from '../core/cells/cell.ts';
import { cellKeyString, encodeSums } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonicalKey } from '../core/cells/grains.ts';
import type { CellMap, GrowingCell, GrowingSums } from '../core/cells/sums.ts';
import { addCell, addInto, hasSums } from '../core/cells/sums.ts';
import type { CellTable, Damaged, StoredCell } from './sqlite-cells.ts';
import { cellsOf, parseCell } from './sqlite-cells.ts';
import { DamagedRow } from './sqlite-damage.ts';
import { blockOf } from './sqlite-schema.ts';

/** Rows as last read or written on this connection, by key: valid while no other connection commits. */
export type KnownCells = Map<string, { readonly id: number; serial: number; readonly sums: GrowingSums }>;

export interface MergeOptions {
  readonly serialOf: (feature: string) => number;
  readonly known?: KnownCells;
  /** Called with each row that cannot be read, to which nothing is added then; without it, adding throws. */
  readonly damaged?: Damaged;
}

/**
 * Adds deltas inside the caller's transaction, exactly: sums are added as bigints. Returns how many cells of each feature were written.
 */
export function mergeCells(
  table: CellTable,
  delta: readonly Cell[],
  { serialOf, known = new Map(), damaged }: MergeOptions,
): ReadonlyMap<string, number> {
  const merged: CellMap = new Map();
  const written = new Map<string, number>();
  for (const cell of delta) addCell(merged, cell);
  for (const [id, cell] of merged) {
    if (!hasSums(cell)) continue;
    const { feature } = cell.key;
    written.set(feature, (written.get(feature) ?? 0) + 1);
    try {
      addToRow(table, id, { ...cell, serial: serialOf(feature) }, known);
    } catch (error) {
      if (damaged === undefined || !(error instanceof DamagedRow)) throw error;
      damaged(error);
    }
  }
  return written;
}

/** A write of more cells than this ends its block: a reader of later changes need not go through them. */
const MANY_CELLS = 1_000;

/** Call with the result of {@link mergeCells}, in the same transaction. */
export function endFullBlocks(
  { endBlock }: { readonly endBlock: StatementSync },
  written: ReadonlyMap<string, number>,
): void {
  for (const [feature, cells] of written) if (cells > MANY_CELLS) endBlock.run(feature);
}

/** Reads the rows that these cells add to, where they are not known. @throws DamagedRow */
export function readRows(table: CellTable, cells: readonly Cell[], known: KnownCells): void {
  for (const { key } of cells) rowOf(table, { feature: key.feature, id: cellKeyString(key) }, known);
}

function rowOf(
  table: CellTable,
  { feature, id }: { readonly feature: string; readonly id: string },
  known: KnownCells,
): ReturnType<KnownCells['get']> {
  const found = known.get(id);
  const row = found === undefined ? (table.find.get(feature, id) as StoredCell | undefined) : undefined;
  if (row === undefined) return found;
  const read = { id: row.id, serial: row.serial, sums: parseCell(table, row).sums };
  known.set(id, read);
  return read;
}

interface SerialCell extends Cell {
  readonly serial: number;
}

/** A row that becomes empty stays, for readers who know it. */
function addToRow(table: CellTable, id: string, { key, sums, serial: given }: SerialCell, known: KnownCells): void {
  const { feature, grain = 'hour', bucket } = key;
  const row = rowOf(table, { feature, id }, known);
  if (row === undefined) {
    const added = table.insert.run(feature, id, given, blockOf(given), grain, bucket, encodeSums(sums));
    known.set(id, { id: Number(added.lastInsertRowid), serial: given, sums: { ...sums } });
    return;
  }
  addInto(row.sums, sums);
  const total = encodeSums(row.sums);
  const block = blockOf(row.serial);
  row.serial = Math.max(row.serial, given);
  if (block === blockOf(row.serial)) table.update.run(total, row.serial, row.id);
  else table.updateBlock.run(total, row.serial, blockOf(row.serial), row.id);
}

/** Takes each feature's next serial number, once per transaction. */
export function serials({ nextSerial }: { readonly nextSerial: StatementSync }): (feature: string) => number {
  const taken = new Map<string, number>();
  return feature => {
    let serial = taken.get(feature);
    if (serial === undefined) {
      ({ serial } = nextSerial.get(feature) as { serial: number });
      taken.set(feature, serial);
    }
    return serial;
  };
}

/**
 * Adds a feature's finest rows to coarser ones, `limit` at most. A coarser row has changed when its finest has, so that no
 * reader misses what it has not read yet. A row is set aside if it, or its coarser one, cannot be read.
 */
export function coarsen(
  table: CellTable,
  feature: string,
  { grains, limit }: { readonly grains: Grains; readonly limit: number },
): void {
  const coarse = new Map<string, GrowingCell & { serial: number }>();
  const { dayBefore, weekBefore } = grains;
  for (const row of table.mergeable.all({ feature, dayBefore, weekBefore, limit }) as unknown as StoredCell[]) {
    const [cell] = cellsOf(table, [row], () => {});
    const key = cell && canonicalKey(cell.key, grains);
    if (cell === undefined || key === undefined || !isReadable(table, key)) {
      table.setAside.run(row.id);
      continue;
    }
    const id = cellKeyString(key);
    const total = coarse.get(id) ?? { key, sums: {}, serial: 0 };
    coarse.set(id, total);
    addInto(total.sums, cell.sums);
    total.serial = Math.max(total.serial, row.serial);
    table.remove.run(row.id);
  }
  for (const [id, cell] of coarse) addToRow(table, id, cell, new Map());
}

function isReadable(table: CellTable, key: CellKey): boolean {
  const rows = table.find.all(key.feature, cellKeyString(key));
  return cellsOf(table, rows, () => {}).length === rows.length;
}
