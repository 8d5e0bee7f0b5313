/** The statistics of the SQLite store: cells as rows, which are added up into buckets of time. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Cell, CellKey } from '../core/cells/cell.ts';
import { cellKeyString, decodeSums } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonicalKey, foldCells, hoursIn } from '../core/cells/grains.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addInto } from '../core/cells/sums.ts';
import { cellKeyReader, decodeParsedSums } from './parsed-cells.ts';
import { DamagedRow } from './sqlite-damage.ts';
import { blockOf } from './sqlite-schema.ts';

/** Rows decoded before the event loop gets to other work. */
const ROWS_AT_ONCE = 1_000;

/** One of the two tables of cells. */
export interface CellTable {
  readonly name: 'cells' | 'pruned_cells';
  readonly every: StatementSync;
  readonly ofFeature: StatementSync;
  readonly blocks: StatementSync;
  readonly page: StatementSync;
  readonly row: StatementSync;
  readonly changed: StatementSync;
  readonly within: StatementSync;
  readonly mergeable: StatementSync;
  readonly find: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly updateBlock: StatementSync;
  readonly remove: StatementSync;
  readonly setAside: StatementSync;
}

export interface StoredCell {
  readonly id: number;
  readonly key: string;
  readonly serial: number;
  readonly sums: string;
}

/** A cell of {@link cellRows}: its sums are JSON, or the object that was parsed from it. */
type ReadCell = Pick<StoredCell, 'key'> & { readonly sums: string | object };

/** Called with each row that cannot be read, which is then left out; without it, reading throws. */
export type Damaged = ((row: DamagedRow) => void) | undefined;

export function cellTable(database: DatabaseSync, name: CellTable['name']): CellTable {
  const table = `${name}_8`;
  const select = `SELECT id, key, serial, sums FROM ${table}`;
  return {
    name,
    every: database.prepare(`${select} WHERE sums <> '{}'`),
    ofFeature: database.prepare(`${select} WHERE feature = ? AND sums <> '{}'`),
    /** All cells of a block as one text, which takes half as long as their rows. {@link cellsOfBlocks} says why this separator. */
    blocks: database.prepare(`SELECT count(*) AS count, group_concat(json_quote(key) || ',' || sums, ',0,\n') AS cells
      FROM ${table} WHERE feature = ? AND sums <> '{}' GROUP BY block`),
    page: database.prepare(`${select} WHERE feature = ? AND key > ? ORDER BY key LIMIT ?`),
    row: database.prepare(`${select} WHERE id = ?`),
    changed: database.prepare(`${select} WHERE feature = ? AND block >= ? AND serial > ?`),
    within: database.prepare(
      `${select} WHERE feature = ? AND grain IN ('hour', 'day', 'week', 'aside') AND start >= ? AND start < ?`,
    ),
    /** Rows that are finer than they need to be. */
    mergeable: database.prepare(`${select} WHERE feature = $feature AND grain = 'hour' AND start < $dayBefore
      UNION ALL ${select} WHERE feature = $feature AND grain = 'day' AND start < $weekBefore LIMIT $limit`),
    find: database.prepare(`${select} WHERE feature = ? AND key = ?`),
    insert: database.prepare(
      `INSERT INTO ${table} (feature, key, serial, block, grain, start, sums) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: database.prepare(`UPDATE ${table} SET sums = ?, serial = ? WHERE id = ?`),
    updateBlock: database.prepare(`UPDATE ${table} SET sums = ?, serial = ?, block = ? WHERE id = ?`),
    remove: database.prepare(`DELETE FROM ${table} WHERE id = ?`),
    setAside: database.prepare(`UPDATE ${table} SET grain = 'aside' WHERE id = ?`),
  };
}

/** @throws DamagedRow */
export function parseCell(table: CellTable, { key, sums }: ReadCell, keyOf = cellKeyReader()): Cell {
  try {
    const parsed = keyOf(key);
    if (parsed === undefined) throw new Error('no cell has this key');
    return { key: parsed, sums: typeof sums === 'string' ? decodeSums(sums) : decodeParsedSums(sums) };
  } catch (cause) {
    throw new DamagedRow(`${table.name} (key ${JSON.stringify(key)})`, cause);
  }
}

export function cellsOf(
  table: CellTable,
  rows: readonly unknown[],
  damaged: Damaged,
  keyOf = cellKeyReader(),
): readonly Cell[] {
  const cells: Cell[] = [];
  for (const row of rows as readonly ReadCell[]) {
    try {
      cells.push(parseCell(table, row, keyOf));
    } catch (error) {
      if (damaged === undefined || !(error instanceof DamagedRow)) throw error;
      damaged(error);
    }
  }
  return cells;
}

/** The rows of a feature's cells, or of those of all features. */
export function cellRows(table: CellTable, feature: string | undefined): readonly unknown[] {
  if (feature === undefined) return table.every.all();
  return cellsOfBlocks(table.blocks.all(feature) as unknown as BlockRow[]) ?? table.ofFeature.all(feature);
}

/** Some cells of a feature as one text: the key and the sums of each as JSON, and a separator between them. */
interface BlockRow {
  readonly count: number;
  readonly cells: string;
}

/**
 * `undefined` if a row's text may be damaged: the rows are then read one by one, which shows which it is. Two damaged texts cannot be
 * mistaken for one: the separator contains a line break, which is not allowed inside a JSON string, and a number without a name, which is
 * not allowed inside an object.
 */
function cellsOfBlocks(blocks: readonly BlockRow[]): readonly ReadCell[] | undefined {
  const found: ReadCell[] = [];
  for (const { count, cells } of blocks) {
    const parts = parsedOrNone(`[${cells}]`);
    if (parts.length !== 3 * count - 1) return undefined;
    for (let i = 0; i < parts.length; i += 3) {
      const [key, sums] = [parts[i], parts[i + 1]];
      if (typeof key !== 'string' || typeof sums !== 'object' || sums === null) return undefined;
      found.push({ key, sums });
    }
  }
  return found;
}

function parsedOrNone(list: string): readonly unknown[] {
  try {
    return JSON.parse(list) as readonly unknown[];
  } catch {
    return [];
  }
}

/** The cells of such rows, in the buckets of the boundaries. Takes most of the time of a read, so other work goes on. */
export async function cellsOfRows(
  table: CellTable,
  rows: readonly unknown[],
  { grains, damaged }: { readonly grains: Grains; readonly damaged?: Damaged },
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const keyOf = cellKeyReader();
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    if (start > 0) await yieldToEventLoop();
    for (const cell of cellsOf(table, rows.slice(start, start + ROWS_AT_ONCE), damaged, keyOf)) cells.push(cell);
  }
  const isMerged = cells.every(({ key }) => canonicalKey(key, grains) === key);
  return isMerged ? cells : foldCells(cells, grains);
}

/** Whole sums of the buckets in which rows have a later serial number; empty sums where nothing is left. */
export function readChanges(
  table: CellTable,
  feature: string,
  { serial, grains, damaged }: { readonly serial: number; readonly grains: Grains; readonly damaged?: Damaged },
): readonly Cell[] {
  const hours: Cell[] = [];
  const coarse: CellMap = new Map();
  const buckets = new Map<string, CellKey>();
  for (const cell of cellsOf(table, table.changed.all(feature, blockOf(serial + 1), serial), damaged)) {
    const key = canonicalKey(cell.key, grains);
    if (key.grain === undefined) hours.push(cell);
    else {
      coarse.set(cellKeyString(key), { key, sums: {} });
      buckets.set(`${key.bucket} ${key.grain}`, key);
    }
  }
  // An hour is one row. A coarser bucket may have several.
  for (const { bucket, grain } of buckets.values()) {
    const rows = table.within.all(feature, bucket, bucket + hoursIn({ bucket, ...(grain && { grain }) }));
    for (const cell of cellsOf(table, rows, damaged)) {
      const key = canonicalKey(cell.key, grains);
      const total = key.bucket === bucket && key.grain === grain ? coarse.get(cellKeyString(key)) : undefined;
      if (total !== undefined) addInto(total.sums, cell.sums);
    }
  }
  return [...hours, ...coarse.values()];
}

/** Ids of a feature's unreadable rows: page by page without a lock, because reading all of them takes long. */
export async function damagedRows(
  read: <T>(step: (table: CellTable) => T) => Promise<T>,
  feature: string,
): Promise<readonly number[]> {
  const found: number[] = [];
  let after = '';
  for (;;) {
    const count = await read(table => {
      const rows = table.page.all(feature, after, ROWS_AT_ONCE) as unknown as StoredCell[];
      for (const row of rows) if (!isRowReadable(table, row)) found.push(row.id);
      after = rows.at(-1)?.key ?? after;
      return rows.length;
    });
    if (count < ROWS_AT_ONCE) return found;
    await yieldToEventLoop();
  }
}

const isRowReadable = (table: CellTable, row: StoredCell): boolean => cellsOf(table, [row], () => {}).length === 1;

/** Removes those of these rows that still cannot be read; true if there were any. */
export function removeDamaged(table: CellTable, ids: readonly number[]): boolean {
  let found = false;
  for (const id of ids) {
    const row = table.row.get(id) as StoredCell | undefined;
    if (row === undefined || isRowReadable(table, row)) continue;
    table.remove.run(id);
    found = true;
  }
  return found;
}
