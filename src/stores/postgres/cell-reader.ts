/** The statistics as readers of the PostgreSQL store get them: all of a feature, what changed, and what decisions are made from. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { ROUTING_SUMS } from '../../core/beliefs/routing-sums.ts';
import type { Cell, SumName } from '../../core/cells/cell.ts';
import { SUM_NAMES } from '../../core/cells/cell.ts';
import type { Grains } from '../../core/cells/grains.ts';
import { canonicalKey, NO_GRAINS } from '../../core/cells/grains.ts';
import { addInto, hasSums } from '../../core/cells/sums.ts';
import type { CellsRead, RoutingRead } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { unpackCells } from '../cell-bytes.ts';
import { broughtUpToDate, unpackTotals } from '../packed-cells.ts';
import { firstHour, lastHour } from './buckets.ts';
import type { CellRow } from './cell-rows.ts';
import { cellOfRow, sumsRead } from './cell-rows.ts';
import type { PostgresRow, SqlStatement } from './connection.ts';
import { decodeCursor, encodeCursor, NOTHING_SEEN } from './cursors.ts';
import type { ViewContext } from './scan.ts';
import { SNAPSHOT } from './scan.ts';
import { statement } from './statement.ts';

/** The first column of the row that is before the cells. */
const HEADER = '0';
/** Number of rows that are converted to cells before other work gets its turn. */
const SLICE_ROWS = 500;

/** Where a reading of cells ended. */
interface CellsCursor {
  readonly feature: string;
  readonly snapshot: string;
}

export interface CellReader {
  cellsSince(feature: string, since?: string): Promise<CellsRead>;
  /** Reads the packed cells, where they can be read, and the changes since. */
  routingCells(feature: string): Promise<RoutingRead>;
  /** The routing cells, read from the cells themselves. */
  routingCellsOfRows(feature: string): Promise<CellsRead>;
  nodeTotals(): Promise<readonly Cell[]>;
}

/** A query that reads whole cells, and the sums that it reads. */
interface CellQuestion {
  readonly asked: SqlStatement;
  readonly sums: readonly SumName[];
}

export function cellReader(s: string, { read, opened }: ViewContext): CellReader {
  const ledger = async (): Promise<string> => (await opened()).ledger;

  /** A first row with the boundaries, the snapshot and whether rows were dropped that the cursor has not seen; then cells. */
  const header = (sums: readonly SumName[]): string =>
    `SELECT 0 AS part, concat_ws('/', ${SNAPSHOT}, coalesce(g.day_before::text, ''), coalesce(g.week_before::text, ''),
      coalesce((g.dropped_xid > pg_snapshot_xmin($2::pg_snapshot)), false)) AS place, NULL::int AS start, NULL::int AS grain,
      ${sums.map(() => 'NULL').join(', ')}
    FROM (SELECT) one LEFT JOIN ${s}.grains g ON g.feature = $1`;
  const question = (sums: readonly SumName[], condition = ''): CellQuestion => ({
    asked: statement(`${header(sums)} UNION ALL SELECT 1, c.place, c.start, c.grain, ${sumsRead(sums)} FROM ${s}.cells c
      WHERE c.feature = $1 ${condition}`),
    sums,
  });
  const allCells = question(SUM_NAMES);
  const routing = question(ROUTING_SUMS, `AND c.place LIKE E'node\\t%'`);
  const changedCells = statement(`WITH boundary AS MATERIALIZED (
      SELECT coalesce(max(day_before), -2147483648) AS day, coalesce(max(week_before), -2147483648) AS week FROM ${s}.grains WHERE feature = $1
    ), changed AS MATERIALIZED (
      SELECT DISTINCT place, ${firstHour('c', 'b')} AS first, ${lastHour('c', 'b')} AS last FROM ${s}.cells c, boundary b
      WHERE c.feature = $1 AND c.xid >= pg_snapshot_xmin($2::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $2::pg_snapshot)
    ) ${header(SUM_NAMES)} UNION ALL SELECT DISTINCT ON (c.place, c.start, c.grain, c.shard) 1, c.place, c.start, c.grain, ${sumsRead(SUM_NAMES)}
    FROM changed d JOIN ${s}.cells c ON c.feature = $1 AND c.place = d.place AND c.start BETWEEN d.first AND d.last`);
  const packed = statement(
    `SELECT cursor, encode(body, 'base64') FROM ${s}.packed_cells WHERE feature = $1 AND cursor IS NOT NULL`,
  );
  const totals = statement(`SELECT feature, totals FROM ${s}.packed_cells WHERE totals IS NOT NULL`);

  /** @param all the query without a cursor, and for one that is too old */
  async function cellsSince(feature: string, since?: string, all = allCells): Promise<CellsRead> {
    const seen = since === undefined ? undefined : (decodeCursor(await ledger(), since) as CellsCursor);
    if (seen !== undefined && seen.feature !== feature)
      throw new RouterError('cursor-expired', `the cursor is of feature "${seen.feature}"`, { path: 'postgres' });
    const { rows, isComplete } = await read(async ask => {
      const values = [feature, seen?.snapshot ?? NOTHING_SEEN];
      const changed = seen === undefined ? [] : await ask(changedCells, values);
      // Rows that became empty were dropped, and the cursor may be older than their end.
      const isComplete = seen === undefined || headerOf(changed)[3] === 't';
      return { rows: isComplete ? await ask(all.asked, values) : changed, isComplete };
    });
    const [upper, day, week] = headerOf(rows);
    const grains = { dayBefore: boundary(day), weekBefore: boundary(week) };
    const cells = await cellsOfRows(rows, { feature, grains, sums: isComplete ? all.sums : SUM_NAMES });
    return {
      cells: isComplete ? cells.filter(hasSums) : cells,
      complete: isComplete,
      grains,
      next: encodeCursor(await ledger(), { feature, snapshot: upper }),
    };
  }

  const routingCellsOfRows = async (feature: string): Promise<CellsRead> => cellsSince(feature, undefined, routing);

  return {
    cellsSince: async (feature, since) => cellsSince(feature, since),
    routingCellsOfRows,
    async routingCells(feature) {
      const [[cursor, body] = []] = await read(async ask => ask(packed, [feature]));
      // The cursor is of another server: the tables were copied from there.
      if (cursor?.startsWith(`${await ledger()} `) !== true) return routingCellsOfRows(feature);
      const unpacking = unpackCells(feature, Buffer.from(body ?? '', 'base64'));
      const [found, news] = await Promise.all([unpacking, cellsSince(feature, cursor, routing)]);
      if (news.complete) return news;
      return found === undefined ? routingCellsOfRows(feature) : broughtUpToDate(found, news);
    },
    nodeTotals: async () =>
      (await read(async ask => ask(totals))).flatMap(([feature, text]) => unpackTotals(feature ?? '', text ?? '{}')),
  };
}

/** The cells of the rows after the header, in the buckets into which the boundaries put them. */
async function cellsOfRows(
  rows: readonly PostgresRow[],
  { feature, grains, sums }: { readonly feature: string; readonly grains: Grains; readonly sums: readonly SumName[] },
): Promise<readonly Cell[]> {
  const cells = new Map<string, CellRow>();
  for (let index = 0; index < rows.length; index++) {
    // Converting a year of cells at once would keep requests waiting.
    if (index % SLICE_ROWS === SLICE_ROWS - 1) await yieldToEventLoop();
    const row = rows[index] as PostgresRow;
    if (row[0] === HEADER) continue;
    const { key, sums: read } = cellOfRow(feature, row, { from: 1, sums });
    const canonical = canonicalKey(key, grains);
    const id = `${row[1]}\t${canonical.bucket}${canonical.grain}`;
    const known = cells.get(id);
    if (known === undefined) cells.set(id, { key: canonical, sums: read });
    else addInto(known.sums, read);
  }
  return [...cells.values()];
}

const headerOf = (rows: readonly PostgresRow[]): readonly string[] =>
  (rows.find(([part]) => part === HEADER)?.[1] ?? '').split('/');

/** A boundary as it is stored; without one, nothing is coarse. */
export const boundary = (hour: string | null | undefined): number =>
  hour === null || hour === undefined || hour === '' ? NO_GRAINS.dayBefore : Number(hour);
