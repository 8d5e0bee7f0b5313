/** Fewer rows for older statistics: hours become days and weeks, and the parts of a bucket become one. */
import type { AskServer } from './connection.ts';
import { firstHour } from './buckets.ts';
import { ADDED_TOTALS, RETURNED_SUMS, TOTALLED_SUMS } from './cell-rows.ts';

/** Rows that are merged at a time. */
const ROWS = 200;

/** Processes add to their own parts of the latest hours; earlier ones have one part each. */
const HOURS_IN_PARTS = 3;

/**
 * Merges some rows of a feature, so that reading takes less. No answer changes: every reader adds the rows up in the same
 * buckets. It never waits for a row while it holds one, because writers lock theirs in another order: locked rows are left
 * for the next time.
 *
 * @returns whether nothing is left that could be merged now
 */
export async function mergeRows(
  ask: AskServer,
  s: string,
  { feature, hour }: { readonly feature: string; readonly hour: number },
): Promise<boolean> {
  const values = [feature, hour - HOURS_IN_PARTS];
  const fine = `boundary AS MATERIALIZED (
      SELECT coalesce(max(day_before), -2147483648) AS day, coalesce(max(week_before), -2147483648) AS week FROM ${s}.grains WHERE feature = $1
    ), fine AS MATERIALIZED (
      SELECT * FROM (
        SELECT c.place, c.start, c.grain, c.shard, CASE WHEN c.grain = 0 THEN c.start ELSE ${firstHour('c', 'b')} END AS to_start,
          CASE WHEN c.start < b.week THEN 0 WHEN c.start < b.day THEN least(c.grain, 1) ELSE c.grain END AS to_grain
        FROM ${s}.cells c, boundary b WHERE c.feature = $1 AND c.start < $2
      ) t WHERE (start, grain, shard) <> (to_start, to_grain, 0) ORDER BY place, to_start LIMIT ${ROWS}
    )`;
  // A separate statement, because the next one must not wait for locks.
  await ask(
    `WITH ${fine} INSERT INTO ${s}.cells (feature, place, start, grain, shard, xid)
     SELECT DISTINCT $1::text COLLATE "C", place, to_start, to_grain::smallint, 0::smallint, pg_current_xact_id() FROM fine ORDER BY 1, 2, 3, 4
     ON CONFLICT DO NOTHING`,
    values,
  );
  const [row] = await ask(
    `WITH ${fine}, coarse AS MATERIALIZED (
       SELECT c.place, c.start, c.grain FROM ${s}.cells c JOIN (SELECT DISTINCT place, to_start, to_grain FROM fine) t
         ON c.feature = $1 AND c.place = t.place AND c.start = t.to_start AND c.grain = t.to_grain AND c.shard = 0
       ORDER BY c.place, c.start, c.grain FOR UPDATE OF c SKIP LOCKED
     ), taken AS MATERIALIZED (
       SELECT f.* FROM coarse t JOIN fine f ON f.place = t.place AND f.to_start = t.start AND f.to_grain = t.grain
         JOIN ${s}.cells c ON c.feature = $1 AND c.place = f.place AND c.start = f.start AND c.grain = f.grain AND c.shard = f.shard
       ORDER BY f.place, f.start, f.grain, f.shard FOR UPDATE OF c SKIP LOCKED
     ), gone AS (
       DELETE FROM ${s}.cells c USING taken t
       WHERE c.feature = $1 AND c.place = t.place AND c.start = t.start AND c.grain = t.grain AND c.shard = t.shard
       RETURNING t.place, t.to_start, t.to_grain, ${RETURNED_SUMS}
     ), total AS (
       SELECT place, to_start, to_grain, ${TOTALLED_SUMS} FROM gone GROUP BY place, to_start, to_grain
     ), moved AS (
       UPDATE ${s}.cells c SET xid = pg_current_xact_id(), ${ADDED_TOTALS} FROM total t
       WHERE c.feature = $1 AND c.place = t.place AND c.start = t.to_start AND c.grain = t.to_grain AND c.shard = 0 RETURNING 1
     ) SELECT (SELECT count(*) FROM fine), (SELECT count(*) FROM gone), (SELECT count(*) FROM moved)`,
    values,
  );
  const [found, gone] = [Number(row?.[0]), Number(row?.[1])];
  return found < ROWS || gone === 0;
}
