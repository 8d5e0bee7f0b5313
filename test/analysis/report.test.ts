import { describe, expect, test } from 'vitest';
import { reportOf } from '../../src/analysis/report.ts';
import { createRouter } from '../../src/router.ts';
import { FAILURE, SUCCESS } from '../core/support/cells.ts';
import { AT_MS } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

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

describe('against the period before', () => {
  // One intent an hour: five that fail, then five that succeed.
  const intents = Array.from({ length: 10 }, (_, i) => ({ evidence: [i < 5 ? FAILURE : SUCCESS] }));
  const HOUR_MS = 3_600_000;

  test('no intent is in both, also where the period begins within an hour', async () => {
    const fromMs = AT_MS + 5.5 * HOUR_MS;
    const report = await reportOf(await storeWith(intents), {
      nowMs: AT_MS,
      period: { fromMs },
      againstMs: 4 * HOUR_MS,
    });
    expect(report.intents).toBe(5);
    expect(report.trend?.before).toEqual({ fromMs: AT_MS + HOUR_MS, toMs: AT_MS + 5 * HOUR_MS });
    expect(report.trend?.features).toMatchObject([
      { feature: 'f', intents: { before: 4, now: 5 }, success: { before: { value: 0 }, now: { value: 1 } } },
    ]);
  });

  test('features stand in the order of the report', async () => {
    const store = await storeWith([
      { feature: 'a', evidence: [SUCCESS] },
      { feature: 'b', evidence: [FAILURE] },
    ]);
    const { features, trend } = await reportOf(store, { nowMs: AT_MS, period: { fromMs: AT_MS }, againstMs: HOUR_MS });
    expect(features.map(({ feature }) => feature)).toEqual(['b', 'a']);
    expect(trend?.features.map(({ feature }) => feature)).toEqual(['b', 'a']);
  });

  test('without a beginning of the period there is nothing before it', async () => {
    const store = await storeWith(intents);
    for (const options of [{ againstMs: HOUR_MS }, { againstMs: 0, period: { fromMs: AT_MS } }]) {
      await expect(reportOf(store, { nowMs: AT_MS, ...options })).rejects.toMatchObject({
        code: 'invalid-value',
        path: 'againstMs',
      });
    }
  });

  test('nobody asked: no trend', async () => {
    expect(await reportOf(await storeWith(intents), { nowMs: AT_MS })).not.toHaveProperty('trend');
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
  expect(report.features.map(feature => [feature.feature, feature.intents, feature.totalCost.totalUsd])).toEqual([
    ['f', 1, '3.25'],
    ['idle', 0, '0'],
  ]);
  const told = await router.explain('f');
  expect(told.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
  await router.close();
});
