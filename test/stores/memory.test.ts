import { expect, test, vi } from 'vitest';
import type { Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { answeredCells } from '../../src/core/cells/answered-cells.ts';
import { conformance } from './conformance.ts';
import { answeredIntent } from './histories.ts';
import { sharedConformance } from './shared-conformance.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

conformance('memory', memory);

test('a memory store is private to one router unless it is shared', () => {
  expect([memory().isPrivate, memory({ shared: true }).isPrivate]).toEqual([true, false]);
});

test('two routers on a shared memory store learn from the outcomes of both, and a switch set in one applies in the other', async () => {
  const store = memory({ shared: true });
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const open = () => {
    const runtime = testRuntime();
    const router = createRouterOn(runtime, {
      models: {
        mini: { provider: 'other', model: 'mini-1', price },
        premium: { provider: 'other', model: 'premium-1', price },
      },
      features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 100 } },
      store,
      refresh: 50,
    });
    const ask = async () =>
      router.run('f', async ({ model }) => ({ value: model, usage: { input: 1_000, output: 100 } }));
    return { router, runtime, ask };
  };
  const [teacher, pupil] = [open(), open()];
  await pupil.ask();
  for (let i = 0; i < 200; i++) {
    const { value, intent } = await teacher.ask();
    await (value === 'premium' ? intent.succeed() : intent.fail());
  }
  const shareOfPremium = async (): Promise<number> => {
    pupil.runtime.advance(50);
    const { intent, value } = await pupil.ask();
    const [decided] = await store.load(intent.id);
    const propensity = decided?.kind === 'decided' ? decided.decision.propensity : Number.NaN;
    return value === 'premium' ? propensity : 1 - propensity;
  };
  await expect.poll(shareOfPremium).toBeGreaterThan(0.9);
  await teacher.router.disable('premium');
  await expect.poll(async () => (pupil.runtime.advance(50), (await pupil.ask()).value)).toBe('mini');
  await Promise.all([teacher.router.close(), pupil.router.close()]);
});

async function addIntent(store: Store, intentId: string, dueAtMs: number | null): Promise<void> {
  const fact = { intentId, feature: 'f', atMs: 1_000 } as const;
  const decision = { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'test', reason: 'test' };
  const attempt = {
    kind: 'first',
    requestId: intentId,
    turn: 1,
    model: 'mini',
    node: 'mini',
    providerModel: 'm',
    startedAtMs: 1_000,
    latencyMs: 1,
    status: 'ok',
    usage: {},
    costNanoUsd: 7,
    provenance: 'reported',
  } as const;
  const records = [
    { ...fact, kind: 'decided', revision: 0, segment: '', decision, failureCostNanoUsd: 1, versions: { mini: 'v' } },
    { ...fact, kind: 'attempted', revision: 1, attempt },
  ] as const;
  const delta = contributionDelta(undefined, foldIntent(records) as Intent);
  await store.commitAll([{ intentId, feature: 'f', expectedRevision: 0, records, delta, dueAtMs }]);
}

test('the memory store moves its oldest intents into the pruned base: statistics stay, and so do intents that are due', async () => {
  const store = memory({ keepIntents: 100 });
  for (let i = 0; i < 250; i++) await addIntent(store, `i${i}`, i === 3 ? 5_000 : null);
  expect(await store.load('i0')).toEqual([]);
  expect(await store.load('i3')).toHaveLength(2);
  expect(await store.load('i249')).toHaveLength(2);
  const kept = await store.intents({ feature: 'f', limit: 1_000 });
  expect(kept.length).toBeLessThanOrEqual(101);
  expect(kept.length).toBeGreaterThanOrEqual(99);
  const cells = await store.cells('f');
  expect(cells.find(cell => cell.key.scope === 'plan')?.sums).toMatchObject({ n: 250n, cost: 1_750n });
  await rebuildCells(store, 'f');
  expect(new Set(await store.cells('f'))).toEqual(new Set(cells));
});

test('cells that were read stay the same while the store commits', async () => {
  const store = memory();
  await addIntent(store, 'a', null);
  const before = await store.cells('f');
  const copy = structuredClone(before);
  await addIntent(store, 'b', null);
  expect(before).toEqual(copy);
});

test('an intent that changed again is pruned after the intents that did not change', async () => {
  const store = memory({ keepIntents: 3 });
  for (const id of ['a', 'b', 'c']) await addIntent(store, id, null);
  const evidence = { source: 'explicit', success: true } as const;
  const fact = { intentId: 'a', feature: 'f', atMs: 2_000, revision: 2 } as const;
  const record = { ...fact, kind: 'labelled', evidence } as const;
  await store.commitAll([
    { intentId: 'a', feature: 'f', expectedRevision: 2, records: [record], delta: [], dueAtMs: null },
  ]);
  await addIntent(store, 'd', null);
  expect(await store.load('b')).toEqual([]);
  expect(await store.load('a')).toHaveLength(3);
});

test('intents that were all due are pruned two at a time once they have no due time any more', async () => {
  const store = memory({ keepIntents: 10 });
  for (let i = 0; i < 40; i++) await addIntent(store, `i${i}`, 5_000);
  const kept = async (): Promise<number> => (await store.intents({ feature: 'f', limit: 100 })).length;
  expect(await kept()).toBe(40);
  const evidence = { source: 'silence', success: true } as const;
  const sizes: number[] = [];
  for (let i = 0; i < 25; i++) {
    const fact = { intentId: `i${i}`, feature: 'f', atMs: 6_000, revision: 2 } as const;
    const record = { ...fact, kind: 'labelled', evidence } as const;
    await store.commitAll([{ ...fact, expectedRevision: 2, records: [record], delta: [], dueAtMs: null }]);
    sizes.push(await kept());
  }
  expect(sizes).toEqual(Array.from({ length: 25 }, (_, i) => 39 - i));
  for (let i = 0; i < 10; i++) await addIntent(store, `late${i}`, null);
  expect(await kept()).toBe(15);
});

test('a scan that has begun reads records that are pruned meanwhile, and none that are committed later', async () => {
  const store = memory({ keepIntents: 4 });
  for (const id of ['a', 'b', 'c', 'd']) await addIntent(store, id, null);
  const scan = store.scan({ kind: 'decided' });
  const read: string[] = [];
  for await (const record of scan) {
    if (read.length === 0) for (const id of ['e', 'f', 'g']) await addIntent(store, id, null);
    read.push(record.intentId);
  }
  expect(read).toEqual(['a', 'b', 'c', 'd']);
  const now = await Array.fromAsync(store.scan({ kind: 'decided' }));
  expect(now.map(record => record.intentId)).toEqual(['d', 'e', 'f', 'g']);
});

test.each<[string, unknown, string]>([
  ['a number for options', 5, 'memory'],
  ['a misspelt option', { keepIntent: 1 }, 'memory.keepIntent'],
  ['a number below 0', { keepIntents: -1 }, 'memory.keepIntents'],
  ['a number as text', { keepIntents: '100' }, 'memory.keepIntents'],
  ['a text as a boolean', { shared: 'no' }, 'memory.shared'],
])('memory() refuses %s and says where the mistake is', (_, options, path) => {
  const { code, path: found, accepted } = refusal(() => (memory as Loose)(options));
  expect([code, found]).toEqual(['invalid-value', path]);
  expect(accepted).toBeTruthy();
});

sharedConformance(
  'memory',
  () => {
    const store = memory();
    return { open: () => store };
  },
  { isForProcesses: false },
);

test('intents that were answered at once are pruned like others: the statistics stay, and the base has what they contributed', async () => {
  const store = memory({ keepIntents: 10 });
  const { answered } = store.commitAll;
  for (let batch = 0; batch < 5; batch++) {
    const intents = Array.from({ length: 7 }, (_, i) =>
      answeredIntent(`${batch}-${i}`, { costNanoUsd: batch * 7 + i }),
    );
    answered?.('support', intents, answeredCells(intents));
  }
  expect(await store.intents({ feature: 'support', limit: 100 })).toHaveLength(10);
  expect(await store.load('3-3')).toEqual([]);
  expect(await store.load('3-4')).toEqual(answeredIntent('3-4', { costNanoUsd: 25 }).records());
  const cells = await store.cells('support');
  expect(cells.find(cell => cell.key.scope === 'plan')?.sums).toMatchObject({ n: 35n, cost: 595n });
  await rebuildCells(store, 'support');
  expect(new Set(await store.cells('support'))).toEqual(new Set(cells));
  await store.prune(Number.POSITIVE_INFINITY);
  expect(new Set(await store.prunedCells('support'))).toEqual(new Set(cells));
});

test('an intent above `keepIntents` is unknown to an outcome, and a further call with its id begins another intent', async () => {
  const store = memory({ keepIntents: 1 });
  const model = {
    provider: 'other',
    model: 'mini-1',
    price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
  } as const;
  const features = { f: { candidates: ['mini'], failureCostUsd: 1 } } as const;
  const router = createRouterOn(testRuntime(), { models: { mini: model }, features, store });
  const ask = async (id: string) => {
    const intent = router.feature('f').intent({ id });
    await router.run('f', async () => ({ value: 'hi', usage: { input: 1_000, output: 100 } }), { intent });
    await router.flush();
    return intent;
  };
  const first = await ask('old');
  for (const id of ['newer', 'newest']) await ask(id);
  await expect(first.succeed()).rejects.toMatchObject({ code: 'unknown-intent' });
  await ask('old');
  expect((await store.load('old')).map(({ revision }) => revision)).toEqual([0, 1]);
  expect(await router.report()).toMatchObject({ intents: 4, spendUsd: '0.0048' });
  await router.close();
});

test('pruning says how many intents it has removed, and nothing where there are none', async () => {
  const store = memory();
  const progress = vi.fn();
  await store.prune(Date.UTC(2026, 0, 1), { progress });
  expect(progress).not.toHaveBeenCalled();
});
