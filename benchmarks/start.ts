/**
 * The first decision of a new process on the ledger of a year: 20 features, 8 segments, all nodes and plans of two models. Every start
 * is a process of its own, which has loaded the package and its driver, and knows nothing else. `npm run build` first. Times are CPU
 * of its one thread, except where they are called wall time, which a busy machine makes longer.
 * `npm run bench:start [-- --starts 9] [--store memory|postgres|sqlite] [--json] [--save NAME] [--no-bars]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// As an application of PostgreSQL does at its start: the first request does not wait for the driver.
import 'pg';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { RouterConfig } from '../src/config/router-config.ts';
import { resolveConfig } from '../src/config/resolve.ts';
import { modelVersions } from '../src/engine/state/model-versions.ts';
import type { Store } from '../src/contracts/store.ts';
import { thompson } from '../src/policies/thompson.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import type { MeasuredFigure } from './measured.ts';
import { MEASURED_FLAGS, report } from './measured.ts';
import { quartiles } from './report.ts';
import { atMost } from './statistics/check.ts';
import { wholeChange } from './store-changes.ts';
import { messagesOf, plainFetch } from './stubbed-client.ts';
import { threadCpuUs } from './thread-cpu.ts';
import { yearOfCells } from './year.ts';

const built = (file: string): string => new URL(`../dist/${file}`, import.meta.url).href;
/** The package as it is installed: no TypeScript is compiled while a process starts. */
const { createRouter } = (await import(built('index.js'))) as typeof import('../src/index.ts');
const { memory } = (await import(built('stores/memory.js'))) as typeof import('../src/stores/memory.ts');
const { postgres } = (await import(built('stores/postgres.js'))) as typeof import('../src/stores/postgres.ts');
const { sqlite } = (await import(built('stores/sqlite.js'))) as typeof import('../src/stores/sqlite.ts');

const FEATURES = Array.from({ length: Number(process.env['BENCH_FEATURES'] ?? 20) }, (_, index) => `feature-${index}`);
/** More than SQLite has in one block of what changed. */
const LAST_COMMITS = 300;
const TIERS = Array.from({ length: 8 }, (_, index) => String(index));
const SEGMENTS = TIERS.map(tier => `tier=${tier}`);

const model = (inputUsdPerMillion: number) => ({
  provider: 'openai' as const,
  model: `at-${inputUsdPerMillion}`,
  price: { inputUsdPerMillion, outputUsdPerMillion: 4 * inputUsdPerMillion },
});
const CONFIG = {
  models: { mini: model(1), premium: model(10) },
  features: Object.fromEntries(
    FEATURES.map(name => [
      name,
      { candidates: ['mini', 'premium'] as const, failureCostUsd: 5, context: { tier: TIERS } },
    ]),
  ),
} satisfies RouterConfig;

/** Measurements of a new process, in milliseconds. */
interface Start {
  /** CPU time to create the router, as an application does when it is loaded. */
  readonly makeCpuMs: number;
  /** Time from the first call to the request to a provider, and the CPU time of this thread for it. */
  readonly firstMs: number;
  readonly firstCpuMs: number;
  /** The longest piece of work without a turn of the event loop, CPU: until the first decision, and after it. */
  readonly blockMs: number;
  readonly laterBlockMs: number;
}

const LABELS: Readonly<Record<keyof Start, string>> = {
  makeCpuMs: 'createRouter',
  firstMs: 'from the first call to its request, wall time',
  firstCpuMs: 'from the first call to its request',
  blockMs: 'longest block until the first reply',
  laterBlockMs: 'longest block in the second after it',
};

const BARS_MS: Readonly<Partial<Record<keyof Start, number>>> = { firstCpuMs: 50, blockMs: 10, laterBlockMs: 10 };

const storeAt = (where: string): Store =>
  where === 'memory' ? memory() : where.startsWith('postgres:') ? postgres(where) : sqlite(where);

const cpuMs = (): number => threadCpuUs() / 1000;

/** Measures every turn of the event loop until it is stopped. */
function turns(): { longestMs(): number; stop(): void } {
  const watched = { isOn: true, longestMs: 0 };
  const watch = async (): Promise<void> => {
    for (let from = cpuMs(); watched.isOn; from = cpuMs()) {
      await nextTurn();
      watched.longestMs = Math.max(watched.longestMs, cpuMs() - from);
    }
  };
  void watch();
  return {
    longestMs() {
      const { longestMs } = watched;
      watched.longestMs = 0;
      return longestMs;
    },
    stop() {
      watched.isOn = false;
    },
  };
}

async function start(where: string, isWatched: boolean): Promise<Start> {
  let asked: { readonly ms: number; readonly cpuMs: number } | undefined;
  const loop = isWatched ? turns() : { longestMs: () => Number.NaN, stop() {} };
  // Node loads its own HTTP client with the first request, which any application makes.
  await (await plainFetch(new Request('http://127.0.0.1:9', { method: 'POST', body: '{}' }))).text();
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  loop.longestMs();
  const madeFromMs = cpuMs();
  const router = createRouter({ ...CONFIG, store: storeAt(where), refresh: 0.1 });
  globalThis.fetch = async (...call) => {
    asked ??= { ms: performance.now() - fromMs, cpuMs: cpuMs() - fromCpuMs };
    // No provider answers in the same turn in which it gets the request.
    await nextTurn();
    return plainFetch(...call);
  };
  const [fromMs, fromCpuMs] = [performance.now(), cpuMs()];
  const makeCpuMs = fromCpuMs - madeFromMs;
  await nextTurn();
  loop.longestMs();
  const call = async (): Promise<void> => {
    const intent = router.feature('feature-3').intent({ context: { tier: '2' } });
    const body = JSON.stringify({ model: intent.model, messages: messagesOf(600) });
    const reply = await router.fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body });
    await reply.text();
    await intent.succeed();
  };
  await call();
  if (isWatched) await nextTurn();
  const blockMs = loop.longestMs();
  for (let index = 0; index < 5; index++) {
    await sleep(200);
    await call();
  }
  const laterBlockMs = loop.longestMs();
  loop.stop();
  await router.close();
  if (asked === undefined) throw new Error('no provider was asked');
  return { makeCpuMs, firstMs: asked.ms, firstCpuMs: asked.cpuMs, blockMs, laterBlockMs };
}

async function fill(store: Store): Promise<void> {
  const nowMs = Date.now();
  const feature = resolveConfig(CONFIG, { policy: thompson() }).features.get(FEATURES[0] ?? '');
  if (feature === undefined) throw new Error('no feature');
  const versions = modelVersions(feature)(nowMs);
  for (const name of FEATURES) {
    const cells = yearOfCells({ feature: name, segments: SEGMENTS, versions, nowMs });
    const older = cells.slice(0, -LAST_COMMITS);
    for (let from = 0; from < older.length; from += 2000)
      await store.correctCells(name, older.slice(from, from + 2000), { id: `${name} ${from}` });
    // As calls write them: a reader of what changed goes through the latest commits.
    for (const [index, cell] of cells.slice(-LAST_COMMITS).entries())
      await store.commitAll([
        { ...wholeChange(index, { intentId: `${name} ${index}`, feature: name, atMs: nowMs }), delta: [cell] },
      ]);
  }
  while ((await store.maintain()).more) {
    // Until the boundaries of days and weeks are those of this moment.
  }
}

async function measured(where: string, starts: number): Promise<readonly Start[]> {
  const store = storeAt(where);
  await fill(store);
  await store.close();
  const found: Start[] = [];
  for (let index = 0; index < starts; index++) {
    // Watching takes processor time of its own.
    const [watched, quiet] = [await startOfChild(where, 'watched'), await startOfChild(where, 'quiet')];
    found.push({ ...watched, makeCpuMs: quiet.makeCpuMs, firstMs: quiet.firstMs, firstCpuMs: quiet.firstCpuMs });
  }
  return found;
}

async function startOfChild(where: string, mode: 'watched' | 'quiet'): Promise<Start> {
  const child = fork(import.meta.filename, [where, mode]);
  const [[message]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [[Start], unknown];
  return message;
}

async function measureAll(starts: number, only: string): Promise<readonly MeasuredFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-bench-'));
  const server = await startPostgres({ settings: { shared_buffers: '256MB' } });
  try {
    const places = { memory: 'memory', sqlite: join(folder, 'router.db'), postgres: server.url };
    const figures: MeasuredFigure[] = [];
    for (const [name, where] of Object.entries(places)) {
      if (only !== '' && only !== name) continue;
      const found = await measured(where, starts);
      for (const [figure, label] of Object.entries(LABELS) as [keyof Start, string][]) {
        const { lower, median, upper } = quartiles(found.map(each => each[figure]));
        const bar = name === 'memory' ? undefined : BARS_MS[figure];
        figures.push({
          name: `${name}: ${label}`,
          value: median,
          unit: 'ms',
          quartiles: [lower, upper],
          ...(bar === undefined ? {} : { bar: atMost(bar) }),
        });
      }
    }
    return figures;
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...MEASURED_FLAGS,
      starts: { type: 'string', default: '9' },
      store: { type: 'string', default: '' },
    },
  });
  const { starts, store } = values;
  await report(`npm run bench:start -- --starts ${starts}`, values, async () => measureAll(Number(starts), store));
}

const [, , where, mode] = process.argv;
if (process.send === undefined || where === undefined) await main();
else {
  const found = await start(where, mode === 'watched');
  process.send(found, () => process.disconnect());
}
