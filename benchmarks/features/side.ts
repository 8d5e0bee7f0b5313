/** The routers that are compared, and the stores that some of them begin with. */
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
import { bareStates } from './bare-state.ts';
import type { OwnClock } from './own-clock.ts';
import { ownClock } from './own-clock.ts';
import { longestPause } from './pauses.ts';

export interface Side {
  readonly name: string;
  readonly call: () => Promise<void>;
  readonly flush: () => Promise<void>;
  readonly clock: (pace: 'cpu' | 'wall') => OwnClock;
  /** Delays of the event loop at a steady rate: the 99th percentile of each slice. */
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

export interface SideOptions {
  readonly features: number;
  readonly store: Store;
  /** How many of the features get calls. Default: all. */
  readonly called?: number;
  /** With each call, the state of one of so many features as bare objects is walked over. */
  readonly bare?: number;
}

export function side(name: string, { features, store, called = features, bare }: SideOptions): Side {
  const names = namesOf(called);
  const router = createRouter({ ...configOf(features), store, seed: 1 });
  const openai = router.wrap(client(plainFetch));
  const messages = messagesOf(600);
  const walk = bare === undefined ? undefined : bareStates(bare);
  let calls = 0;
  return {
    name,
    async call() {
      const intent = router.feature(names[calls++ % names.length] as string).intent();
      await openai.chat.completions.create({ model: intent.model, messages });
      await (random.next() < SUCCESS_RATE ? intent.succeed() : intent.fail());
      walk?.();
    },
    flush: async () => router.flush(),
    clock: ownClock(),
    delaysMs: [],
  };
}

/**
 * The same call without a router: shows which part of a pause comes from the client, or from the garbage collector in a process
 * of this size.
 */
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

/** A memory store that is full of intents of other features, after it has pruned as many as it keeps. */
export async function filled(intents: number): Promise<FilledStore> {
  const store = memory({ keepIntents: intents });
  const longestMs = await longestPause(2 * intents, index => {
    const [intentId, feature] = [`kept-${index}`, `kept-${index % 100}`];
    const fact = { intentId, feature, atMs: Date.UTC(2026, 10, 1) + index };
    const decision = { plan: ['mini'], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'thompson', reason: '' };
    const records: readonly LedgerRecord[] = [
      { ...fact, kind: 'decided', revision: 0, segment: '', decision, failureCostNanoUsd: 5e9, versions: {} },
      { ...fact, kind: 'labelled', revision: 1, evidence: { source: 'explicit', success: true } },
    ];
    const change = { intentId, feature, expectedRevision: 0, records, delta: [], dueAtMs: null };
    store.commitAll.now?.([change]);
  });
  return { store, longestMs };
}
