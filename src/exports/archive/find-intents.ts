/** Finds the intents of a session, or intents by their ids, in the records of an archive. */
import type { DuckDb, SqlRow } from './duckdb.ts';
import { sqlText } from './duckdb.ts';

/** The intents that are looked for. */
export interface WantedIntents {
  readonly ids: readonly string[];
  readonly session?: string | undefined;
}

export interface FoundIntent {
  readonly id: string;
  readonly records: number;
  /** Time of its last record, milliseconds since the epoch. */
  readonly lastMs: number;
  readonly hasOutcome: boolean;
}

/** @param list - Files of records as a list in SQL */
export async function findIntents(
  db: DuckDb,
  list: string,
  { ids, session }: WantedIntents,
): Promise<readonly FoundIntent[]> {
  const from = `read_parquet(${list}, hive_partitioning = false)`;
  const found = new Set(ids);
  if (session !== undefined) {
    // JSON without a backslash has every text as it is, so only these rows can name the session.
    const maybe = [JSON.stringify(session).slice(1, -1), '\\'].map(part => `contains(json, ${sqlText(part)})`);
    const rows = await db.rows(`SELECT intent_id, json FROM ${from} WHERE revision = 0 AND (${maybe.join(' OR ')})`);
    for (const [id, json] of rows as readonly (readonly [string, string])[])
      if ((JSON.parse(json) as { readonly session?: unknown }).session === session) found.add(id);
  }
  if (found.size === 0) return [];
  await makeErased(db, [...found]);
  const rows: readonly SqlRow[] = await db.rows(
    `SELECT intent_id, count(*), max(at_ms), count(*) FILTER (kind IN ('labelled', 'corrected')) FROM ${from}
     WHERE ${IS_ERASED} GROUP BY intent_id`,
  );
  return rows.map(([id, records, lastMs, outcomes]) => ({
    id: String(id),
    records: Number(records),
    lastMs: Number(lastMs),
    hasOutcome: Number(outcomes) > 0,
  }));
}

/** Condition on a row: it is of an intent of {@link makeErased}. */
export const IS_ERASED = 'intent_id IN (SELECT intent_id FROM erased)';

export async function makeErased(db: DuckDb, ids: readonly string[]): Promise<void> {
  await db.makeTable({ name: 'erased', columns: [{ name: 'intent_id', type: 'VARCHAR' }], values: [ids] });
}
