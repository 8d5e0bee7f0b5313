import { expect, test } from 'vitest';
import { reportRouter } from '../../src/analysis/live-report.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouter } from '../../src/create-router.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { FAILURE, SUCCESS } from '../core/support/cells.ts';
import { attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

test('a running router reports everything recorded so far, on every configured feature', async () => {
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
  // The facts are the configuration's: a failure cost of $3, and both candidates although only one was used.
  expect(report.features[0]).toMatchObject({ failureCost: { configuredUsd: 3 } });
  expect(report.features[0]?.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
  expect((await router.report({ features: ['idle'] })).features.map(feature => feature.feature)).toEqual(['idle']);
  await router.close();
});

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const configured = (objective: 'cost-per-intent' | 'cost-per-success', failureCostUsd = 0.001) =>
  resolveConfig(
    {
      models: { mini: { provider: 'other', model: 'a', price }, premium: { provider: 'other', model: 'b', price } },
      features: { f: { candidates: ['mini', 'premium'], failureCostUsd, objective } },
    },
    { policy: thompson() },
  );

test('a report reads the store only after pending records are written', async () => {
  const calls: string[] = [];
  const empty = await storeWith([]);
  await reportRouter({
    config: configured('cost-per-intent'),
    runtime: systemRuntime(1),
    flush: async () => void calls.push('flush'),
    store: {
      ...empty,
      cells: feature => {
        calls.push('cells');
        return empty.cells(feature);
      },
    },
  });
  expect(calls).toEqual(['flush', 'cells']);
});

test('the plans of a feature are compared by its configured objective', async () => {
  // Mini costs $1 and succeeds in a quarter of its intents; premium costs $2 and always succeeds.
  const intents = (plan: string, nano: number) => ({
    plan: [plan],
    hour: 0,
    attempts: [attempt(plan, nano)],
    failureCostNanoUsd: 1e6,
  });
  const store = await storeWith([
    ...Array.from({ length: 1500 }, (_, i) => ({
      ...intents('mini', 1e9),
      evidence: [i % 4 === 0 ? SUCCESS : FAILURE],
    })),
    ...Array.from({ length: 1500 }, () => ({ ...intents('premium', 2e9), evidence: [SUCCESS] })),
  ]);
  const cheapest = async (objective: 'cost-per-intent' | 'cost-per-success') => {
    const router = { config: configured(objective), runtime: systemRuntime(1), flush: async () => {}, store };
    return (await reportRouter(router)).features[0]?.settledOn;
  };
  expect(await cheapest('cost-per-intent')).toBe('mini');
  expect(await cheapest('cost-per-success')).toBe('premium');
});

test('where failures cost nothing, the status compares costs per success, as the decision and the router do', async () => {
  // Per intent mini costs less by far; per success nearly as much as premium.
  const intents = (plan: string, nano: number) => ({
    plan: [plan],
    hour: 0,
    attempts: [attempt(plan, nano)],
    failureCostNanoUsd: 0,
  });
  const store = await storeWith([
    ...Array.from({ length: 1500 }, (_, i) => ({
      ...intents('mini', 1e9),
      evidence: [i % 2 === 0 ? SUCCESS : FAILURE],
    })),
    ...Array.from({ length: 1500 }, () => ({ ...intents('premium', 2.05e9), evidence: [SUCCESS] })),
  ]);
  const config = configured('cost-per-intent', 0);
  const router = { config, runtime: systemRuntime(1), flush: async () => {}, store };
  const [feature] = (await reportRouter(router)).features;
  expect(feature?.decision?.preferred.plan).toBe('mini');
  expect(feature?.decision?.forecast?.kind).not.toBe('settled');
  expect(feature?.state).toBe('estimating');
  expect(feature).not.toHaveProperty('settledOn');
});

test.each<[unknown, string]>([
  [null, 'report'],
  [['support.reply'], 'report'],
  [{ feature: 'f' }, 'report.feature'],
  [{ features: 'f' }, 'report.features'],
  [{ features: [5] }, 'report.features'],
  [{ period: '7d' }, 'report.period'],
  [{ period: { from: 0 } }, 'report.period.from'],
  [{ period: { fromMs: new Date(0) } }, 'report.period.fromMs'],
  [{ period: { toMs: '2026-01-01' } }, 'report.period.toMs'],
  [{ period: { fromMs: Number.NaN } }, 'report.period.fromMs'],
  [{ period: { fromMs: 0 }, againstMs: '5' }, 'report.againstMs'],
  [{ brief: 'yes' }, 'report.brief'],
  [{ halfWidthUsd: '1' }, 'report.halfWidthUsd'],
])('the options %j are refused, because they would give another report than the one meant', async (options, path) => {
  const router = { config: configured('cost-per-intent'), runtime: systemRuntime(1), flush: async () => {} };
  const refused = reportRouter({ ...router, store: await storeWith([]) }, options as never);
  await expect(refused).rejects.toMatchObject({ code: 'invalid-value', path });
});

test('a report of features with a holdout shows the saving against it, as an estimate or with the reason why there is none', async () => {
  const runtime = testRuntime();
  const models = {
    mini: { provider: 'other', model: 'a', price },
    premium: { provider: 'other', model: 'b', price },
  } as const;
  const feature = { candidates: ['mini', 'premium'], failureCostUsd: 3 } as const;
  const holdout = { model: 'premium', fraction: 0.4 } as const;
  const router = createTestRouter(runtime, {
    models,
    features: { f: { ...feature, holdout }, never: { ...feature, holdout } },
    policy: randomMix(),
  });
  for (let i = 0; i < 300; i++) {
    const { intent } = await router.run('f', async ({ model }) => ({
      value: 1,
      costUsd: model === 'mini' ? 0.01 : 0.5,
    }));
    await (i % 10 < 2 ? intent.fail() : intent.succeed());
    runtime.advance(60_000);
  }
  await router.run('never', async () => ({ value: 1, costUsd: 0.5 }));
  const { savings } = await router.report();
  expect(savings?.baseline).toBe('premium');
  expect(savings?.features).toMatchObject([
    { feature: 'f', kind: 'estimate', perIntentUsd: { value: expect.any(Number) as number } },
    { feature: 'never', kind: 'refused', reason: 'no intent has an outcome' },
  ]);
  expect((await router.report({ baseline: 'mini' })).savings?.baseline).toBe('mini');
  expect(await router.report({ brief: true })).not.toHaveProperty('savings');
  await router.close();
});

test('a running router reports what it saved against a baseline, of intents older than the silence window', async () => {
  const runtime = testRuntime();
  const router = createTestRouter(runtime, {
    models: { mini: { provider: 'other', model: 'a', price }, premium: { provider: 'other', model: 'b', price } },
    features: {
      f: { candidates: ['mini', 'premium'], failureCostUsd: 3, silence: { after: '1h', means: 'success' } },
    },
    policy: randomMix(),
  });
  for (let i = 0; i < 450; i++) {
    const { intent } = await router.run('f', async ({ model }) => ({
      value: 1,
      costUsd: model === 'mini' ? 0.01 : 0.5,
    }));
    if (i % 10 < 2) await intent.fail();
    runtime.advance(60_000);
    if (i % 60 === 59) await router.labelSilentIntents();
  }
  const { savings } = await router.report({ baseline: 'premium' });
  const [saving] = savings?.features ?? [];
  if (saving?.kind !== 'estimate') return expect.unreachable();
  // The last hour has only failures yet.
  expect(saving.intents).toBeLessThanOrEqual(390);
  expect(saving.baselineCostPerIntentUsd.low).toBeLessThan(0.5 + 0.2 * 3);
  expect(saving.baselineCostPerIntentUsd.high).toBeGreaterThan(0.5 + 0.2 * 3);
  expect(saving.perIntentUsd.value).toBeCloseTo(saving.baselineCostPerIntentUsd.value - saving.costPerIntentUsd, 12);
  const { value, low, high } = saving.inAllUsd;
  expect(savings?.total).toEqual({
    intents: saving.intents,
    savedUsd: { value, low: expect.closeTo(low, 9), high: expect.closeTo(high, 9) },
  });
  await expect(router.report({ baseline: 'premum' })).rejects.toMatchObject({
    code: 'invalid-value',
    path: 'report.baseline',
  });
  await router.close();
});
