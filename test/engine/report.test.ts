import { describe, expect, test } from 'vitest';
import type { Intent } from '../../src/core/ledger.ts';
import { settle } from '../../src/core/settle.ts';
import { ledgerFacts, reportOf } from '../../src/engine/report.ts';
import { createRouter } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/stores/store.ts';
import type { Made } from '../core/cells.ts';
import { FAILURE, made, SUCCESS } from '../core/cells.ts';
import { AT_MS } from '../core/intents.ts';

async function storeWith(intents: readonly (Made & { readonly feature?: string; readonly eligible?: string[] })[]) {
  const store = memory();
  for (const [i, { feature = 'f', eligible, ...what }] of intents.entries()) {
    const base = made({ hour: i, ...what });
    const decision = { ...base.decided.decision, ...(eligible === undefined ? {} : { eligible }) };
    const intent: Intent = { ...base, id: `i${i}`, decided: { ...base.decided, intentId: `i${i}`, feature, decision } };
    await commit(store, intent);
  }
  return store;
}

async function commit(store: Store, intent: Intent): Promise<void> {
  const { id: intentId, decided } = intent;
  const rest = [
    ...intent.attempts.map(attempt => ({ kind: 'attempted' as const, attempt })),
    ...intent.evidence.map(evidence => ({ kind: 'settled' as const, evidence })),
  ].map((body, i) => ({ ...body, intentId, feature: decided.feature, atMs: decided.atMs, revision: i + 1 }));
  const delta = settle(undefined, intent);
  const records = [decided, ...rest];
  await store.commit({ intentId, feature: decided.feature, expectedRevision: 0, records, delta, dueAtMs: null });
}

describe('a report of a ledger alone', () => {
  test('covers every feature that has statistics', async () => {
    const store = await storeWith([{ feature: 'a', evidence: [SUCCESS] }, { feature: 'b' }]);
    const report = await reportOf(store, { nowMs: AT_MS });
    expect(report.features.map(feature => [feature.feature, feature.intents])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(report.madeAtMs).toBe(AT_MS);
  });

  test('takes the plans and the failure cost from the last decisions, not from a narrowed one', async () => {
    const store = await storeWith([
      { eligible: ['mini', 'premium'], failureCostNanoUsd: 4e9 },
      { eligible: ['mini', 'premium'], failureCostNanoUsd: 4e9 },
      { eligible: ['premium'], failureCostNanoUsd: 200e9 },
    ]);
    expect(await ledgerFacts(store, 'f')).toMatchObject({
      plans: ['mini', 'premium'],
      failureCostUsd: 4,
      perSuccess: false,
      policy: 'thompson',
      versions: { mini: 'm1', premium: 'p1' },
    });
    const [feature] = (await reportOf(store, { nowMs: AT_MS })).features;
    expect(feature?.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
  });

  test('with failures that cost nothing, plans are compared by cost per success', async () => {
    const store = await storeWith([{ failureCostNanoUsd: 0 }]);
    expect((await ledgerFacts(store, 'f')).perSuccess).toBe(true);
  });

  test('one feature of many, and a clear word when there is none of that name', async () => {
    const store = await storeWith([{ feature: 'a' }, { feature: 'b' }]);
    const report = await reportOf(store, { nowMs: AT_MS, features: ['b'] });
    expect(report.features.map(feature => feature.feature)).toEqual(['b']);
    await expect(reportOf(store, { nowMs: AT_MS, features: ['c'] })).rejects.toMatchObject({
      code: 'unknown-feature',
      accepted: ['a', 'b'],
    });
  });
});

test('the configuration outranks what the ledger says, and a configured feature may be empty', async () => {
  const store = await storeWith([{ evidence: [SUCCESS] }, { evidence: [FAILURE] }]);
  const report = await reportOf(store, {
    nowMs: AT_MS,
    features: ['f', 'new'],
    facts: () => ({ plans: ['mini', 'premium', 'opus'], failureCostUsd: 3 }),
  });
  expect(report.features.map(feature => [feature.feature, feature.intents, feature.plans.length])).toEqual([
    ['f', 2, 3],
    ['new', 0, 3],
  ]);
});

test('a running router reports what it has recorded, with every configured feature', async () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: { mini: { provider: 'other', model: 'a', price }, premium: { provider: 'other', model: 'b', price } },
    features: {
      f: { candidates: ['mini', 'premium'], failureCostUsd: 3 },
      idle: { candidates: ['premium'], failureCostUsd: 1 },
    },
  });
  const { intent } = await router.run('f', async () => ({ value: 1, costUsd: 0.25 }));
  await intent.fail();
  const report = await router.report();
  expect(report.features.map(feature => [feature.feature, feature.intents, feature.bill.totalUsd])).toEqual([
    ['f', 1, '3.25'],
    ['idle', 0, '0'],
  ]);
  const told = await router.explain('f');
  expect(told.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
  await router.close();
});
