import { expect, test, vi } from 'vitest';
import type { Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';
import { conformance } from './conformance.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

conformance('memory', memory);

test('a memory store is private: only its own process can read it', () => {
  expect(memory().isPrivate).toBe(true);
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
  await store.commit({ intentId, feature: 'f', expectedRevision: 0, records, delta, dueAtMs });
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

test('an intent that changed again is pruned after the intents that have not', async () => {
  const store = memory({ keepIntents: 3 });
  for (const id of ['a', 'b', 'c']) await addIntent(store, id, null);
  const evidence = { source: 'explicit', success: true } as const;
  const fact = { intentId: 'a', feature: 'f', atMs: 2_000, revision: 2 } as const;
  const record = { ...fact, kind: 'labelled', evidence } as const;
  await store.commit({ intentId: 'a', feature: 'f', expectedRevision: 2, records: [record], delta: [], dueAtMs: null });
  await addIntent(store, 'd', null);
  expect(await store.load('b')).toEqual([]);
  expect(await store.load('a')).toHaveLength(3);
});

/** Looks at an intent's due time, per commit: pruning takes one look at each intent that it visits. */
async function looksPerCommit(keepIntents: number, dueAtMs: number | null): Promise<number> {
  const store = memory({ keepIntents });
  const commits = 2 * keepIntents;
  const looks = vi.spyOn(Map.prototype, 'has');
  try {
    for (let i = 0; i < keepIntents + commits; i++) await addIntent(store, `i${i}`, dueAtMs);
    return looks.mock.calls.filter(([key]) => String(key).startsWith('i')).length / commits;
  } finally {
    looks.mockRestore();
  }
}

test.each([null, 5_000])(
  'a commit visits a bounded number of intents, however many are kept (due: %s)',
  async dueAtMs => {
    const [small, large] = [await looksPerCommit(300, dueAtMs), await looksPerCommit(1_200, dueAtMs)];
    expect(small).toBeGreaterThan(0.5);
    expect(large).toBeLessThan(1.5 * small);
  },
);

test.each<[string, unknown, string]>([
  ['a number for options', 5, 'memory'],
  ['a misspelt option', { keepIntent: 1 }, 'memory.keepIntent'],
  ['a number below 0', { keepIntents: -1 }, 'memory.keepIntents'],
  ['a number as text', { keepIntents: '100' }, 'memory.keepIntents'],
])('memory() refuses %s and says where the mistake is', (_, options, path) => {
  const { code, path: found, accepted } = refusal(() => (memory as Loose)(options));
  expect([code, found]).toEqual(['invalid-value', path]);
  expect(accepted).toBeTruthy();
});
