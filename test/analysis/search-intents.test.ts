import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { RARE_FEATURE, writeRareOnes, writeSuccesses } from '../../benchmarks/dashboard/rare-intents.ts';
import type { IntentFilter } from '../../src/analysis/intent-filter.ts';
import { isWanted } from '../../src/analysis/intent-filter.ts';
import type { IntentPlace } from '../../src/analysis/search-intents.ts';
import { searchIntents } from '../../src/analysis/search-intents.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { DecidedRecord, Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, commitAll, NOON } from '../stores/histories.ts';

const DAY_MS = 86_400_000;

async function filled(store: Store): Promise<Store> {
  await writeLedger(store, { intents: 400, seed: 3, fromMs: NOON - 30 * DAY_MS, toMs: NOON });
  // Many intents that were decided at the same moment, in two features.
  await commitAll(
    store,
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id, i) =>
      anIntent(id, i % 2 === 0 ? 'extract' : 'support', NOON - DAY_MS),
    ),
  );
  return store;
}

/** Every intent in the promised order, found in another way than by the code under test. */
async function all(store: Store): Promise<readonly Intent[]> {
  const byId = new Map<string, Intent>();
  const records = (await Array.fromAsync(store.scan())).toSorted((a, b) => a.revision - b.revision);
  for (const id of new Set(records.map(({ intentId }) => intentId))) {
    const intent = foldIntent(records.filter(({ intentId }) => intentId === id));
    if (intent !== undefined) byId.set(id, intent);
  }
  return [...byId.values()].sort(
    (a, b) =>
      b.decided.atMs - a.decided.atMs ||
      (a.decided.feature < b.decided.feature ? -1 : a.decided.feature > b.decided.feature ? 1 : 0) ||
      (a.id < b.id ? 1 : -1),
  );
}

/** A list by outcome has the intents that the statistics count. */
const isCounted = ({ attempts }: Intent, { outcome }: IntentFilter): boolean =>
  outcome === undefined || attempts.length > 0;

const filters: fc.Arbitrary<IntentFilter> = fc.record(
  {
    outcome: fc.constantFrom('success', 'failure', 'pending', 'unknown' as const),
    climbed: fc.boolean(),
    minSpendUsd: fc.constantFrom(0, 0.001, 0.05, 0.2, 3),
    model: fc.constantFrom('mini', 'premium', 'frontier', 'nope'),
    version: fc.constantFrom('mini-2026@1', 'premium-2026@1', 'nope'),
    session: fc.constantFrom('nope'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<IntentFilter>;

describe.each([
  ['memory', memory],
  ['sqlite', () => sqlite(':memory:')],
] as const)('on the store %s', (_, make) => {
  test('law: the pages of any filter together have every matching intent once, in order, however short the time limit', async () => {
    const store = await filled(make());
    const features = await store.features();
    const intents = await all(store);
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 300 }),
        async (filter, limit, reads) => {
          const found: string[] = [];
          let after: IntentPlace | undefined;
          do {
            let left = reads;
            const page = await searchIntents(store, { ...filter, features, limit, after }, () => --left === 0);
            expect(page.intents.length).toBeLessThanOrEqual(limit);
            found.push(...page.intents.map(({ id }) => id));
            after = page.next;
          } while (after !== undefined);
          expect(found).toEqual(
            intents.filter(intent => isWanted(intent, filter) && isCounted(intent, filter)).map(({ id }) => id),
          );
        },
      ),
      { numRuns: 40 },
    );
    await store.close();
  });

  test('a list continues correctly after an intent that was removed meanwhile', async () => {
    const store = await filled(make());
    const features = await store.features();
    const first = await searchIntents(store, { features, limit: 20 }, () => false);
    const { id = '', decided } = first.intents.at(-1) ?? {};
    if (store.archiving === undefined) return;
    await store.archiving.adopt([{ id, lastMs: decided?.atMs ?? 0, isArchived: false }]);
    const second = await searchIntents(store, { features, limit: 20, after: first.next }, () => false);
    expect(second.intents).toHaveLength(20);
    expect(new Set([...first.intents, ...second.intents].map(intent => intent.id)).size).toBe(40);
    await store.close();
  });
});

test('no intent is read for a version or a model that never answered, nor for a cost that no intent had', async () => {
  const store = await filled(memory());
  const features = await store.features();
  let reads = 0;
  const counting = { ...store, load: async (id: string) => (reads++, store.load(id)) };
  for (const filter of [{ version: 'nope' }, { model: 'nope' }, { minSpendUsd: 1_000 }]) {
    const { intents, next } = await searchIntents(counting, { ...filter, features, limit: 10 }, () => false);
    expect({ intents, next, reads }).toEqual({ intents: [], next: undefined, reads: 0 });
  }
});

test('a session is found by the index of the store: only its own intents are read', async () => {
  const store = await filled(sqlite(':memory:'));
  const { intentId, feature, records } = anIntent('own', 'support', NOON - 20 * DAY_MS);
  const [first, ...rest] = records;
  await commitAll(store, [{ intentId, feature, records: [{ ...(first as DecidedRecord), session: 'chat' }, ...rest] }]);
  let reads = 0;
  const counting = {
    ...store,
    loadAll: async (ids: readonly string[]) => ((reads += ids.length), store.loadAll?.(ids) ?? []),
  };
  const search = { session: 'chat', features: await store.features(), limit: 10 };
  expect((await searchIntents(counting, search, () => false)).intents.map(({ id }) => id)).toEqual(['own']);
  expect(reads).toBe(1);
  await store.close();
});

test.each(['failure', 'unknown'] as const)(
  'a rare outcome is found by the index of the store: of a thousand intents, only those with it are read (%s)',
  async outcome => {
    const store = sqlite(':memory:');
    const toMs = NOON;
    const fromMs = toMs - 40 * DAY_MS;
    await writeSuccesses(store, { intents: 1_000, fromMs, toMs });
    await writeRareOnes(store, { fromMs, toMs });
    let reads = 0;
    const counting = {
      ...store,
      loadAll: async (ids: readonly string[]) => ((reads += ids.length), store.loadAll?.(ids) ?? []),
    };
    const search = { outcome, features: [RARE_FEATURE], limit: 10 };
    const { intents, next } = await searchIntents(counting, search, () => false);
    expect(intents.map(({ outcome: { state } }) => state)).toEqual([outcome, outcome, outcome]);
    expect({ next, reads }).toEqual({ next: undefined, reads: 3 });
    await store.close();
  },
);

test('a search reads one intent of each feature until it has found the latest', async () => {
  const store = memory();
  const features = Array.from({ length: 40 }, (_, i) => `feature-${i}`);
  for (const feature of features)
    await commitAll(
      store,
      Array.from({ length: 20 }, (_, i) => anIntent(`${feature}-${i}`, feature, NOON - i * DAY_MS)),
    );
  let reads = 0;
  const counting = { ...store, load: async (id: string) => (reads++, store.load(id)) };
  expect((await searchIntents(counting, { features, limit: 1 }, () => true)).intents).toHaveLength(1);
  expect(reads).toBe(features.length);
});
