/**
 * Does a call cost the same with many features, and with many intents in memory? A call here is an intent with its outcome,
 * as thread CPU, including the flush that writes its records. Routers alternate in one process, batch by batch, beside a
 * second one of the smallest size (self against self, the noise floor). Figures are medians over rounds.
 *
 *   npm run -s bench:features -- [--json] [--rounds 40] [--seconds 10] [--intents 1000000] [--no-bars]
 */
import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/core/math/random.ts';
import type { LedgerRecord } from '../src/core/ledger/records.ts';
import type { Store } from '../src/contracts/store.ts';
import { createRouter } from '../src/index.ts';
import { memory } from '../src/stores/memory.ts';
import { quartiles, table } from './report.ts';
import { thisMachine } from './results.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '10' },
    intents: { type: 'string', default: '1000000' },
    'no-bars': { type: 'boolean', default: false },
  },
});
const [ROUNDS, SECONDS, INTENTS] = [flags.rounds, flags.seconds, flags.intents].map(Number) as [number, number, number];
const BATCH = 200;
const CALLS_PER_SECOND = 500;
const MAX_RATIO = 1.1;
const MAX_DELAY_MS = 20;
const MAX_PAUSE_MS = 5;
const SUCCESS_RATE = 0.8;

interface Side {
  readonly name: string;
  readonly call: () => Promise<void>;
  readonly flush: () => Promise<void>;
}

interface Row {
  readonly name: string;
  readonly cpuUs: number;
  /** CPU of a call ÷ that of the first side in the same round. */
  readonly ratio: number;
}

const random = seededRandom('features');

function side(name: string, { features, store }: { features: number; store: Store }): Side {
  const names = Array.from({ length: features }, (_, index) => `feature-${index}`);
  const model = (inputUsdPerMillion: number) => ({
    provider: 'other' as const,
    model: `at-${inputUsdPerMillion}`,
    price: { inputUsdPerMillion, outputUsdPerMillion: 4 * inputUsdPerMillion },
  });
  const router = createRouter({
    models: { mini: model(1), premium: model(10) },
    features: Object.fromEntries(
      names.map(each => [each, { candidates: ['mini', 'premium'] as const, failureCostUsd: 5 }]),
    ),
    store,
    seed: 1,
  });
  let calls = 0;
  return {
    name,
    async call() {
      const feature = names[calls++ % names.length] as string;
      const { intent } = await router.run(feature, async () => ({ value: 1, usage: { input: 900, output: 150 } }));
      await (random.next() < SUCCESS_RATE ? intent.succeed() : intent.fail());
    },
    flush: async () => router.flush(),
  };
}

/** The thread's CPU since `start`, in µs. */
function cpuUs(start?: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(start);
  return user + system;
}

/** CPU of a call in µs. */
async function batch({ call, flush }: Side): Promise<number> {
  const start = process.threadCpuUsage();
  for (let i = 0; i < BATCH; i++) await call();
  await flush();
  return cpuUs(start) / BATCH;
}

async function compare(sides: readonly Side[]): Promise<readonly Row[]> {
  const rounds: ReadonlyMap<Side, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const order = sides.map(each => ({ each, at: random.next() })).sort((a, b) => a.at - b.at);
    const times = new Map<Side, number>();
    for (const { each } of order) times.set(each, await batch(each));
    rounds.push(times);
  }
  const of = (each: Side, times: ReadonlyMap<Side, number>): number => times.get(each) as number;
  const [first] = sides as [Side];
  return sides.map(each => ({
    name: each.name,
    cpuUs: quartiles(rounds.map(times => of(each, times))).median,
    ratio: quartiles(rounds.map(times => of(each, times) / of(first, times))).median,
  }));
}

/** Delay of the event loop at a steady rate of calls, 99th percentile in ms. */
async function delayMs({ call, flush }: Side): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const calls: Promise<void>[] = [];
  const started = performance.now();
  delays.enable();
  while (calls.length < SECONDS * CALLS_PER_SECOND) {
    const due = ((performance.now() - started) / 1_000) * CALLS_PER_SECOND;
    while (calls.length < due) calls.push(call());
    await sleep(1);
  }
  await Promise.all(calls);
  delays.disable();
  await flush();
  return delays.percentile(99) / 1e6;
}

/** A memory store that already holds as many intents, of other features, as it keeps. */
async function filled(intents: number): Promise<Store> {
  const store = memory({ keepIntents: intents });
  for (let index = 0; index < intents; index++) {
    const fact = { intentId: `kept-${index}`, feature: `kept-${index % 100}`, atMs: Date.UTC(2026, 10, 1) + index };
    const decision = { plan: ['mini'], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'thompson', reason: '' };
    const records: readonly LedgerRecord[] = [
      { ...fact, kind: 'decided', revision: 0, segment: '', decision, failureCostNanoUsd: 5e9, versions: {} },
      { ...fact, kind: 'labelled', revision: 1, evidence: { source: 'explicit', success: true } },
    ];
    const { intentId, feature } = fact;
    await store.commit({ intentId, feature, expectedRevision: 0, records, delta: [], dueAtMs: null });
  }
  return store;
}

/**
 * The most CPU that one call takes: a pause of the machine is not one of the store. The median of three runs of 1,000 calls.
 * Some kernels count CPU in ticks of 4 ms: there, 4 ms stands for anything below.
 */
async function longestMs({ call, flush }: Side): Promise<number> {
  const longest: number[] = [];
  for (let run = 0; run < 3; run++) {
    let most = 0;
    for (let i = 0; i < 1_000; i++) {
      const start = process.threadCpuUsage();
      await call();
      most = Math.max(most, cpuUs(start) / 1_000);
    }
    await flush();
    longest.push(most);
  }
  return quartiles(longest).median;
}

const loadBefore = loadavg()[0];
const byFeatures = [2, 2, 100, 1_000, 10_000].map((features, index) =>
  side(`${features} features${index === 1 ? ' again' : ''}`, { features, store: memory() }),
);
// Every feature is read from the store once, and the code compiled.
for (const [index, each] of byFeatures.entries()) for (let i = 0; i < (index < 4 ? 10 : 50); i++) await batch(each);
const features = await compare(byFeatures);
const [few, , , , many] = byFeatures as [Side, Side, Side, Side, Side];
const delays = [];
for (const each of [few, many]) delays.push({ name: each.name, p99Ms: await delayMs(each) });

const byIntents: Side[] = [];
for (const [intents, name] of [
  [1_000, '1,000 intents'],
  [1_000, '1,000 intents again'],
  [INTENTS, `${INTENTS.toLocaleString('en-US')} intents`],
] as const)
  byIntents.push(side(name, { features: 2, store: await filled(intents) }));
for (const each of byIntents) for (let i = 0; i < 10; i++) await batch(each);
const intents = await compare(byIntents);
const pauses = [];
for (const each of byIntents) pauses.push({ name: each.name, longestMs: await longestMs(each) });

const ok =
  [...features, ...intents].every(({ ratio, name }) => name.endsWith('again') || ratio <= MAX_RATIO) &&
  (delays.at(-1)?.p99Ms ?? Number.NaN) <= MAX_DELAY_MS &&
  (pauses.at(-1)?.longestMs ?? Number.NaN) <= MAX_PAUSE_MS;
const load = [loadBefore, loadavg()[0]];
if (flags.json)
  console.log(
    JSON.stringify({ machine: thisMachine(), load, rounds: ROUNDS, features, delays, intents, pauses, ok }, null, 2),
  );
else {
  const rows = (of: readonly Row[]) => of.map(row => [row.name, row.cpuUs.toFixed(0), `×${row.ratio.toFixed(2)}`]);
  console.log(table([`CPU of a call (bar ×${MAX_RATIO})`, 'µs', 'ratio'], [...rows(features), ...rows(intents)]));
  const p99 = delays.map(({ name, p99Ms }) => `${p99Ms.toFixed(1)} ms with ${name}`).join(', ');
  console.log(`event loop, p99 at ${CALLS_PER_SECOND} calls per second: ${p99} (bar ${MAX_DELAY_MS} ms)`);
  const longest = pauses.map(({ name, longestMs: ms }) => `${ms.toFixed(1)} ms with ${name}`).join(', ');
  console.log(`most CPU of one call in 1,000: ${longest} (bar ${MAX_PAUSE_MS} ms)`);
  console.log(`load of the machine: ${load.map(each => each?.toFixed(1)).join(' to ')}`);
}
if (!ok && !flags['no-bars']) process.exitCode = 1;
process.exit();
