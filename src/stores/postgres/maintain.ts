/**
 * The background work of the PostgreSQL store: parts for future months, boundaries of days and weeks, fewer rows for old
 * statistics, and packed ones for processes that start.
 */
import { grainsAt } from '../../core/cells/grains.ts';
import { SESSION_KEPT_MS } from '../../core/sessions/session-state.ts';
import type { MaintainedSlice } from '../../contracts/store.ts';
import type { RouterError } from '../../errors.ts';
import type { AskServer, PostgresConnection } from './connection.ts';
import { notOwner } from './faults.ts';
import { ALL_ZERO } from './cell-rows.ts';
import { mergeRows } from './merging.ts';
import type { OpenedSchema } from './opening.ts';
import { makeMonth } from './opening.ts';
import { packer } from './packing.ts';
import { MONTHS_AHEAD, monthsFrom } from './schema.ts';

export interface MaintainContext {
  readonly reader: PostgresConnection;
  /** Name of the schema, not quoted. */
  readonly name: string;
  readonly opened: () => Promise<OpenedSchema>;
}

const HOUR_MS = 3_600_000;

/** @returns `maintain` of a store: a slice of the work at each call */
export function maintainer({ reader, name, opened }: MaintainContext): () => Promise<MaintainedSlice> {
  const s = `"${name}"`;
  const packOne = packer(s, opened);
  let hour = -1;
  let features: string[] = [];

  async function slice(ask: AskServer): Promise<MaintainedSlice> {
    let refused: RouterError | undefined;
    /**
     * `undefined` where the user lacks the rights: then another user runs the maintenance, on a schedule. Without
     * maintenance, only reads slow down.
     */
    async function permitted<Result>(work: Promise<Result>): Promise<Result | undefined> {
      try {
        return await work;
      } catch (error) {
        const refusal = notOwner(error, '`outcome-router maintain`');
        if (refusal === undefined) throw error;
        refused ??= refusal;
        return undefined;
      }
    }

    const nowMs = Number((await ask('SELECT extract(epoch FROM now()) * 1000'))[0]?.[0]);
    const nowHour = Math.floor(nowMs / HOUR_MS);
    if (nowHour !== hour) {
      await permitted(monthsAhead(ask, name, nowMs));
      features = (await permitted(moveBoundaries(ask, s, nowMs))) ?? [];
      for (const old of FORGOTTEN) await forget(ask, `DELETE FROM ${s}.${old}`);
      hour = nowHour;
    }
    const feature = features[0];
    if (feature === undefined) return { more: (await permitted(packOne(ask))) === true, refused };
    const isMerged = await permitted(mergeRows(ask, s, { feature, hour }));
    if (isMerged === undefined) features = [];
    else if (isMerged) {
      await dropEmptyRows(ask, s, feature);
      features.shift();
    }
    return { more: refused === undefined, refused };
  }

  return async () => reader.run(slice);
}

async function monthsAhead(ask: AskServer, name: string, nowMs: number): Promise<void> {
  const months = monthsFrom(nowMs, MONTHS_AHEAD);
  const rows = await ask(
    `SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname LIKE 'ledger\\_%'`,
    [name],
  );
  const there = new Set(rows.map(([table]) => table));
  for (const month of months) if (!there.has(`ledger_${month}`)) await makeMonth(ask, name, month);
}

/**
 * @returns every feature that has statistics, in any order: thousands take longer than an hour, and several processes share
 * the work
 */
async function moveBoundaries(ask: AskServer, s: string, nowMs: number): Promise<string[]> {
  const { dayBefore, weekBefore } = grainsAt(nowMs);
  await ask(
    `INSERT INTO ${s}.grains AS t (feature, day_before, week_before) SELECT feature, $1, $2 FROM ${s}.pulse GROUP BY feature ORDER BY feature
     ON CONFLICT (feature) DO UPDATE SET day_before = greatest(t.day_before, excluded.day_before),
       week_before = greatest(t.week_before, excluded.week_before)
     WHERE t.day_before < excluded.day_before OR t.week_before < excluded.week_before`,
    [dayBefore, weekBefore],
  );
  return (await ask(`SELECT feature FROM ${s}.grains ORDER BY random()`)).map(([feature]) => feature ?? '');
}

/**
 * Rows that are not needed any more: a correction is repeated only within moments, if its acknowledgement was lost, and no cache keeps a
 * session for a day.
 */
const FORGOTTEN = [
  `corrections WHERE at < now() - interval '90 days'`,
  `sessions WHERE at_ms < extract(epoch FROM now()) * 1000 - ${SESSION_KEPT_MS}`,
];

async function forget(ask: AskServer, rows: string): Promise<void> {
  try {
    await ask(rows);
  } catch (error) {
    // A user without the right to delete them may leave these rows: they are few, and nothing that this user may do depends on them.
    if (notOwner(error, '') === undefined) throw error;
  }
}

/**
 * Rows that are all 0 stay for a day, for readers that come back for what changed. Readers with older cursors have to read
 * everything: `dropped_xid` is the transaction up to which rows may be missing.
 */
async function dropEmptyRows(ask: AskServer, s: string, feature: string): Promise<void> {
  await ask(
    `WITH marked AS (
       UPDATE ${s}.grains SET dropped_xid = coalesce(marked_xid, dropped_xid), marked_at = now(),
         marked_xid = pg_snapshot_xmin(pg_current_snapshot())
       WHERE feature = $1 AND (marked_at IS NULL OR marked_at < now() - interval '1 day') RETURNING dropped_xid
     ), empty AS MATERIALIZED (
       SELECT c.place, c.start, c.grain, c.shard FROM ${s}.cells c, marked m
       WHERE c.feature = $1 AND c.xid < m.dropped_xid AND ${ALL_ZERO}
       ORDER BY c.place, c.start, c.grain, c.shard FOR UPDATE OF c SKIP LOCKED
     )
     DELETE FROM ${s}.cells c USING empty e
     WHERE c.feature = $1 AND c.place = e.place AND c.start = e.start AND c.grain = e.grain AND c.shard = e.shard`,
    [feature],
  );
}
