/** What routing saved, on ledgers whose saving is known. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import type { SavingMessage } from '../../src/dashboard/messages.ts';
import { ALL_TIME } from '../../src/dashboard/period-query.ts';
import { savings } from '../../src/dashboard/saving.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { writeHeldOut } from './held-out-ledger.ts';

const toMs = Date.UTC(2026, 9, 1);
let store: Store;

beforeAll(async () => {
  store = sqlite(':memory:');
  await writeHeldOut(store, { intents: 600, toMs });
});

afterAll(async () => store.close());

async function savingOf(
  feature: string,
  baseline?: string,
  read: Pick<Store, 'intents'> = store,
): Promise<SavingMessage> {
  const view = ledgerView({ store, nowMs: () => toMs, elapsedMs: () => 0 });
  return savings({ ...store, ...read }, view)(feature, baseline, ALL_TIME);
}

test('a feature with a holdout is compared with it, and the interval contains the true saving', async () => {
  const message = await savingOf('held.out');
  expect(message).toMatchObject({
    plans: ['mini', 'premium'],
    intents: 600,
    isAll: true,
    held: { plan: 'premium', intents: 240 },
    baseline: 'premium',
    saving: { kind: 'estimate', intents: 600 },
  });
  // Premium costs 0.05 and fails once in 12, mini 0.002 and once in 10; a failure costs 0.1; three of five intents got mini.
  const difference = 0.05 + 0.1 / 12 - (0.002 + 0.1 / 10);
  const { saving } = message;
  if (saving?.kind !== 'estimate') throw new Error('no estimate');
  expect(saving.perIntentUsd.low).toBeGreaterThan(0);
  expect(saving.perIntentUsd.low).toBeLessThan(0.6 * difference);
  expect(saving.perIntentUsd.high).toBeGreaterThan(0.6 * difference);
});

test('a feature without a holdout is compared with the most expensive model, with a note that the ledger cannot answer', async () => {
  const { held, baseline, saving } = await savingOf('never.premium');
  expect({ held, baseline, kind: saving?.kind }).toEqual({ held: undefined, baseline: 'premium', kind: 'refused' });
});

test('an observed feature has its own model as the baseline, and a single plan has nothing to compare with', async () => {
  expect(await savingOf('only.observed')).toMatchObject({ observes: 'premium', baseline: 'premium' });
  const single = await savingOf('single.plan');
  expect({ plans: single.plans, baseline: single.baseline }).toEqual({ plans: ['mini'], baseline: undefined });
});

test('another plan can be the baseline, and an unknown plan is refused with the feature’s plans', async () => {
  expect(await savingOf('held.out', 'mini')).toMatchObject({ baseline: 'mini', saving: { kind: 'estimate' } });
  await expect(savingOf('held.out', 'frontier')).rejects.toThrow(
    /held\.out has no such plan \(accepted: "mini", "premium"\)/,
  );
});

test('an answer is kept until the ledger changes, and a failed read is repeated', async () => {
  let reads = 0;
  let isDown = true;
  const view = ledgerView({ store, nowMs: () => toMs, elapsedMs: () => 0 });
  const intents: Store['intents'] = async range => {
    if (range.limit < 5_000) return store.intents(range);
    reads++;
    if (isDown) throw new Error('down');
    return store.intents(range);
  };
  const saving = savings({ ...store, intents }, view);
  await expect(saving('held.out', undefined, ALL_TIME)).rejects.toThrow('down');
  isDown = false;
  const first = await saving('held.out', undefined, ALL_TIME);
  expect(await saving('held.out', undefined, ALL_TIME)).toBe(first);
  expect(reads).toBe(2);
});
