/** The prepared statements of the SQLite store, and cells as rows. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cell } from '../core/cells/cell.ts';
import { decodeSums, encodeSums, isCellKey, parseCellKey } from '../core/cells/cell.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell, sumOf } from '../core/cells/sums.ts';

/** One of the two tables of cells. */
export interface CellTable {
  readonly name: 'cells' | 'pruned_cells';
  /** @param damaged Called with each row that cannot be read, which is then left out; without it, throws */
  read(feature: string | undefined, damaged?: (row: DamagedRow) => void): readonly Cell[];
  readonly sumsOf: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
  readonly clear: StatementSync;
}

export type Statements = ReturnType<typeof prepare>;

export function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    cells: cellTable(database, 'cells'),
    prunedCells: cellTable(database, 'pruned_cells'),
    load: sql('SELECT intent_id, revision, json FROM ledger WHERE intent_id = ? ORDER BY revision'),
    /** Number of records of the intent, because revisions have no gaps. */
    revisions: sql('SELECT coalesce(max(revision) + 1, 0) AS revisions FROM ledger WHERE intent_id = ?'),
    append: sql('INSERT INTO ledger (intent_id, revision, feature, at_ms, kind, json) VALUES (?, ?, ?, ?, ?, ?)'),
    setDue: sql(
      'INSERT INTO pending VALUES (?, ?) ON CONFLICT (intent_id) DO UPDATE SET due_at_ms = excluded.due_at_ms',
    ),
    clearDue: sql('DELETE FROM pending WHERE intent_id = ?'),
    due: sql('SELECT intent_id FROM pending WHERE due_at_ms <= ? ORDER BY due_at_ms, intent_id LIMIT ?'),
    // One index lookup per feature; DISTINCT would read the whole index.
    features: sql(`WITH RECURSIVE name (feature) AS (
      SELECT min(feature) FROM cells
      UNION ALL SELECT (SELECT min(feature) FROM cells WHERE cells.feature > name.feature) FROM name
        WHERE name.feature IS NOT NULL
    ) SELECT feature FROM name WHERE feature IS NOT NULL`),
    intents: sql(`SELECT intent_id FROM ledger WHERE revision = 0 AND feature = $feature AND at_ms >= $fromMs
      AND at_ms < $toMs ORDER BY at_ms DESC, intent_id DESC LIMIT $limit`),
    bounds: sql('SELECT coalesce(min(seq), 1) AS first, coalesce(max(seq), 0) AS last FROM ledger'),
    page: sql(`SELECT intent_id, revision, json FROM ledger WHERE seq BETWEEN $start AND $end AND ($feature IS NULL OR feature = $feature)
      AND ($kind IS NULL OR kind IN ($kind, $formerKind)) AND at_ms >= $fromMs AND at_ms < $toMs ORDER BY seq`),
    /** Closed intents that began in this page: nothing is due for them, and their last record is before $beforeMs. */
    closed: sql(`SELECT intent_id FROM ledger AS decided WHERE seq BETWEEN $start AND $end AND revision = 0
      AND at_ms < $beforeMs AND intent_id NOT IN (SELECT intent_id FROM pending)
      AND NOT EXISTS (SELECT 1 FROM ledger WHERE intent_id = decided.intent_id AND at_ms >= $beforeMs)`),
    remove: sql('DELETE FROM ledger WHERE intent_id = ?'),
    setReply: sql(`INSERT INTO replies VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET model = excluded.model,
      at_ms = excluded.at_ms`),
    modelOfReply: sql('SELECT model FROM replies WHERE key = ?'),
    removeReplies: sql('DELETE FROM replies WHERE at_ms < ?'),
    setAwaited: sql('INSERT OR REPLACE INTO awaited_replies VALUES (?, ?, ?)'),
    intentOfReply: sql('SELECT intent_id AS intent FROM awaited_replies WHERE key = ?'),
    removeAwaited: sql('DELETE FROM awaited_replies WHERE at_ms < ?'),
    controls: sql('SELECT name, revision, json FROM controls'),
    control: sql('SELECT name, revision, json FROM controls WHERE name = ?'),
    setControl: sql('INSERT OR REPLACE INTO controls VALUES (?, ?, ?)'),
    dataVersion: sql('PRAGMA data_version'),
  };
}

function cellTable(database: DatabaseSync, table: 'cells' | 'pruned_cells'): CellTable {
  const every = database.prepare(`SELECT key, sums FROM ${table}`);
  const ofFeature = database.prepare(`SELECT key, sums FROM ${table} WHERE feature = ?`);
  return {
    name: table,
    read(feature, damaged) {
      const rows = (feature === undefined ? every.all() : ofFeature.all(feature)) as { key: string; sums: string }[];
      return rows.flatMap(row => {
        try {
          return [parseCell(table, row)];
        } catch (error) {
          if (damaged === undefined || !(error instanceof DamagedRow)) throw error;
          damaged(error);
          return [];
        }
      });
    },
    sumsOf: database.prepare(`SELECT sums FROM ${table} WHERE key = ?`),
    put: database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET sums = excluded.sums`),
    remove: database.prepare(`DELETE FROM ${table} WHERE key = ?`),
    clear: database.prepare(`DELETE FROM ${table} WHERE feature = ?`),
  };
}

/** A row whose text cannot be read. Not a fault of the connection. */
export class DamagedRow extends Error {
  constructor(row: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`a row is damaged: ${row}: ${why}`, { cause });
  }
}

/** @throws DamagedRow */
function parseCell(table: CellTable['name'], { key, sums }: { readonly key: string; readonly sums: string }): Cell {
  try {
    if (!isCellKey(key)) throw new Error('no cell has this key');
    return { key: parseCellKey(key), sums: decodeSums(sums) };
  } catch (cause) {
    throw new DamagedRow(`${table} (key ${JSON.stringify(key)})`, cause);
  }
}

/** Adds deltas to the stored cells inside the caller's transaction, exactly: sums are added as bigints. */
export function mergeCells(table: CellTable, delta: readonly Cell[]): void {
  const merged: CellMap = new Map();
  for (const cell of delta) addCell(merged, cell);
  for (const [id, { key, sums }] of merged) {
    const row = table.sumsOf.get(id) as { sums: string } | undefined;
    const total = row === undefined ? sums : sumOf([parseCell(table.name, { key: id, ...row }).sums, sums]);
    if (Object.keys(total).length > 0) table.put.run(id, key.feature, encodeSums(total));
    else if (row !== undefined) table.remove.run(id);
  }
}

/** Replaces all cells of one feature in the table. */
export function replaceTable(table: CellTable, feature: string, cells: readonly Cell[]): void {
  table.clear.run(feature);
  mergeCells(table, cells);
}
