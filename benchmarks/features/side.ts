/** The routers that are compared, and the stores that some of them begin with. */
import { PerformanceObserver } from 'node:perf_hooks';
import type { PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { RouterConfig } from '../../src/config/router-config.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { modelVersions } from '../../src/engine/state/model-versions.ts';
import { createRouter } from '../../src/index.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { memory } from '../../src/stores/memory.ts';
import { client, messagesOf, plainFetch } from '../stubbed-client.ts';
import type { OwnClock } from './own-clock.ts';
import { cpuUs, ownClock, wallMs } from './own-clock.ts';

export interface Side {
  readonly name: string;
  readonly call: () => Promise<void>;
  readonly flush: () => Promise<void>;
  readonly clock: (pace: 'cpu' | 'wall') => OwnClock;
  /** Of the event loop at a steady rate: the 99th percentile of each slice. */
  readonly delaysMs: number[];
}

const SUCCESS_RATE = 0.8;

export const random = seededRandom('features');

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

export function side(name: string, { features, store }: { features: number; store: Store }): Side {
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
    clock: ownClock(),
    delaysMs: [],
  };
}

/** The same call without a router: what of a pause is the client's, or the garbage collector's in a process of this size. */
export function direct(): Side {
  const openai = client(plainFetch);
  const messages = messagesOf(600);
  return {
    name: 'direct',
    async call() {
      await openai.chat.completions.create({ model: 'at-1', messages });
    },
    flush: async () => {},
    clock: ownClock(),
    delaysMs: [],
  };
}

/** A memory store with outcomes of each feature, as many as two features have after some thousand calls. */
export async function experienced(features: number): Promise<Store> {
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

export interface FilledStore {
  readonly store: Store;
  /** The longest that one commit took, in ms, without garbage collection: half of them pruned an intent for each that they added. */
  readonly longestMs: number;
}

/** A commit that takes less is no pause. */
const NOTABLE_MS = 1;

/** A memory store that holds as many intents, of other features, as it keeps, after it has pruned as many. */
export async function filled(intents: number): Promise<FilledStore> {
  const store = memory({ keepIntents: intents });
  const collections = garbageCollections();
  const pauses: { readonly beganMs: number; readonly ms: number }[] = [];
  for (let index = 0; index < 2 * intents; index++) {
    const [intentId, feature] = [`kept-${index}`, `kept-${index % 100}`];
    const fact = { intentId, feature, atMs: Date.UTC(2026, 10, 1) + index };
    const decision = { plan: ['mini'], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'thompson', reason: '' };
    const records: readonly LedgerRecord[] = [
      { ...fact, kind: 'decided', revision: 0, segment: '', decision, failureCostNanoUsd: 5e9, versions: {} },
      { ...fact, kind: 'labelled', revision: 1, evidence: { source: 'explicit', success: true } },
    ];
    const change = { intentId, feature, expectedRevision: 0, records, delta: [], dueAtMs: null };
    const beganMs = wallMs();
    const ms = timed(() => store.commitAll.now?.([change]))();
    if (ms > NOTABLE_MS) pauses.push({ beganMs, ms });
  }
  const msIn = await collections();
  return { store, longestMs: Math.max(0, ...pauses.map(({ beganMs, ms }) => ms - msIn(beganMs, beganMs + ms))) };
}

/** Watches the garbage collector, until the answer is awaited: how long it has worked between two moments, in ms. */
function garbageCollections(): () => Promise<(fromMs: number, toMs: number) => number> {
  const entries: PerformanceEntry[] = [];
  const observer = new PerformanceObserver(list => entries.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return async () => {
    await sleep(0);
    entries.push(...observer.takeRecords());
    observer.disconnect();
    return (fromMs, toMs) =>
      entries
        .filter(({ startTime, duration }) => startTime < toMs && startTime + duration > fromMs)
        .reduce((sum, { duration }) => sum + duration, 0);
  };
}

/**
 * How long the work has had the processor, in ms, once it is done. Some kernels count CPU in ticks of several ms, and the clock on
 * the wall runs on while others have the processor: the lower of the two is the nearer one.
 */
export function timed(work: () => unknown): () => number {
  const [start, beganMs] = [process.threadCpuUsage(), wallMs()];
  work();
  return () => Math.min(wallMs() - beganMs, cpuUs(start) / 1_000);
}
