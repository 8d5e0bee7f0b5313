import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { IntentRange } from '../../src/contracts/store.ts';
import { intentChoices, listIntents, receiptOf } from '../../src/dashboard/intents.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { memory } from '../../src/stores/memory.ts';
import { anIntent, attempted, commitAll, decided, evidence, history, NOON } from '../stores/histories.ts';

const HOUR = 3_600_000;

async function setUp() {
  const store = memory();
  const view = ledgerView({ store, nowMs: () => NOON, elapsedMs: () => 0 });
  await commitAll(store, [
    history('failed', 'support', [
      { ...decided(NOON), session: 'chat' },
      attempted(NOON + 500),
      evidence(NOON + HOUR, { source: 'explicit', success: false }),
      evidence(NOON + 2 * HOUR, { source: 'audit', success: false, costNanoUsd: 22_500_000_001 }, 'corrected'),
    ]),
    anIntent('other', 'extract', NOON - HOUR),
  ]);
  return { store, view };
}

test('the receipt adds up what an intent cost to the nano-dollar, and says when each piece of evidence arrived', async () => {
  const { store } = await setUp();
  const receipt = await receiptOf(store, 'failed');
  expect(receipt).toMatchObject({
    spendUsd: '0.00065',
    failureUsd: '22.500000001',
    totalUsd: '22.500650001',
    session: 'chat',
  });
  expect(receipt.evidence.map(({ source, atMs }) => [source, atMs - NOON])).toEqual([
    ['explicit', HOUR],
    ['audit', 2 * HOUR],
  ]);
  const other = await receiptOf(store, 'other');
  expect(other).not.toHaveProperty('session');
  expect(other).toMatchObject({ spendUsd: '0.001234567', failureUsd: '15', totalUsd: '15.001234567' });
  await expect(receiptOf(store, 'nope')).rejects.toMatchObject({ code: 'unknown-intent' });
});

test('a list of all features is in the order of the decisions, and a list of one feature has only its intents', async () => {
  const { store, view } = await setUp();
  const list = async (query: object) =>
    (await listIntents({ store, view, elapsedMs: () => 0 }, { limit: 10, ...query })).intents.map(
      ({ intentId }) => intentId,
    );
  expect(await list({})).toEqual(['failed', 'other']);
  expect(await list({ feature: 'extract' })).toEqual(['other']);
  expect(await list({ session: 'chat' })).toEqual(['failed']);
  await expect(list({ feature: 'extrct' })).rejects.toMatchObject({ code: 'unknown-feature' });
});

test('a search that takes too long ends with what it has found, reports how far it came, and can be continued from there', async () => {
  const { store, view } = await setUp();
  // The statistics have its hour, in which it comes after the failed one.
  await commitAll(store, [history('a pending one', 'support', [decided(NOON), attempted(NOON + 500)])]);
  let now = 0;
  const slow = { store, view, elapsedMs: () => (now += 400) };
  const first = await listIntents(slow, { limit: 10, outcome: 'pending' });
  expect(first).toMatchObject({ intents: [], searchedToMs: NOON });
  expect(first.next).toBe(`[${NOON},"support","failed"]`);
  const after = { atMs: NOON, feature: 'support', id: 'failed' };
  expect(await listIntents({ ...slow, elapsedMs: () => 0 }, { limit: 10, after })).toMatchObject({
    intents: [{ intentId: 'a pending one' }, { intentId: 'other' }],
  });
});

test('a list of the intents of all features returns more than one intent, even if finding the latest one takes long', async () => {
  const { store, view } = await setUp();
  let now = 0;
  const slow = { ...store, intents: async (range: IntentRange) => ((now += 400), store.intents(range)) };
  const { intents } = await listIntents({ store: slow, view, elapsedMs: () => now }, { limit: 2 });
  expect(intents.map(({ intentId }) => intentId)).toEqual(['failed', 'other']);
});

test('a filter can be set to the models and versions that have answered', async () => {
  const { view } = await setUp();
  expect(await intentChoices(view, undefined)).toEqual({
    features: ['extract', 'support'],
    models: ['mini'],
    versions: ['mini@1'],
  });
});

test('choices and prices are found also among more cells than a call may have arguments', async () => {
  const { store, view } = await setUp();
  const [cell] = (await store.cells('support')).filter(({ key }) => key.scope === 'node');
  const many = Array.from({ length: 200_000 }, () => cell as Cell);
  expect((await intentChoices({ ...view, cells: async () => many }, 'support')).models).toEqual(['mini']);
  const large = { ...store, cells: async () => many };
  const prices = await ledgerView({ store: large, nowMs: () => NOON, elapsedMs: () => 0 }).prices();
  expect(prices.map(({ model }) => model)).toEqual(['mini']);
});
