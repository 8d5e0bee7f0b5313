/** What is read from the PostgreSQL store. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Cell } from '../../core/cells/cell.ts';
import type { Grains } from '../../core/cells/grains.ts';
import { canonicalKey, foldCells, NO_GRAINS } from '../../core/cells/grains.ts';
import { addInto } from '../../core/cells/sums.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { LedgerPage, StoreView } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { textArray } from './arrays.ts';
import { firstHour, lastHour } from './buckets.ts';
import type { CellRow } from './cell-rows.ts';
import { ALL_ZERO, cellOfRow, SUMS_READ } from './cell-rows.ts';
import { kindNumber } from './commit-values.ts';
import type { AskServer, PostgresRow } from './connection.ts';
import type { ScanCursor } from './cursors.ts';
import { decodeCursor, encodeCursor, NOTHING_SEEN } from './cursors.ts';
import { recordOfRow } from './ledger-rows.ts';
import { SUM_COLUMNS } from './schema.ts';
import { statement } from './statement.ts';

/** Asks a task of the connection that is read from. */
export type Reading = <Result>(task: (ask: AskServer) => Promise<Result>) => Promise<Result>;

export interface ViewContext {
  readonly read: Reading;
  /** Names the ledger and its server, in cursors. Known after the first connection. */
  ledger(): Promise<string>;
}

/** Rows that one question for a page looks through. */
const PAGE_ROWS = 1000;
/** The first column of the row that is before the cells. */
const HEADER = '0';
/** Rows that are made into cells before other work gets its turn. */
const SLICE_ROWS = 500;

/** A replica's snapshot does not list what runs on the primary: everything that runs may be as old as the oldest. */
const SNAPSHOT = `(CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(pg_current_snapshot())::text || ':' ||
  pg_snapshot_xmin(pg_current_snapshot())::text || ':' ELSE pg_current_snapshot()::text END)`;

/** Where a reading of cells ended. */
interface CellsCursor {
  readonly feature: string;
  readonly snapshot: string;
}

export function view(s: string, { read, ledger }: ViewContext): StoreView {
  const nulls = SUM_COLUMNS.map(() => 'NULL').join(', ');
  /** A first row with the boundaries, the snapshot and whether rows were dropped that the cursor has not seen; then cells. */
  const header = `SELECT 0 AS part, concat_ws('/', ${SNAPSHOT}, coalesce(g.day_before::text, ''), coalesce(g.week_before::text, ''),
      coalesce((g.dropped_xid > pg_snapshot_xmin($2::pg_snapshot)), false)) AS place, NULL::int AS start, NULL::int AS grain, ${nulls}
    FROM (SELECT) one LEFT JOIN ${s}.grains g ON g.feature = $1`;
  const allCells = statement(
    `${header} UNION ALL SELECT 1, c.place, c.start, c.grain, ${SUMS_READ} FROM ${s}.cells c WHERE c.feature = $1`,
  );
  const changedCells = statement(`WITH boundary AS MATERIALIZED (
      SELECT coalesce(max(day_before), -2147483648) AS day, coalesce(max(week_before), -2147483648) AS week FROM ${s}.grains WHERE feature = $1
    ), changed AS MATERIALIZED (
      SELECT DISTINCT place, ${firstHour('c', 'b')} AS first, ${lastHour('c', 'b')} AS last FROM ${s}.cells c, boundary b
      WHERE c.feature = $1 AND c.xid >= pg_snapshot_xmin($2::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $2::pg_snapshot)
    ) ${header} UNION ALL SELECT DISTINCT ON (c.place, c.start, c.grain, c.shard) 1, c.place, c.start, c.grain, ${SUMS_READ}
    FROM changed d JOIN ${s}.cells c ON c.feature = $1 AND c.place = d.place AND c.start BETWEEN d.first AND d.last`);
  const features = statement(`WITH RECURSIVE name (feature) AS (
      SELECT min(feature) FROM ${s}.cells
      UNION ALL SELECT (SELECT min(c.feature) FROM ${s}.cells c WHERE c.feature > name.feature) FROM name WHERE name.feature IS NOT NULL
    ) SELECT feature FROM name WHERE feature IS NOT NULL
      AND EXISTS (SELECT FROM ${s}.cells c WHERE c.feature = name.feature AND NOT (${ALL_ZERO}))`);
  const prunedCells = statement(`SELECT c.feature, g.day_before, g.week_before, c.place, c.start, c.grain, ${SUMS_READ}
    FROM ${s}.pruned_cells c LEFT JOIN ${s}.grains g ON g.feature = c.feature WHERE $1::text IS NULL OR c.feature = $1`);
  // OFFSET 0: rows are found by their keys, whatever plan the server made while the tables were small.
  const load = statement(`SELECT t.id, l.revision, l.json FROM unnest((SELECT $1::text[])) AS t (id)
    CROSS JOIN LATERAL (SELECT id, month FROM ${s}.heads WHERE id = t.id COLLATE "C" OFFSET 0) h
    CROSS JOIN LATERAL (SELECT revision, json FROM ${s}.ledger WHERE month = h.month AND intent_id = h.id OFFSET 0) l ORDER BY t.id, l.revision`);
  const intents = statement(`SELECT id FROM ${s}.heads WHERE feature = $1 AND decided_ms >= $2 AND decided_ms < $3
      AND ($5::text IS NULL OR (decided_ms, id) < (SELECT decided_ms, id FROM ${s}.heads WHERE id = $5))
    ORDER BY decided_ms DESC, id DESC LIMIT $4`);
  const snapshot = statement(`SELECT ${SNAPSHOT}`);
  const page = statement(`SELECT l.xid, l.intent_id, l.revision,
      CASE WHEN ($7::text IS NULL OR feature = $7) AND ($8::int IS NULL OR kind = $8) AND at_ms >= $9 AND at_ms < $10 THEN json END
    FROM (SELECT * FROM ${s}.ledger WHERE xid >= greatest(pg_snapshot_xmin($1::pg_snapshot), $3::xid8) AND xid < pg_snapshot_xmax($2::pg_snapshot)
      AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)
      AND (xid, intent_id, revision) > ($3::xid8, $4::text COLLATE "C", $5::int)
    ORDER BY xid, intent_id, revision LIMIT $6) l ORDER BY l.xid, l.intent_id, l.revision`);

  async function readCells(feature: string, since?: string): ReturnType<StoreView['cellsSince']> {
    const seen = since === undefined ? undefined : (decodeCursor(await ledger(), since) as CellsCursor);
    if (seen !== undefined && seen.feature !== feature)
      throw new RouterError('cursor-expired', `the cursor is of feature "${seen.feature}"`, { path: 'postgres' });
    const { rows, isComplete } = await read(async ask => {
      const values = [feature, seen?.snapshot ?? NOTHING_SEEN];
      const changed = seen === undefined ? [] : await ask(changedCells, values);
      // Rows that became empty were dropped, and the cursor may be older than their end.
      const isComplete = seen === undefined || headerOf(changed)[3] === 't';
      return { rows: isComplete ? await ask(allCells, values) : changed, isComplete };
    });
    const [upper, day, week] = headerOf(rows);
    const grains = { dayBefore: boundary(day), weekBefore: boundary(week) };
    const cells = await cellsOfRows(feature, rows, grains);
    return {
      cells: isComplete ? cells.filter(hasSums) : cells,
      complete: isComplete,
      grains,
      next: encodeCursor(await ledger(), { feature, snapshot: upper }),
    };
  }

  const loads = coalesced(read, async (ask, ids: readonly string[]) => {
    const records = new Map<string, PostgresRow[]>();
    for (const row of await ask(load, [textArray(ids)])) {
      const id = row[0] ?? '';
      if (!records.has(id)) records.set(id, []);
      records.get(id)?.push(row);
    }
    return records;
  });

  async function* scanPages(range: Parameters<StoreView['scanPages']>[0] = {}): AsyncGenerator<LedgerPage> {
    const { feature = null, kind, fromMs = -Infinity, toMs = Infinity, damaged, after } = range;
    const name = await ledger();
    const start = after === undefined ? { lower: NOTHING_SEEN } : (decodeCursor(name, after) as ScanCursor);
    let { lower, position = ['0', '', -1] } = start;
    // A scan that was left in the middle is first read to its own end.
    let hasMore = start.upper !== undefined;
    let upper = start.upper ?? (await now());
    for (;;) {
      const from = [lower, upper, ...position, PAGE_ROWS];
      const filter = [feature, kind === undefined ? null : kindNumber(kind), fromMs, toMs];
      const rows = await read(async ask => ask(page, [...from, ...filter]));
      const last = rows.at(-1);
      const isEnd = rows.length < PAGE_ROWS;
      if (last !== undefined) position = [last[0] ?? '', last[1] ?? '', Number(last[2])];
      const next = encodeCursor(name, isEnd ? { lower: upper } : { lower, upper, position });
      const records = recordsOfRows(rows, damaged);
      if (records.length > 0 || isEnd) yield { records, next };
      if (!isEnd) continue;
      if (!hasMore) return;
      hasMore = false;
      [lower, upper, position] = [upper, await now(), ['0', '', -1]];
    }
  }

  const now = async (): Promise<string> => (await read(async ask => ask(snapshot)))[0]?.[0] ?? NOTHING_SEEN;

  return {
    features: async () => (await read(async ask => ask(features))).map(([name]) => name ?? ''),
    cells: async feature => (await readCells(feature)).cells,
    cellsSince: readCells,
    async prunedCells(feature) {
      const rows = await read(async ask => ask(prunedCells, [feature ?? null]));
      return rows.flatMap(([name, day, week, ...row]) =>
        foldCells([cellOfRow(name ?? '', row, 0)], { dayBefore: boundary(day), weekBefore: boundary(week) }),
      );
    },
    async load(id) {
      const rows = (await loads(id)).get(id) ?? [];
      return rows.map(([, revision, json]) => recordOfRow(id, Number(revision), json ?? ''));
    },
    async intents({ feature, fromMs = -Infinity, toMs = Infinity, limit, after = null }) {
      const rows = await read(async ask => ask(intents, [feature, fromMs, toMs, limit, after]));
      return rows.map(([id]) => id ?? '');
    },
    async *scan(range) {
      for await (const { records } of scanPages(range)) yield* records;
    },
    scanPages,
  };
}

/** The cells of the rows behind the header, in the buckets that the boundaries make of them. */
async function cellsOfRows(feature: string, rows: readonly PostgresRow[], grains: Grains): Promise<readonly Cell[]> {
  const cells = new Map<string, CellRow>();
  for (let index = 0; index < rows.length; index++) {
    // A year of cells would keep requests waiting.
    if (index % SLICE_ROWS === SLICE_ROWS - 1) await yieldToEventLoop();
    const row = rows[index] as PostgresRow;
    if (row[0] === HEADER) continue;
    const { key, sums } = cellOfRow(feature, row, 1);
    const canonical = canonicalKey(key, grains);
    const id = `${row[1]}\t${canonical.bucket}${canonical.grain}`;
    const known = cells.get(id);
    if (known === undefined) cells.set(id, { key: canonical, sums });
    else addInto(known.sums, sums);
  }
  return [...cells.values()];
}

function recordsOfRows(
  rows: readonly PostgresRow[],
  damaged: ((error: RouterError) => void) | undefined,
): readonly LedgerRecord[] {
  return rows.flatMap(([, id, revision, json]) => {
    if (json === null || json === undefined) return [];
    try {
      return recordOfRow(id ?? '', Number(revision), json);
    } catch (error) {
      if (damaged === undefined || !RouterError.isInstance(error)) throw error;
      damaged(error);
      return [];
    }
  });
}

/** One question for the keys that were asked for since the last one was sent. */
function coalesced<Answer>(
  read: Reading,
  question: (ask: AskServer, keys: readonly string[]) => Promise<Answer>,
): (key: string) => Promise<Answer> {
  let waiting: { readonly keys: Set<string>; readonly answer: Promise<Answer> } | undefined;

  async function next(keys: ReadonlySet<string>): Promise<Answer> {
    // The first key comes after this.
    await Promise.resolve();
    try {
      return await read(async ask => {
        waiting = undefined;
        return question(ask, [...keys]);
      });
    } catch (error) {
      // The question may not have been reached.
      if (waiting?.keys === keys) waiting = undefined;
      throw error;
    }
  }

  return async key => {
    if (waiting === undefined) {
      const keys = new Set<string>();
      waiting = { keys, answer: next(keys) };
    }
    waiting.keys.add(key);
    return waiting.answer;
  };
}

const headerOf = (rows: readonly PostgresRow[]): readonly string[] =>
  (rows.find(([part]) => part === HEADER)?.[1] ?? '').split('/');

const boundary = (hour: string | null | undefined): number =>
  hour === null || hour === undefined || hour === '' ? NO_GRAINS.dayBefore : Number(hour);

const hasSums = ({ sums }: Cell): boolean => Object.keys(sums).length > 0;
