/**
 * What the stores do on this machine: commits per second when many are in flight, the time of one awaited commit, and the
 * rows per second of a scan. `node benchmarks/stores.ts [--json] [--intents 20000]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitOne } from '../src/contracts/commit-on-latest.ts';
import { memory } from '../src/stores/memory.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import type { Change, Store } from '../src/contracts/store.ts';
import { table } from './report.ts';
import { changesOf } from './store-changes.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, intents: { type: 'string', default: '20000' } },
});
const INTENTS = Number(flags.intents);
const BATCH = 200;
const AWAITED = 2_000;

interface Figures {
  readonly store: string;
  readonly intents: number;
  /** Three commits per intent (decided, attempted, labelled), 200 intents in flight at once. */
  readonly commitsPerSecond: number;
  readonly awaitedCommitP50Us: number;
  readonly awaitedCommitP99Us: number;
  readonly scanRowsPerSecond: number;
}

async function measure(name: string, store: Store): Promise<Figures> {
  const prepared = Array.from({ length: INTENTS }, (_, index) => changesOf(index));
  const started = performance.now();
  for (let index = 0; index < INTENTS; index += BATCH)
    for (const revision of [0, 1, 2])
      await Promise.all(prepared.slice(index, index + BATCH).map(changes => commit(store, changes[revision])));
  const commitsPerSecond = (3 * INTENTS * 1000) / (performance.now() - started);

  const times: number[] = [];
  for (let index = INTENTS; index < INTENTS + AWAITED; index++) {
    const [change] = changesOf(index);
    const from = performance.now();
    await commit(store, change);
    times.push((performance.now() - from) * 1000);
  }
  times.sort((a, b) => a - b);

  const scanning = performance.now();
  let rows = 0;
  for await (const { revision } of store.scan()) rows += revision >= 0 ? 1 : 0;
  if (rows !== 3 * INTENTS + AWAITED) throw new Error(`${name}: scanned ${rows} rows`);
  const scanRowsPerSecond = (rows * 1000) / (performance.now() - scanning);
  await store.close();
  return {
    store: name,
    intents: INTENTS,
    commitsPerSecond: Math.round(commitsPerSecond),
    awaitedCommitP50Us: Math.round(times[Math.floor(AWAITED * 0.5)] ?? Number.NaN),
    awaitedCommitP99Us: Math.round(times[Math.floor(AWAITED * 0.99)] ?? Number.NaN),
    scanRowsPerSecond: Math.round(scanRowsPerSecond),
  };
}

async function commit(store: Store, change: Change | undefined): Promise<void> {
  if (change === undefined || (await commitOne(store, change)).kind !== 'committed')
    throw new Error('a commit was refused');
}

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-stores-'));
try {
  const stores = [
    await measure('memory', memory()),
    await measure('sqlite', sqlite(join(directory, 'crash.db'))),
    await measure('sqlite, survives power loss', sqlite(join(directory, 'power.db'), { survives: 'power-loss' })),
  ];
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
  if (flags.json) console.log(JSON.stringify({ machine, stores }, null, 2));
  else {
    const titles = ['store', 'commits/s', 'one commit p50 µs', 'p99 µs', 'scan rows/s'];
    const rows = stores.map(
      ({ store, commitsPerSecond, awaitedCommitP50Us, awaitedCommitP99Us, scanRowsPerSecond }) => [
        store,
        ...[commitsPerSecond, awaitedCommitP50Us, awaitedCommitP99Us, scanRowsPerSecond].map(String),
      ],
    );
    console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}, ${INTENTS} intents\n${table(titles, rows)}`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
