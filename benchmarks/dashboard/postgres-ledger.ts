/**
 * A ledger of millions of intents on PostgreSQL. A hundredth of it is written through the store, as a router writes it; the server then
 * copies every intent under new ids, in the order of their times. Sums only add, so the statistics are those of the first part, multiplied
 * by the number of copies.
 */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Client } from 'pg';
import { postgres } from '../../src/stores/postgres.ts';
import { SUM_COLUMNS } from '../../src/stores/postgres/schema.ts';
import { writeLedger } from './ledger.ts';
import { writeRareOnes, writeSuccesses } from './rare-intents.ts';

const COPIES = 100;
/** Measured: records, heads and their indexes. */
const BYTES_PER_INTENT = 2_000;
/** Intents of the part that one statement copies. */
const AT_ONCE = 500;

export interface PostgresLedgerOptions {
  readonly intents: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Called with the number of intents written since the call before. */
  readonly progress: (intents: number) => void;
}

/** @throws Error if the disk has less than twice the space that the ledger takes */
export async function writePostgresLedger(url: string, options: PostgresLedgerOptions): Promise<void> {
  const { intents, progress, ...times } = options;
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < 2 * intents * BYTES_PER_INTENT)
    throw new Error(
      `${tmpdir()} has less than twice the ${Math.ceil((intents * BYTES_PER_INTENT) / 2 ** 30)} GiB that it takes`,
    );
  const part = Math.round(intents / COPIES / 2);
  const store = postgres(url);
  await writeLedger(store, { intents: part, seed: 1, ...times });
  await writeSuccesses(store, { intents: part, ...times });
  await copyAll(url, progress);
  await writeRareOnes(store, times);
  while ((await store.maintain()).more);
  await store.close();
}

async function copyAll(url: string, progress: (intents: number) => void): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // No write-ahead log for data that is deleted after the measurement: it would double the written bytes.
    const { rows: months } = await client.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'outcome_router.ledger'::regclass`,
    );
    for (const name of ['outcome_router.heads', ...months.map(month => month.name)])
      await client.query(`ALTER TABLE ${name} SET UNLOGGED`);
    await client.query(`SET search_path = outcome_router;
      CREATE UNLOGGED TABLE part AS SELECT row_number() OVER (ORDER BY decided_ms, id) AS place, * FROM heads;
      CREATE INDEX ON part (place);
      CREATE UNLOGGED TABLE part_ledger AS SELECT * FROM ledger;
      CREATE INDEX ON part_ledger (intent_id);
      ANALYZE part, part_ledger`);
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM part');
    const count = Number(rows[0]?.count);
    progress(count);
    for (let from = 1; from <= count; from += AT_ONCE) {
      const copied = `part p, generate_series(2, ${COPIES}) AS copy WHERE p.place BETWEEN ${from} AND ${from + AT_ONCE - 1}`;
      await client.query(`INSERT INTO heads (id, revisions, month, feature, decided_ms, last_ms, due_ms)
        SELECT copy || '-' || p.id, revisions, month, feature, decided_ms, last_ms, due_ms FROM ${copied} ORDER BY p.place`);
      await client.query(`INSERT INTO ledger (month, intent_id, revision, feature, at_ms, kind, json)
        SELECT l.month, c.copy || '-' || l.intent_id, l.revision, l.feature, l.at_ms, l.kind,
          replace(l.json, '"intentId":"', '"intentId":"' || c.copy || '-')
        FROM (SELECT p.id, p.place, copy FROM ${copied}) c JOIN part_ledger l ON l.intent_id = c.id
        ORDER BY c.place, c.copy, l.revision`);
      progress(Math.min(AT_ONCE, count - from + 1) * (COPIES - 1));
    }
    const sums = SUM_COLUMNS.map(({ name }) => `${name} = ${name} * ${COPIES}`).join(', ');
    await client.query(`UPDATE cells SET xid = pg_current_xact_id(), ${sums}; DROP TABLE part, part_ledger`);
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}
