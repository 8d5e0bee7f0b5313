/**
 * The PostgreSQL store on this machine, server and clients together, in ratios of one run: against a bare loop of `pg` that inserts the
 * same heads and records alone, against one that writes all that the store writes, and against SQLite. Ratios hold on a busy machine too,
 * times only on a quiet one. `npm run bench:postgres [-- --seconds 3] [--json] [--save NAME] [--no-bars]`
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { Policy } from '../src/contracts/policy.ts';
import type { Store } from '../src/contracts/store.ts';
import { createRouter } from '../src/index.ts';
import { fixed } from '../src/policies/fixed.ts';
import { createMonth, createTables, monthsFrom } from '../src/stores/postgres/schema.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { postgres } from '../src/stores/postgres.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import type { MeasuredFigure } from './measured.ts';
import { MEASURED_FLAGS, report } from './measured.ts';
import { LOOPS } from './postgres-loops.ts';
import { quartiles } from './report.ts';
import { atLeast, atMost } from './statistics/check.ts';
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
  const { values } = parseArgs({ options: { ...MEASURED_FLAGS, seconds: { type: 'string', default: '3' } } });
  const { seconds } = values;
  await report(`npm run bench:postgres -- --seconds ${seconds}`, values, async () => measureAll(Number(seconds)));
}

async function measureAll(seconds: number): Promise<readonly MeasuredFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-bench-'));
  const server = await startPostgres({
    settings: { fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB', max_wal_size: '2GB' },
  });
  try {
    const figures = await measured(server.url, join(folder, 'router.db'), seconds);
    const deadlocks = server.log().match(/deadlock detected/g)?.length ?? 0;
    return [...figures, { name: 'deadlocks', value: deadlocks, unit: '', bar: atMost(0) }];
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true });
  }
}

/**
 * How long it takes, in refresh times, until outcomes recorded in one router change the beliefs from which another router decides. The
 * second router has a call every 20 ms, as a busy process would.
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

async function measured(url: string, file: string, seconds: number): Promise<readonly MeasuredFigure[]> {
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
  const ofCommits = ([1, 32] as const).flatMap((group): readonly MeasuredFigure[] => {
    const at = group === 1 ? 'one at a time' : `${group} in flight`;
    const [own, bare, same] = [best(`store ${group}`), best(`bare ${group}`), best(`same ${group}`)];
    return [
      { name: `commits of ${PROCESSES} processes to one feature, ${at}`, value: own, unit: 'per second' },
      { name: `… plain inserts instead of the store, ${at}`, value: bare, unit: 'per second' },
      { name: `… the store's rate ÷ that of plain inserts, ${at}`, value: own / bare, unit: '×', bar: atLeast(0.7) },
      { name: `… plain SQL that writes the same, ${at}`, value: same, unit: 'per second' },
      { name: `… the store's rate ÷ that of this SQL, ${at}`, value: own / same, unit: '×' },
    ];
  });
  const [cpuUs, sqliteUs] = [median(cpu.store), median(cpu.sqlite)];
  return [
    ...ofCommits,
    { name: 'an awaited commit', value: median(awaited), unit: 'ms', bar: atMost(3) },
    { name: "the caller's CPU of a commit of one record", value: cpuUs, unit: 'µs' },
    { name: '… on SQLite', value: sqliteUs, unit: 'µs' },
    { name: '… on PostgreSQL, by that on SQLite', value: cpuUs / sqliteUs, unit: '×', bar: atMost(1) },
    { name: 'what changed in a year of 10,000 cells', value: median(since), unit: 'ms', bar: atMost(5) },
    { name: 'all 10,000 cells', value: median(full), unit: 'ms' },
    { name: 'whether anything changed', value: median(generations), unit: 'ms' },
    {
      name: 'an outcome reaches another process, by the refresh time',
      value: convergence,
      unit: '×',
      bar: atMost(1.1),
    },
  ];
}
