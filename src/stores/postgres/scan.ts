/** Scans of the ledger in pages: each page is a separate query, and the cursor after it is a snapshot of the server. */
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { ScanRange } from '../../contracts/ledger-source.ts';
import type { LedgerPage, StoreView } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { kindNumber } from './commit-values.ts';
import type { AskServer, PostgresRow } from './connection.ts';
import type { ScanCursor } from './cursors.ts';
import { decodeCursor, encodeCursor, NOTHING_SEEN } from './cursors.ts';
import { recordOfRow } from './ledger-rows.ts';
import type { OpenedSchema } from './opening.ts';
import { statement } from './statement.ts';

/** Runs a task on the connection that is used for reading. */
export type Reading = <Result>(task: (ask: AskServer) => Promise<Result>) => Promise<Result>;

export interface ViewContext {
  readonly read: Reading;
  /** The opened schema, which is known after the first connection. */
  opened(): Promise<OpenedSchema>;
}

/** Rows that one query for a page examines. */
const PAGE_ROWS = 1000;
/** A replica's snapshot does not list what runs on the primary, so all running transactions count as old as the oldest. */
export const SNAPSHOT = `(CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(pg_current_snapshot())::text || ':' ||
  pg_snapshot_xmin(pg_current_snapshot())::text || ':' ELSE pg_current_snapshot()::text END)`;

export function scanner(
  s: string,
  { read, opened }: ViewContext,
): (range?: Parameters<StoreView['scanPages']>[0]) => AsyncGenerator<LedgerPage> {
  const snapshot = statement(`SELECT ${SNAPSHOT}`);
  const page = statement(`SELECT l.xid, l.intent_id, l.revision,
      CASE WHEN ($7::text IS NULL OR feature = $7) AND ($8::int IS NULL OR kind = $8) AND at_ms >= $9 AND at_ms < $10 THEN json END
    FROM (SELECT * FROM ${s}.ledger WHERE xid >= greatest(pg_snapshot_xmin($1::pg_snapshot), $3::xid8) AND xid < pg_snapshot_xmax($2::pg_snapshot)
      AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)
      AND (xid, intent_id, revision) > ($3::xid8, $4::text COLLATE "C", $5::int)
    ORDER BY xid, intent_id, revision LIMIT $6) l ORDER BY l.xid, l.intent_id, l.revision`);

  const now = async (): Promise<string> => (await read(async ask => ask(snapshot)))[0]?.[0] ?? NOTHING_SEEN;

  return async function* scanPages(range = {}) {
    const { feature = null, kind, fromMs = -Infinity, toMs = Infinity, damaged, after } = range;
    const { ledger: name, isAhead } = await opened();
    // Records with future transaction numbers would be missing from every scan.
    if (isAhead) throw copied();
    const start = after === undefined ? { lower: NOTHING_SEEN } : (decodeCursor(name, after) as ScanCursor);
    let { lower, position = ['0', '', -1] } = start;
    // A scan that was interrupted is first completed with its own snapshot.
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
      const found = recordsOfRows(rows, damaged);
      const records = found.map(({ record }) => record);
      if (records.length > 0 || isEnd) yield { records, next, positions: found.map(({ position: at }) => at) };
      if (!isEnd) continue;
      if (!hasMore) return;
      hasMore = false;
      [lower, upper, position] = [upper, await now(), ['0', '', -1]];
    }
  };
}

function copied(): RouterError {
  const why = 'the ledger comes from another server, whose transaction numbers are ahead of this one’s';
  const accepted = 'what `outcome-router schema --postgres --restamp` prints, run by the owner of the tables';
  return new RouterError('store-unusable', why, { path: 'postgres', accepted });
}

/** The records with the numbers of their transactions, which are their positions. */
function recordsOfRows(
  rows: readonly PostgresRow[],
  damaged: ScanRange['damaged'],
): readonly { readonly record: LedgerRecord; readonly position: number }[] {
  return rows.flatMap(([xid, id, revision, json]) => {
    if (json === null || json === undefined) return [];
    try {
      return { record: recordOfRow(id ?? '', Number(revision), json), position: Number(xid) };
    } catch (error) {
      if (damaged === undefined || !RouterError.isInstance(error)) throw error;
      damaged(error, id ?? '');
      return [];
    }
  });
}
