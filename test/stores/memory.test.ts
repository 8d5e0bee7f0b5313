import { expect, test } from 'vitest';
import type { Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';
import { conformance } from './conformance.ts';

conformance('memory', memory);

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

test('beyond the intents it keeps, the oldest go into the pruned base: no statistic changes, and those with silence due stay', async () => {
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

test('what was read stays as it was while the store goes on', async () => {
  const store = memory();
  await addIntent(store, 'a', null);
  const before = await store.cells('f');
  const copy = structuredClone(before);
  await addIntent(store, 'b', null);
  expect(before).toEqual(copy);
});
