/** What is read from the PostgreSQL store. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Cell } from '../../core/cells/cell.ts';
import type { Grains } from '../../core/cells/grains.ts';
import { canonicalKey, foldCells, NO_GRAINS } from '../../core/cells/grains.ts';
import { addInto } from '../../core/cells/sums.ts';
import type { StoreView } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { textArray } from './arrays.ts';
import { firstHour, lastHour } from './buckets.ts';
import type { CellRow } from './cell-rows.ts';
import { ALL_ZERO, cellOfRow, SUMS_READ } from './cell-rows.ts';
import type { AskServer, PostgresRow } from './connection.ts';
import { decodeCursor, encodeCursor, NOTHING_SEEN } from './cursors.ts';
import { recordOfRow } from './ledger-rows.ts';
import type { Reading, ViewContext } from './scan.ts';
import { scanner, SNAPSHOT } from './scan.ts';
import { SUM_COLUMNS } from './schema.ts';
import { statement } from './statement.ts';

/** The first column of the row that is before the cells. */
const HEADER = '0';
/** Rows that are made into cells before other work gets its turn. */
const SLICE_ROWS = 500;

/** Where a reading of cells ended. */
interface CellsCursor {
  readonly feature: string;
  readonly snapshot: string;
}

export function view(s: string, context: ViewContext): StoreView {
  const { read, opened } = context;
  const scanPages = scanner(s, context);
  const ledger = async (): Promise<string> => (await opened()).ledger;

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
  // OFFSET 0: the server looks each row up by its key, and does not join whole tables.
  const load = statement(`SELECT t.id, l.revision, l.json FROM unnest((SELECT $1::text[])) AS t (id)
    CROSS JOIN LATERAL (SELECT id, month FROM ${s}.heads WHERE id = t.id COLLATE "C" OFFSET 0) h
    CROSS JOIN LATERAL (SELECT revision, json FROM ${s}.ledger WHERE month = h.month AND intent_id = h.id OFFSET 0) l ORDER BY t.id, l.revision`);
  const intents = statement(`SELECT id FROM ${s}.heads WHERE feature = $1 AND decided_ms >= $2 AND decided_ms < $3
      AND ($5::text IS NULL OR (decided_ms, id) < (SELECT decided_ms, id FROM ${s}.heads WHERE id = $5))
    ORDER BY decided_ms DESC, id DESC LIMIT $4`);
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

  return {
    features: async () => (await read(async ask => ask(features))).map(([name]) => name ?? ''),
    cells: async feature => (await readCells(feature)).cells,
    cellsSince: readCells,
    async prunedCells(feature) {
      const rows = await read(async ask => ask(prunedCells, [feature ?? null]));
      return [...Map.groupBy(rows, ([name]) => name ?? '')].flatMap(([name, ofFeature]) => {
        const [[, day, week]] = ofFeature as [PostgresRow];
        const cells = ofFeature.map(row => cellOfRow(name, row, 3));
        return foldCells(cells, { dayBefore: boundary(day), weekBefore: boundary(week) });
      });
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
