/**
 * What an intent adds to a direct call: the intent, the call through the official SDK on a stubbed `fetch`, and its awaited
 * outcome, with 1, 16 and 256 of them at once. Direct calls, a second direct side (self against self) and the stores alternate
 * in one process, batch by batch. Figures are CPU time of this thread per intent, so that other processes of the machine do not
 * count (`succeed()` is by the clock). A batch ends with a read of the store inside the measured time: what a store puts off is paid for.
 *
 *   npm run -s bench:writes -- [--json] [--rounds 40] [--concurrency 1,16,256]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/core/math/random.ts';
import type { Store } from '../src/contracts/store.ts';
import { createRouter } from '../src/index.ts';
import { memory } from '../src/stores/memory.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { quartiles, table } from './report.ts';
import { thisMachine } from './results.ts';
import { client, messagesOf, plainFetch } from './stubbed-client.ts';
import { wholeChange } from './store-changes.ts';
import { threadCpuUs } from './thread-cpu.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '40' },
    concurrency: { type: 'string', default: '1,16,256' },
  },
});
const ROUNDS = Number(flags.rounds);
const WARM_UP = 5_000;
/** Intents of a batch: some tens of milliseconds, because the system counts CPU time in ticks of up to 4 ms. */
const BATCH = 1_024;

const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 4 } },
  premium: { provider: 'openai', model: 'gpt-5', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 40 } },
} as const;

interface Side {
  readonly name: string;
  /** One intent from its start to its outcome. */
  readonly intent: () => Promise<unknown>;
  /** Ends a batch, inside the measured time. */
  readonly end: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
  /** Duration of each wait for an outcome, µs. */
  readonly awaitedUs: number[];
}

const nothing = async (): Promise<void> => {};
const messages = messagesOf(600);

function direct(name: string): Side {
  const openai = client(plainFetch);
  const intent = async () => openai.chat.completions.create({ model: 'gpt-5-mini', messages });
  return { name, intent, end: nothing, close: nothing, awaitedUs: [] };
}

function routed(name: string, store: Store): Side {
  const features = { plain: { candidates: ['mini', 'premium'], failureCostUsd: 15 } } as const;
  const router = createRouter({ models, features, seed: 1, store });
  const openai = router.wrap(client(plainFetch));
  const feature = router.feature('plain');
  const awaitedUs: number[] = [];
  return {
    name,
    awaitedUs,
    async intent() {
      const intent = feature.intent();
      await openai.chat.completions.create({ model: intent.model, messages });
      const startedMs = performance.now();
      await intent.succeed();
      awaitedUs.push(1_000 * (performance.now() - startedMs));
    },
    async end() {
      await router.flush();
      await store.load('');
    },
    close: async () => router.close(),
  };
}

/** CPU time per intent, µs. */
async function batch({ intent, end }: Side, concurrency: number): Promise<number> {
  let left = BATCH;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await intent();
  };
  const startedUs = threadCpuUs();
  await Promise.all(Array.from({ length: concurrency }, lane));
  await end();
  return (threadCpuUs() - startedUs) / BATCH;
}

interface Row {
  readonly concurrency: number;
  readonly side: string;
  readonly addedUs: number;
  readonly addedQuartilesUs: readonly [number, number];
  /** Of the lowest decile: the cost of the code on a machine that is otherwise idle. */
  readonly addedQuietUs: number;
  readonly ratio: number;
  /** Duration of `succeed()` by the clock: other processes count. Only if one intent is in progress at a time. */
  readonly succeedP50Us?: number;
  readonly succeedP99Us?: number;
}

async function compare(concurrency: number, directory: string): Promise<readonly Row[]> {
  const sides = [
    direct('direct'),
    direct('direct again'),
    routed('memory', memory()),
    routed('sqlite', sqlite(join(directory, `${concurrency}.db`))),
  ] as const;
  for (const side of sides) for (let intents = 0; intents < WARM_UP; intents += BATCH) await batch(side, concurrency);
  for (const { awaitedUs } of sides) awaitedUs.length = 0;
  const random = seededRandom(`writes ${concurrency}`);
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times = sides.map(() => 0);
    const order = sides.map((_, index) => ({ index, at: random.next() })).sort((a, b) => a.at - b.at);
    for (const { index } of order) times[index] = await batch(sides[index] as Side, concurrency);
    rounds.push(times);
  }
  const timesOf = (index: number): readonly number[] => rounds.map(times => times[index] as number);
  const directOf = (times: readonly number[]): number => ((times[0] as number) + (times[1] as number)) / 2;
  const rows = sides.slice(1).map(({ name, awaitedUs }, before): Row => {
    const index = before + 1;
    const base = index === 1 ? timesOf(0) : rounds.map(directOf);
    const added = quartiles(timesOf(index).map((time, round) => time - (base[round] as number)));
    const ratio = quartiles(timesOf(index).map((time, round) => time / (base[round] as number))).median;
    awaitedUs.sort((a, b) => a - b);
    return {
      concurrency,
      side: name,
      addedUs: added.median,
      addedQuartilesUs: [added.lower, added.upper],
      addedQuietUs: quantile(timesOf(index), 0.1) - quantile(base, 0.1),
      ratio,
      ...(concurrency > 1 || awaitedUs.length === 0
        ? {}
        : { succeedP50Us: quantile(awaitedUs, 0.5), succeedP99Us: quantile(awaitedUs, 0.99) }),
    };
  });
  for (const { close } of sides) await close();
  return rows;
}

function quantile(values: readonly number[], fraction: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * fraction)] as number;
}

/** Commits per second of CPU time of this thread, of changes that are given 200 at a time. */
async function commitsPerSecond(store: Store): Promise<number> {
  const groups = Array.from({ length: 100 }, (_, group) =>
    Array.from({ length: 200 }, (_, index) => wholeChange(200 * group + index)),
  );
  const commit = async (changes: (typeof groups)[number]): Promise<void> => void (await store.commitAll(changes));
  for (const changes of groups.splice(0, 20)) await commit(changes);
  const startedUs = threadCpuUs();
  for (const changes of groups) await commit(changes);
  await store.load('');
  const commits = groups.length * 200 * 1_000_000;
  const perSecond = commits / (threadCpuUs() - startedUs);
  await store.close();
  return Math.round(perSecond);
}

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-writes-'));
try {
  const rows: Row[] = [];
  for (const concurrency of flags.concurrency.split(',').map(Number))
    rows.push(...(await compare(concurrency, directory)));
  const commits = await commitsPerSecond(sqlite(join(directory, 'commits.db')));
  const machine = thisMachine();
  if (flags.json)
    console.log(JSON.stringify({ machine, rounds: ROUNDS, rows, sqliteCommitsPerSecond: commits }, null, 2));
  else {
    const titles = ['at once', 'store', 'added µs', 'quartiles', 'lowest decile', 'ratio', 'succeed() p50', 'p99'];
    const lines = rows.map(row => [
      `${row.concurrency}`,
      row.side,
      row.addedUs.toFixed(1),
      row.addedQuartilesUs.map(value => value.toFixed(1)).join('…'),
      row.addedQuietUs.toFixed(1),
      `×${row.ratio.toFixed(2)}`,
      row.succeedP50Us?.toFixed(0) ?? '',
      row.succeedP99Us?.toFixed(0) ?? '',
    ]);
    console.log(`${table(titles, lines)}\nsqlite, 200 changes at a time: ${commits} commits/s of CPU`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
