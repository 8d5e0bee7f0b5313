/** Loops that commit intents to PostgreSQL: two bare ones of `pg`, and the store. */
import { Client } from 'pg';
import {
  ADDED_SUMS,
  CELL_KEY,
  cellRows,
  cellsParameter,
  GIVEN_SUMS,
  merged,
  SUM_LIST,
} from '../src/stores/postgres/cell-rows.ts';
import { kindNumber } from '../src/stores/postgres/commit-values.ts';
import { monthOf } from '../src/stores/postgres/schema.ts';
import { postgres } from '../src/stores/postgres.ts';
import type { wholeChange } from './store-changes.ts';

/** Commits these changes; resolves when they are durable. */
export type Commit = (changes: readonly ReturnType<typeof wholeChange>[]) => Promise<void>;

async function bareLoop(url: string): Promise<Commit> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return async changes => {
    const records = changes.flatMap(change => change.records);
    await client.query('BEGIN');
    await client.query({
      name: 'heads',
      text: 'INSERT INTO bare.heads SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::float8[])',
      values: [
        changes.map(({ intentId }) => intentId),
        changes.map(change => change.records.length),
        changes.map(({ feature }) => feature),
        changes.map(change => change.records[0]?.atMs),
      ],
    });
    await client.query({
      name: 'ledger',
      text: 'INSERT INTO bare.ledger SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::float8[], $5::text[], $6::text[])',
      values: [
        records.map(({ intentId }) => intentId),
        records.map(({ revision }) => revision),
        records.map(({ feature }) => feature),
        records.map(({ atMs }) => atMs),
        records.map(({ kind }) => kind),
        records.map(record => JSON.stringify(record)),
      ],
    });
    await client.query('COMMIT');
  };
}

/**
 * What a developer would write by hand in place of the store: its tables and indexes, its heads and records, the sums of the cells and the
 * mark that the feature changed. Rows are added in one order, so that no two wait for each other.
 */
async function sameWrites(url: string): Promise<Commit> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return async changes => {
    const records = changes.flatMap(change => change.records);
    const months = changes.map(({ records: [first] }) => monthOf(first?.atMs ?? 0));
    await client.query('BEGIN');
    await client.query({
      name: 'heads',
      text: `INSERT INTO same.heads (id, revisions, month, feature, decided_ms, last_ms)
        SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::float8[], $5::float8[]) ORDER BY 1`,
      values: [
        changes.map(({ intentId }) => intentId),
        changes.map(change => change.records.length),
        months,
        changes.map(({ feature }) => feature),
        changes.map(change => change.records[0]?.atMs),
      ],
    });
    await client.query({
      name: 'ledger',
      text: `INSERT INTO same.ledger (month, intent_id, revision, feature, at_ms, kind, json)
        SELECT * FROM unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::float8[], $6::smallint[], $7::text[])`,
      values: [
        changes.flatMap((change, index) => change.records.map(() => months[index])),
        records.map(({ intentId }) => intentId),
        records.map(({ revision }) => revision),
        records.map(({ feature }) => feature),
        records.map(({ atMs }) => atMs),
        records.map(({ kind }) => kindNumber(kind)),
        records.map(record => JSON.stringify(record)),
      ],
    });
    await client.query({
      name: 'cells',
      text: `INSERT INTO same.cells AS t (feature, place, start, grain, shard, xid, ${SUM_LIST})
        SELECT ${CELL_KEY}, 0, pg_current_xact_id(), ${GIVEN_SUMS} FROM ${cellRows('$1')} ORDER BY 1, 2, 3, 4
        ON CONFLICT (feature, place, start, grain, shard) DO UPDATE SET xid = excluded.xid, ${ADDED_SUMS}`,
      values: [cellsParameter(merged(changes.flatMap(({ delta }) => delta)), () => ({ shard: 0 }))],
    });
    await client.query({
      name: 'pulse',
      text: `INSERT INTO same.pulse (feature, shard, xid) SELECT f, 0, pg_current_xact_id() FROM unnest($1::text[]) AS f ORDER BY 1
        ON CONFLICT (feature, shard) DO UPDATE SET xid = excluded.xid`,
      values: [[...new Set(changes.map(({ feature }) => feature))]],
    });
    await client.query('COMMIT');
  };
}

async function storeLoop(url: string): Promise<Commit> {
  const store = postgres(url);
  await store.features();
  return async changes => {
    const answers = await Promise.all(changes.map(async change => store.commitAll([change])));
    if (answers.some(([answer]) => answer?.kind !== 'committed')) throw new Error('a commit was refused');
  };
}

/** Grouped by what the loops write; each loop has its own connection. */
export const LOOPS = { bare: bareLoop, same: sameWrites, store: storeLoop };
