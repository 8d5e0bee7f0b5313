/** Writes the files of one run, and reads them back before they count. */
import { isDeepStrictEqual } from 'node:util';
import type { ClosedIntent } from '../../contracts/archiving.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { cellKeyString } from '../../core/cells/cell.ts';
import { contribution } from '../../core/cells/contribution.ts';
import { missingCells } from '../../core/cells/differences.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import { readRecord } from '../../core/ledger/record-versions.ts';
import { RouterError } from '../../errors.ts';
import {
  cellOfSums,
  CONTRIBUTION_COLUMNS,
  contributionRow,
  fitsRow,
  sumContributions,
} from './contribution-columns.ts';
import type { DuckDb, FilledTable } from './duckdb.ts';
import { sqlText } from './duckdb.ts';
import type { ArchivedFile } from './folder.ts';
import type { ArchiveRun, FileKind } from './manifest.ts';
import { differs, writeParquet } from './write-parquet.ts';

const RECORD_COLUMNS: FilledTable['columns'] = [
  { name: 'intent_id', type: 'VARCHAR' },
  { name: 'revisions', type: 'INTEGER' },
  { name: 'revision', type: 'INTEGER' },
  { name: 'position', type: 'BIGINT' },
  { name: 'feature', type: 'VARCHAR' },
  { name: 'at_ms', type: 'DOUBLE' },
  { name: 'kind', type: 'VARCHAR' },
  { name: 'json', type: 'VARCHAR' },
];

/** An intent and its records. */
interface FoldedIntent {
  readonly closed: ClosedIntent;
  readonly records: readonly LedgerRecord[];
  readonly intent: Intent;
  readonly cells: readonly Cell[];
}

/** The UTC day of an intent's decision: `2026-08-01`. A time outside the calendar is on its first or last day. */
export function dayOf(atMs: number): string {
  const within = Math.min(Math.max(atMs, 0), LAST_DAY_MS);
  return new Date(within).toISOString().slice(0, 10);
}

const LAST_DAY_MS = Date.UTC(2199, 11, 31);

/**
 * Writes a run under its final names. The files count once the manifest lists them.
 *
 * @param options `intents`: all decided on the UTC day
 * @throws RouterError `invalid-data` for a record that cannot be read, an intent too expensive for a file, or if a file does not have what was written
 */
export async function writeRun(
  db: DuckDb,
  folder: string,
  { run, intents }: { readonly run: string; readonly intents: readonly ClosedIntent[] },
): Promise<ArchiveRun> {
  const folded = intents.map(foldClosed);
  const large = folded.find(({ cells }) => !cells.every(fitsRow));
  if (large !== undefined) throw tooLarge(large.closed.id);
  const times = folded.map(({ records }) => records[0]?.atMs ?? 0);
  const fromMs = times.reduce((a, b) => Math.min(a, b), Infinity);
  const toMs = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const day = dayOf(fromMs);
  const cells = folded.flatMap(({ intent, cells: own }) => own.map(cell => ({ intent, cell })));
  const tables = { records: recordTable(folded), contributions: contributionTable(cells) };
  const write = async (kind: FileKind): Promise<ArchivedFile> => {
    await db.makeTable(tables[kind]);
    return writeParquet(db, folder, {
      kind,
      path: `${kind}/day=${day}/${run}.parquet`,
      rows: kind,
      check: async part => (kind === 'records' ? checkRecords(db, part, folded) : checkContributions(db, part, cells)),
    });
  };
  const files = { records: await write('records'), contributions: await write('contributions') };
  return {
    run,
    day,
    fromMs,
    toMs,
    intents: folded.length,
    rows: { records: folded.reduce((sum, { records }) => sum + records.length, 0), contributions: cells.length },
    spendNanoUsd: String(
      cells.reduce((sum, { cell }) => sum + (cell.key.scope === 'plan' ? (cell.sums.cost ?? 0n) : 0n), 0n),
    ),
    files,
  };
}

/** @throws RouterError `invalid-data` */
function foldClosed(closed: ClosedIntent): FoldedIntent {
  try {
    const records = closed.records.map(({ json }, revision) => {
      const record = readRecord(JSON.parse(json));
      if (record?.intentId !== closed.id || record.revision !== revision)
        throw new Error('not the record that its row names');
      return record;
    });
    const intent = foldIntent(records);
    if (intent === undefined) throw new Error('it has no records');
    return { closed, records, intent, cells: contribution(intent) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RouterError('invalid-data', `the intent "${closed.id}" is damaged: ${why}`, {
      path: 'ledger',
      accepted: 'a ledger whose records can be read; nothing of this intent was archived or removed',
      cause,
    });
  }
}

function tooLarge(id: string): RouterError {
  return new RouterError('invalid-data', `the costs of the intent "${id}" add up to more than a file can keep`, {
    path: 'ledger',
    accepted: 'less than 9.2 billion USD: correct its costs (reconcile --apply); nothing of this intent was removed',
  });
}

function recordTable(folded: readonly FoldedIntent[]): FilledTable {
  const rows = folded.flatMap(({ closed, records }) =>
    records.map((record, revision) => {
      const { json, position } = closed.records[revision] as ClosedIntent['records'][number];
      const { intentId, feature, atMs, kind } = record;
      return [intentId, records.length, revision, BigInt(position), feature, atMs, kind, json];
    }),
  );
  return { name: 'records', columns: RECORD_COLUMNS, values: columnsOf(RECORD_COLUMNS.length, rows) };
}

function contributionTable(cells: readonly { readonly intent: Intent; readonly cell: Cell }[]): FilledTable {
  const rows = cells.map(({ intent, cell }) => contributionRow(intent, cell));
  const values = columnsOf(CONTRIBUTION_COLUMNS.length, rows);
  return { name: 'contributions', columns: CONTRIBUTION_COLUMNS, values };
}

function columnsOf<Value>(count: number, rows: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  return Array.from({ length: count }, (_, column) => rows.map(row => row[column] as Value));
}

/** Compares the records byte for byte. */
async function checkRecords(db: DuckDb, part: string, folded: readonly FoldedIntent[]): Promise<void> {
  const found = await db.rows(
    `SELECT intent_id, revision, json FROM read_parquet(${sqlText(part)}) ORDER BY intent_id, revision`,
  );
  const expected = folded.flatMap(({ closed }) =>
    closed.records.map(({ json }, revision) => [closed.id, revision, json]),
  );
  const byId = (rows: readonly (readonly unknown[])[]): unknown => Map.groupBy(rows, ([id]) => id);
  if (!isDeepStrictEqual(byId(found), byId(expected))) throw differs(part);
}

/** Compares the contributions to the integer. */
async function checkContributions(db: DuckDb, part: string, cells: readonly { readonly cell: Cell }[]): Promise<void> {
  const expected: CellMap = new Map();
  for (const { cell } of cells) addCell(expected, cell);
  const found = (await db.rows(sumContributions(`read_parquet(${sqlText(part)})`))).map(cellOfSums);
  const known = new Set(found.map(({ key }) => cellKeyString(key)));
  if (known.size !== expected.size || missingCells(found, expected.values()).length > 0) throw differs(part);
}
