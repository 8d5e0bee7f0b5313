/**
 * Does a call cost the same with many features, and with many intents in memory? A call here is one of the official client,
 * as in `bench:overhead`, with the outcome of its intent, as thread CPU, including the flush that writes its records: one after
 * the other, and at a steady rate. Routers alternate in one process beside a second one of the smallest size (self against
 * self, the noise floor). Figures are medians over rounds.
 *
 * Of 2 features each has thousands of outcomes, of 10,000 a few: a feature learns from each of its first outcomes, and rarely from
 * later ones. So both are also compared with a history of outcomes in the store, where only their number differs.
 *
 *   npm run -s bench:features -- [--json] [--rounds 40] [--slices 5] [--intents 1000000] [--no-bars] [--save NAME]
 */
import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/core/math/random.ts';
import type { LedgerRecord } from '../src/core/ledger/records.ts';
import type { RouterConfig } from '../src/config/router-config.ts';
import { resolveConfig } from '../src/config/resolve.ts';
import type { Store } from '../src/contracts/store.ts';
import type { Cell } from '../src/core/cells/cell.ts';
import { BUCKET_MS } from '../src/core/cells/cell.ts';
import { modelVersions } from '../src/engine/state/model-versions.ts';
import { createRouter } from '../src/index.ts';
import { thompson } from '../src/policies/thompson.ts';
import { memory } from '../src/stores/memory.ts';
import { quartiles, table } from './report.ts';
import type { CallCost, FeaturesResult } from './results.ts';
import { saveResult, thisMachine } from './results.ts';
import { client, messagesOf, plainFetch } from './stubbed-client.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '40' },
    slices: { type: 'string', default: '5' },
    intents: { type: 'string', default: '1000000' },
    'no-bars': { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const [ROUNDS, SLICES, INTENTS] = [flags.rounds, flags.slices, flags.intents].map(Number) as [number, number, number];
const startedMs = performance.now();
const BATCH = 200;
const SLICE_SECONDS = 2;
const CALLS_PER_SECOND = 500;
const BARS = { ratio: 1.1, delayMs: 20, pauseMs: 5 };
const SUCCESS_RATE = 0.8;

interface Side {
  readonly name: string;
  readonly call: () => Promise<void>;
  readonly flush: () => Promise<void>;
  /** Of the event loop at a steady rate: the 99th percentile of each slice. */
  readonly delaysMs: number[];
}

const random = seededRandom('features');

const namesOf = (features: number): readonly string[] =>
  Array.from({ length: features }, (_, index) => `feature-${index}`);

function configOf(features: number) {
  const model = (inputUsdPerMillion: number) => ({
    provider: 'openai' as const,
    model: `at-${inputUsdPerMillion}`,
    price: { inputUsdPerMillion, outputUsdPerMillion: 4 * inputUsdPerMillion },
  });
  return {
    models: { mini: model(1), premium: model(10) },
    features: Object.fromEntries(
      namesOf(features).map(each => [each, { candidates: ['mini', 'premium'] as const, failureCostUsd: 5 }]),
    ),
  } satisfies RouterConfig;
}

function side(name: string, { features, store }: { features: number; store: Store }): Side {
  const names = namesOf(features);
  const router = createRouter({ ...configOf(features), store, seed: 1 });
  const openai = router.wrap(client(plainFetch));
  const messages = messagesOf(600);
  let calls = 0;
  return {
    name,
    async call() {
      const intent = router.feature(names[calls++ % names.length] as string).intent();
      await openai.chat.completions.create({ model: intent.model, messages });
      await (random.next() < SUCCESS_RATE ? intent.succeed() : intent.fail());
    },
    flush: async () => router.flush(),
    delaysMs: [],
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

interface Cpu {
  readonly us: number;
  /** To that of the first side in the same round. */
  readonly ratio: number;
}

/** CPU of a call per side. */
async function compare(
  sides: readonly Side[],
  { rounds: count, measure }: { readonly rounds: number; readonly measure: (each: Side) => Promise<number> },
): Promise<readonly Cpu[]> {
  const rounds: ReadonlyMap<Side, number>[] = [];
  for (let round = 0; round < count; round++) {
    const order = sides.map(each => ({ each, at: random.next() })).sort((a, b) => a.at - b.at);
    const times = new Map<Side, number>();
    for (const { each } of order) times.set(each, await measure(each));
    rounds.push(times);
  }
  const of = (each: Side, times: ReadonlyMap<Side, number>): number => times.get(each) as number;
  const [first] = sides as [Side];
  return sides.map(each => ({
    us: quartiles(rounds.map(times => of(each, times))).median,
    ratio: quartiles(rounds.map(times => of(each, times) / of(first, times))).median,
  }));
}

/** Calls at a steady rate for a while: CPU of a call in µs, with the timers that pace them; notes the delay of the event loop. */
async function paced({ call, flush, delaysMs }: Side): Promise<number> {
  const calls: Promise<void>[] = [];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const start = process.threadCpuUsage();
  const beganMs = performance.now();
  delays.enable();
  while (calls.length < SLICE_SECONDS * CALLS_PER_SECOND) {
    const due = ((performance.now() - beganMs) / 1_000) * CALLS_PER_SECOND;
    while (calls.length < due) calls.push(call());
    await sleep(1);
  }
  await Promise.all(calls);
  delays.disable();
  delaysMs.push(delays.percentile(99) / 1e6);
  await flush();
  return cpuUs(start) / calls.length;
}

/** A memory store with outcomes of each feature, as many as two features have after some thousand calls. */
async function experienced(features: number): Promise<Store> {
  const store = memory();
  const nowMs = Date.now();
  const feature = resolveConfig(configOf(1), { policy: thompson() }).features.get('feature-0');
  const versions = feature === undefined ? {} : modelVersions(feature)(nowMs);
  const bucket = Math.floor(nowMs / BUCKET_MS) - 1;
  for (const name of namesOf(features)) {
    const cells = Object.entries(versions).flatMap(([subject, version]): readonly Cell[] => {
      const key = { feature: name, segment: '', subject, bucket } as const;
      const [n, cost] = [2_000n, subject === 'mini' ? 700_000n : 7_000_000n];
      const sums = { n, ended: n, labelled: n, successes: (n * 8n) / 10n, cost: n * cost, cost2: n * cost * cost };
      return [
        { key: { ...key, scope: 'node', version }, sums },
        { key: { ...key, scope: 'plan', version: '' }, sums },
      ];
    });
    await store.correctCells(name, cells, { id: name });
  }
  return store;
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
    await store.commitAll([{ intentId, feature, expectedRevision: 0, records, delta: [], dueAtMs: null }]);
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

/** Measures every side in both ways. */
async function costs(sides: readonly Side[]): Promise<readonly CallCost[]> {
  const busy = await compare(sides, { rounds: ROUNDS, measure: batch });
  const steady = await compare(sides, { rounds: SLICES, measure: paced });
  return sides.map(({ name, delaysMs }, i) => {
    const [{ us, ratio }, slow] = [busy[i] as Cpu, steady[i] as Cpu];
    const delayP99Ms = quartiles(delaysMs).median;
    return { name, cpuUs: us, ratio, pacedCpuUs: slow.us, pacedRatio: slow.ratio, delayP99Ms };
  });
}

const loadBefore = loadavg()[0] ?? Number.NaN;
const byFeatures = [2, 2, 100, 1_000, 10_000].map((features, index) =>
  side(`${features.toLocaleString('en-US')} features${index === 1 ? ' again' : ''}`, { features, store: memory() }),
);
// Every feature is read from the store once, and the code compiled.
for (const [index, each] of byFeatures.entries()) for (let i = 0; i < (index < 4 ? 10 : 50); i++) await batch(each);
const features = await costs(byFeatures);

const withHistory: Side[] = [];
for (const [count, name] of [
  [2, '2 features with a history'],
  [2, '2 features with a history again'],
  [10_000, '10,000 features with a history'],
] as const)
  withHistory.push(side(name, { features: count, store: await experienced(count) }));
for (const [index, each] of withHistory.entries()) for (let i = 0; i < (index < 2 ? 10 : 50); i++) await batch(each);
const experiencedCosts = await costs(withHistory);

const byIntents: Side[] = [];
for (const [intents, name] of [
  [1_000, '1,000 intents'],
  [1_000, '1,000 intents again'],
  [INTENTS, `${INTENTS.toLocaleString('en-US')} intents`],
] as const)
  byIntents.push(side(name, { features: 2, store: await filled(intents) }));
for (const each of byIntents) for (let i = 0; i < 10; i++) await batch(each);
const intents: CallCost[] = [];
for (const [i, cost] of (await costs(byIntents)).entries())
  intents.push({ ...cost, longestMs: await longestMs(byIntents[i] as Side) });

const isWithinBars = (cost: CallCost): boolean =>
  cost.name.endsWith('again') ||
  (Math.max(cost.ratio, cost.pacedRatio) <= BARS.ratio &&
    cost.delayP99Ms <= BARS.delayMs &&
    (cost.longestMs ?? 0) <= BARS.pauseMs);
const result: FeaturesResult = {
  command: `npm run bench:features -- --rounds ${ROUNDS} --slices ${SLICES}`,
  machine: thisMachine(),
  seconds: Math.round((performance.now() - startedMs) / 1_000),
  load: [loadBefore, loadavg()[0] ?? Number.NaN],
  rounds: ROUNDS,
  callsPerSecond: CALLS_PER_SECOND,
  bars: BARS,
  costs: [...features, ...experiencedCosts, ...intents].map(cost => ({ ...cost, ok: isWithinBars(cost) })),
};
if (flags.save !== undefined) saveResult(flags.save, result);

if (flags.json) console.log(JSON.stringify(result, null, 2));
else {
  const rows = result.costs.map(cost => [
    cost.name,
    cost.cpuUs.toFixed(0),
    `×${cost.ratio.toFixed(2)}`,
    cost.pacedCpuUs.toFixed(0),
    `×${cost.pacedRatio.toFixed(2)}`,
    cost.delayP99Ms.toFixed(1),
    cost.longestMs?.toFixed(1) ?? '',
    cost.ok ? 'ok' : 'MISSED',
  ]);
  const rate = `at ${CALLS_PER_SECOND}/s`;
  console.log(
    table(
      ['CPU of a call with', 'µs', 'ratio', `µs ${rate}`, 'ratio', `p99 delay ${rate}, ms`, 'longest, ms', ''],
      rows,
    ),
  );
  console.log(`bars: ×${BARS.ratio}, delay ${BARS.delayMs} ms, longest ${BARS.pauseMs} ms`);
  console.log(`load of the machine: ${result.load.map(each => each.toFixed(1)).join(' to ')}`);
}
if (!result.costs.every(({ ok }) => ok) && !flags['no-bars']) process.exitCode = 1;
process.exit();
