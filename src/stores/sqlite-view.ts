/** The read methods of the SQLite store, on one connection: the store's own, or one that keeps a snapshot. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Cell } from '../core/cells/cell.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { formerKind } from '../core/ledger/record-versions.ts';
import { RouterError } from '../errors.ts';
import type { ScanRange } from '../contracts/ledger-source.ts';
import type { RecordTexts } from '../contracts/record-texts.ts';
import { withTexts } from '../contracts/record-texts.ts';
import type { CellsRead, Cursor, IntentRange, LedgerPage, RoutingRead, StoreView } from '../contracts/store.ts';
import { unpackCells } from './cell-bytes.ts';
import { broughtUpToDate, routingReading, unpackTotals } from './packed-cells.ts';
import type { CellTable, Damaged } from './sqlite-cells.ts';
import { cellRows, cellsOfRows, readChanges } from './sqlite-cells.ts';
import type { Connection } from './sqlite-connection.ts';
import { atOneMoment } from './sqlite-connection.ts';
import { unusable } from './sqlite-database.ts';
import { storeOf } from './sqlite-maintenance.ts';
import type { StoredRow } from './sqlite-noted-rows.ts';
import { asideRow } from './sqlite-noted-rows.ts';
import type { LedgerRow, PageRange } from './sqlite-steps.ts';
import { archiveOf, positions, removedPage } from './sqlite-removal.ts';
import { boundsOf, parseRow, recordsOf, removalOf } from './sqlite-steps.ts';
import type { Statements } from './sqlite-statements.ts';
import type { LinesRow, TextsRow } from './sqlite-texts.ts';
import { free, textsOfLines, textsOfRow } from './sqlite-texts.ts';

/** The columns of a row of the table `packed_cells` that are read. */
interface PackedRow {
  readonly cursor: Cursor;
  readonly body: Uint8Array;
}

/** Runs one synchronous step. */
export type Run = <T>(step: (connection: Connection) => T) => Promise<T>;

/** Ledger rows read, or looked through for pruning, before the event loop gets to other work. */
const PAGE_ROWS = 500;

export function sqliteView(path: string, run: Run, { isSnapshot }: { readonly isSnapshot: boolean }): StoreView {
  const read = <T>(step: (statements: Statements) => T): Promise<T> => run(({ statements }) => step(statements));

  /** For steps of several statements, which then all read the same moment. A snapshot is in a transaction already. */
  const readAtOnce = <T>(step: (statements: Statements) => T): Promise<T> =>
    run(({ database, statements }) => (isSnapshot ? step(statements) : atOneMoment(database, () => step(statements))));

  const named = (damaged: ((error: RouterError) => void) | undefined): Damaged =>
    damaged && (row => damaged(unusable(path, row)));

  /** The numbers in a cursor of this store. */
  function numbersIn(cursor: Cursor, prefix: string): readonly number[] {
    const numbers = cursor.startsWith(prefix) ? cursor.slice(prefix.length) : '';
    if (/^\d+(?:\.\d+)?$/.test(numbers)) return numbers.split('.').map(Number);
    throw new RouterError('cursor-expired', 'the cursor is not one of this store', {
      path,
      accepted: 'a cursor that this file gave, or none: everything is read then',
    });
  }

  /** All cells of one table. */
  async function readCells(
    tableOf: (statements: Statements) => CellTable,
    feature: string | undefined,
    damaged?: (error: RouterError) => void,
  ): Promise<readonly Cell[]> {
    const { table, rows, grains } = await readAtOnce(statements => {
      const table = tableOf(statements);
      return { table, rows: cellRows(table, feature), grains: storeOf(statements).grains };
    });
    return decoded(table, rows, { grains, damaged: named(damaged) });
  }

  const decoded: typeof cellsOfRows = async (...args) =>
    cellsOfRows(...args).catch((error: unknown) => {
      throw unusable(path, error);
    });

  async function cellsSince(
    feature: string,
    since?: Cursor,
    damaged?: (error: RouterError) => void,
  ): Promise<CellsRead> {
    const { table, rows, cells, ...read } = await readAtOnce(statements => {
      const { id, grains } = storeOf(statements);
      const row = statements.feature.get(feature) as { serial: number; forgotten_serial: number } | undefined;
      const { serial, forgotten_serial: forgotten } = row ?? { serial: 0, forgotten_serial: 0 };
      const prefix = `${id}.cells.`;
      const [from] = since === undefined ? [] : numbersIn(since, prefix);
      // A cursor beyond the last number is from before the file was restored from a copy.
      const complete = from === undefined || from < forgotten || from > serial;
      const table = statements.cells;
      const part = complete
        ? { rows: cellRows(table, feature) }
        : { cells: readChanges(table, feature, { grains, damaged: named(damaged), serial: from }) };
      return { table, rows: [], ...part, complete, grains, next: `${prefix}${serial}` };
    });
    return { ...read, cells: cells ?? (await decoded(table, rows, { ...read, damaged: named(damaged) })) };
  }

  /** Reads the packed cells, where they can be read, and the changes since. */
  async function routingCells(feature: string): Promise<RoutingRead> {
    const packed = await read(statements => statements.packed.get(feature) as PackedRow | undefined);
    const unpacking = packed && unpackCells(feature, packed.body);
    // Unpacking and reading the changes each take some milliseconds, so other work runs in between.
    await yieldToEventLoop();
    const [found, news] = await Promise.all([unpacking, cellsSince(feature, packed?.cursor)]);
    if (news.complete) return routingReading(news);
    return found === undefined ? routingReading(await cellsSince(feature)) : broughtUpToDate(found, news);
  }

  async function* scanPages({
    after,
    feature,
    kind,
    fromMs = -Infinity,
    toMs = Infinity,
    damaged,
  }: ScanRange & { readonly after?: Cursor } = {}): AsyncGenerator<LedgerPage> {
    const { id, epoch, first, last } = await read(boundsOf);
    const positionOf = await read(positions);
    const prefix = `${id}.ledger.`;
    let start = first;
    if (after !== undefined) {
      const [was = 0, seq = 0] = numbersIn(after, prefix);
      const { seq: end } = await read(statements => statements.endSince.get(was) as { seq: number | null });
      start = Math.max(first, Math.min(seq, end ?? seq) + 1);
    }
    const filter = { feature: feature ?? null, kind: kind ?? null, formerKind: formerKind(kind) ?? null, fromMs, toMs };
    for await (const page of pagesOf({ first: start, last })) {
      const rows = await read(
        statements =>
          statements.page.all({ ...page, ...filter }) as unknown as (LedgerRow & { readonly seq: number })[],
      );
      const records: LedgerRecord[] = [];
      const found: number[] = [];
      for (const row of rows) {
        const record = recordOf(row, damaged);
        if (record === undefined) continue;
        records.push(record);
        found.push(positionOf(row.seq));
      }
      const next = `${prefix}${epoch}.${page.end}`;
      if (records.length > 0 || page.end === last) yield { records, next, positions: found };
    }
  }

  async function* scan(range?: ScanRange): AsyncGenerator<LedgerRecord> {
    for await (const { records } of scanPages(range)) yield* records;
  }

  const asRecord = (row: LedgerRow): LedgerRecord | undefined => recordOf(row, undefined);

  async function* texts({ feature }: { readonly feature?: string } = {}): AsyncGenerator<RecordTexts> {
    for await (const page of pagesOf(await read(boundsOf))) {
      const range = { ...page, feature: feature ?? null };
      const found = await read(({ lines, texts }) => {
        const columns = lines.get(range) as unknown as LinesRow;
        return textsOfLines(columns, asRecord) ?? textsOfRow(texts.get(range) as unknown as TextsRow, asRecord);
      });
      yield found;
      free(found.bytes);
    }
  }

  function recordOf(row: LedgerRow, damaged: ScanRange['damaged']): LedgerRecord | undefined {
    try {
      return parseRow(row);
    } catch (error) {
      if (damaged === undefined) throw unusable(path, error);
      damaged(unusable(path, error), row.intent_id);
      return undefined;
    }
  }

  return {
    features: () => read(statements => (statements.features.all() as { feature: string }[]).map(row => row.feature)),
    cells: (feature, damaged) => readCells(({ cells }) => cells, feature, damaged),
    cellsSince,
    routingCells,
    nodeTotals: () =>
      read(statements => {
        const rows = statements.totals.all() as { feature: string; totals: string }[];
        return rows.flatMap(({ feature, totals }) => unpackTotals(feature, totals));
      }),
    prunedCells: feature => readCells(({ prunedCells }) => prunedCells, feature),
    intents: range => readAtOnce(statements => intentsIn(statements, range)),
    load: intentId =>
      read(statements => {
        const records = recordsOf(statements, intentId);
        const removal = records.length === 0 ? removalOf(statements, intentId) : undefined;
        if (removal !== undefined) throw removal;
        return records;
      }),
    loadAll: ids => read(statements => ids.map(id => recordsOf(statements, id))),
    setAside: () =>
      read(({ notedAside }) => (notedAside.all() as unknown as StoredRow[]).map(row => unusable(path, asideRow(row)))),
    archive: () => read(archiveOf),
    removed: after => read(statements => removedPage(statements, after)),
    scanPages,
    scan: withTexts(scan, texts),
  };
}

function intentsIn(
  statements: Statements,
  { feature, session, evidence, fromMs = -Infinity, toMs = Infinity, limit, after }: IntentRange,
): readonly string[] {
  const row = after === undefined ? { at_ms: Infinity } : statements.decidedAt.get(after);
  // No record follows an intent that is not listed.
  if (row === undefined) return [];
  const before = { beforeMs: row['at_ms'] as number, beforeId: after ?? '' };
  const range = { feature, fromMs, toMs, limit, ...before };
  const rows = (
    session !== undefined
      ? statements.sessionIntents.all({ ...range, session })
      : evidence !== undefined && isRare(statements, feature, evidence)
        ? statements.evidenceIntents.all({ ...range, isFailure: isFailure(evidence) })
        : statements.intents.all(range)
  ) as { intent_id: string }[];
  return rows.map(({ intent_id: id }) => id);
}

/**
 * Maximum number of records of evidence that are looked up one by one. More: sorting them takes longer than finding a page among all
 * intents.
 */
const MAX_RARE = 10_000;

const isFailure = (evidence: false | null): number => (evidence === false ? 1 : 0);

function isRare({ evidence: count }: Statements, feature: string, evidence: false | null): boolean {
  const found = count.get({ feature, isFailure: isFailure(evidence), limit: MAX_RARE + 1 }) as { records: number };
  return found.records <= MAX_RARE;
}

/** Ranges of the ledger; the event loop runs other work between them. */
export async function* pagesOf({
  first,
  last,
}: {
  readonly first: number;
  readonly last: number;
}): AsyncGenerator<PageRange> {
  for (let start = first; start <= last; start += PAGE_ROWS) {
    yield { start, end: Math.min(start + PAGE_ROWS - 1, last) };
    await yieldToEventLoop();
  }
}
