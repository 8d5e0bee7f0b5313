/**
 * The PostgreSQL store on this machine, server and clients together, in ratios of one run: against a bare loop of `pg` that
 * inserts the same heads and records alone, against one that writes all that the store writes, and against SQLite. The exit code says whether all bars are reached: ratios hold on a
 * busy machine too, times only on a quiet one. `npm run bench:postgres [-- --json] [--seconds 3] [--no-bars]`
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { Policy } from '../src/contracts/policy.ts';
import type { Store } from '../src/contracts/store.ts';
import { createRouter } from '../src/index.ts';
import { fixed } from '../src/policies/fixed.ts';
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
import { createMonth, createTables, monthOf, monthsFrom } from '../src/stores/postgres/schema.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { postgres } from '../src/stores/postgres.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import { quartiles, table } from './report.ts';
import { changesOf, wholeChange } from './store-changes.ts';

/** What a child process does: `bare` inserts heads and records, `same` adds to the statistics too, `store` commits all of that. */
interface Work {
  readonly kind: 'bare' | 'same' | 'store';
  readonly url: string;
  /** Commits in one transaction of the bare loop; commits in flight at once on the store. */
  readonly group: number;
  readonly seconds: number;
  readonly round: number;
}

const PROCESSES = 8;
const ROUNDS = 2;
const REFRESH_MS = 500;

/** By figure: at least, or at most. */
const BARS: Readonly<Record<string, { readonly min: number } | { readonly max: number }>> = {
  '… ratio': { min: 0.7 },
  '… ratio ': { min: 0.7 },
  'awaited commit p50, ms': { max: 3 },
  '… ratio  ': { max: 1 },
  'cellsSince of 10,000 cells, ms': { max: 5 },
  'an outcome reaches another process, refresh times': { max: 1.1 },
  deadlocks: { max: 0 },
};

/** The result of a figure's bar; empty if it has no bar. */
function verdict(name: string, value: number): string {
  const bar = BARS[name];
  if (bar === undefined) return '';
  const [isReached, text] = 'min' in bar ? [value >= bar.min, `≥ ${bar.min}`] : [value <= bar.max, `≤ ${bar.max}`];
  return `${text}: ${isReached ? 'reached' : 'missed'}`;
}

if (process.send === undefined) await main();
else process.once('message', work => void doWork(work as Work));

async function doWork(work: Work): Promise<void> {
  let index = 0;
  const next = () => {
    index++;
    return wholeChange(index, {
      intentId: `${work.kind}-${work.group}-${work.round}-${process.pid}-${index}`,
      feature: 'hot',
      // The current hour, in which all processes add to the same cells.
      atMs: Date.now(),
    });
  };
  const commit = await LOOPS[work.kind](work.url);
  await commit([next()]);
  process.send?.('ready');
  await once(process, 'message');
  const until = performance.now() + work.seconds * 1000;
  let commits = 0;
  while (performance.now() < until) {
    await commit(Array.from({ length: work.group }, next));
    commits += work.group;
  }
  process.send?.(commits, () => process.exit(0));
}

type Commit = (changes: readonly ReturnType<typeof wholeChange>[]) => Promise<void>;

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
 * What one would write by hand in place of the store: its tables and indexes, its heads and records, the sums of the cells and the
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

const LOOPS = { bare: bareLoop, same: sameWrites, store: storeLoop };

/** Commits a second of all processes together. */
async function rate(work: Work): Promise<number> {
  const children = Array.from({ length: PROCESSES }, () => fork(import.meta.filename));
  const answer = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0];
  await Promise.all(
    children.map(async child => {
      child.send(work);
      await answer(child);
    }),
  );
  const counts = await Promise.all(
    children.map(async child => {
      child.send('go');
      return Number(await answer(child));
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / work.seconds;
}

/** Microseconds of this process's CPU for a commit of one record, 200 intents in flight. */
async function cpuPerCommit(store: Store, from: number): Promise<number> {
  const intents = Array.from({ length: 2000 }, (_, index) => changesOf(from + index));
  const before = process.cpuUsage();
  for (let index = 0; index < intents.length; index += 200)
    for (const revision of [0, 1, 2])
      await Promise.all(
        intents.slice(index, index + 200).map(async changes => store.commitAll(changes.slice(revision, revision + 1))),
      );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (3 * intents.length);
}

async function timesMs(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const from = performance.now();
    await work(index);
    times.push(performance.now() - from);
  }
  return times;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '3' },
      'no-bars': { type: 'boolean', default: false },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-bench-'));
  const server = await startPostgres({
    settings: { fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB', max_wal_size: '2GB' },
  });
  try {
    const found = await measured(server.url, join(folder, 'router.db'), Number(values.seconds));
    const figures = { ...found, deadlocks: server.log().match(/deadlock detected/g)?.length ?? 0 };
    const missed = Object.entries(figures).filter(([name, value]) => verdict(name, value).endsWith('missed'));
    if (missed.length > 0 && !values['no-bars']) process.exitCode = 1;
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
    if (values.json) console.log(JSON.stringify({ machine, ...figures }, null, 2));
    else {
      const rows = Object.entries(figures).map(([name, value]) => [
        name,
        String(Math.round(value * 100) / 100),
        verdict(name, value),
      ]);
      console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}\n${table(['figure', '', 'bar'], rows)}`);
    }
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true });
  }
}

/**
 * How long after outcomes were recorded in one router the beliefs move from which another one decides, in refresh times. The second
 * one has a call every 20 ms, as a busy process would.
 */
async function convergenceOf(url: string): Promise<number> {
  const mini = fixed('mini');
  const seen = { outcomes: 0 };
  const watching: Policy = {
    ...mini,
    decide(view, random) {
      const [node] = view.learned.posterior(view.nowMs).nodes;
      seen.outcomes = (node?.ended.a ?? 0) + (node?.ended.b ?? 0);
      return mini.decide(view, random);
    },
  };
  const router = (policy: Policy) =>
    createRouter({
      models: { mini: { provider: 'other', model: 'mini', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
      features: { converging: { candidates: ['mini'], failureCostUsd: 15, policy } },
      store: postgres(url, { schema: 'converging' }),
      spool: join(tmpdir(), `converging-${randomUUID()}`),
      refresh: `${REFRESH_MS}ms`,
    });
  const [recording, deciding] = [router(mini), router(watching)];
  const call = async (on: typeof recording) =>
    on.run('converging', async () => ({ value: 'hi', usage: { input: 1000, output: 100 } }));
  const times: number[] = [];
  await call(deciding);
  for (let round = 0; round < 5; round++) {
    const before = seen.outcomes;
    for (let index = 0; index < 20; index++) await (await call(recording)).intent.succeed();
    await recording.flush();
    const recordedMs = performance.now();
    while (seen.outcomes < before + 10) {
      await sleep(20);
      await call(deciding);
      if (performance.now() - recordedMs > 20 * REFRESH_MS) throw new Error('no outcome has reached the other process');
    }
    times.push((performance.now() - recordedMs) / REFRESH_MS);
  }
  await Promise.all([recording.close(), deciding.close()]);
  return quartiles(times).median;
}

async function measured(url: string, file: string, seconds: number): Promise<Readonly<Record<string, number>>> {
  const bare = new Client({ connectionString: url });
  await bare.connect();
  await bare.query(`CREATE SCHEMA bare;
    CREATE TABLE bare.heads (id text COLLATE "C" PRIMARY KEY, revisions int, feature text, at_ms float8);
    CREATE TABLE bare.ledger (intent_id text COLLATE "C", revision int, feature text, at_ms float8, kind text, json text,
      PRIMARY KEY (intent_id, revision))`);
  await bare.query(
    `CREATE SCHEMA same; ${createTables('same')} ${monthsFrom(Date.now(), 2)
      .map(month => createMonth('same', month))
      .join('')}`,
  );
  const rates: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const group of [1, 32])
      for (const kind of ['bare', 'same', 'store'] as const)
        (rates[`${kind} ${group}`] ??= []).push(await rate({ kind, url, group, seconds, round }));
  const best = (name: string): number => Math.max(...(rates[name] ?? []));

  const [store, embedded] = [postgres(url, { schema: 'quiet' }), sqlite(file)];
  await cpuPerCommit(store, 0);
  await cpuPerCommit(embedded, 0);
  const cpu = { store: [] as number[], sqlite: [] as number[] };
  for (let round = 1; round <= 3; round++) {
    cpu.store.push(await cpuPerCommit(store, round * 2000));
    cpu.sqlite.push(await cpuPerCommit(embedded, round * 2000));
  }
  const awaited = await timesMs(1000, async index => store.commitAll([wholeChange(index + 100_000)]));

  // A year of a feature: 10,000 cells.
  const cells = Array.from({ length: 10_000 }, (_, index) => {
    const [cell] = wholeChange(index).delta;
    if (cell === undefined) throw new Error('no cell');
    return { ...cell, key: { ...cell.key, feature: 'year', segment: `s${index % 8}`, bucket: Math.floor(index / 8) } };
  });
  await store.correctCells('year', cells, { id: 'year' });
  let { next } = await store.cellsSince('year');
  const full = await timesMs(5, async () => store.cellsSince('year'));
  const since: number[] = [];
  for (let index = 0; index < 60; index++) {
    await store.commitAll([wholeChange(index, { intentId: `since-${index}`, feature: 'year', atMs: Date.now() })]);
    since.push(...(await timesMs(1, async () => ({ next } = await store.cellsSince('year', next)))));
  }
  const generations = await timesMs(200, async () => store.generations(['year']));
  const median = (list: readonly number[]): number => quartiles(list).median;
  const convergence = await convergenceOf(url);
  await store.close();
  await embedded.close();
  await bare.end();
  return {
    'commits/s of 8 processes on one feature, one at a time': best('store 1'),
    '… of the bare loop': best('bare 1'),
    '… ratio': best('store 1') / best('bare 1'),
    '… of a bare loop that writes the statistics too': best('same 1'),
    '… ratio to that': best('store 1') / best('same 1'),
    'commits/s, 32 in flight': best('store 32'),
    '… of the bare loop, 32 in a transaction': best('bare 32'),
    '… ratio ': best('store 32') / best('bare 32'),
    '… of a bare loop that writes the statistics too, 32 in a transaction': best('same 32'),
    '… ratio to that ': best('store 32') / best('same 32'),
    'awaited commit p50, ms': median(awaited),
    'CPU of a commit of one record, µs': median(cpu.store),
    '… on SQLite': median(cpu.sqlite),
    '… ratio  ': median(cpu.store) / median(cpu.sqlite),
    'cellsSince of 10,000 cells, ms': median(since),
    'all 10,000 cells, ms': median(full),
    'generations, ms': median(generations),
    'an outcome reaches another process, refresh times': convergence,
  };
}
