import { expect, test } from 'vitest';
import type { ReportedRouter } from '../../src/analysis/live-report.ts';
import { reportRouter } from '../../src/analysis/live-report.ts';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { ResolvedConfig, ResolvedFeature } from '../../src/config/resolved.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Store } from '../../src/contracts/store.ts';
import { circuitBreaker } from '../../src/engine/rails/circuit-breaker.ts';
import type { FeatureState } from '../../src/engine/state/feature-state.ts';
import { featureState } from '../../src/engine/state/feature-state.ts';
import { modelVersions } from '../../src/engine/state/model-versions.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { createRouter } from '../../src/create-router.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { memory } from '../../src/stores/memory.ts';
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

/** The versions of the models as {@link configured}: evidence about other versions would count for little. */
const versions = modelVersions(configured('cost-per-intent').features.get('f') as ResolvedFeature)(0);

function reported(config: ResolvedConfig, store: Store, flush = async () => {}): ReportedRouter {
  const runtime = systemRuntime(1);
  const [breaker, disabled] = [circuitBreaker({ faults: 1 }), new Set<string>()];
  const options = { runtime, breaker, disabled, budgets: [], faulted: () => {} };
  const states = new Map([...config.features].map(([name, each]) => [name, featureState(each, options)]));
  const feature = (name: string) => states.get(name) as FeatureState;
  const read = async (name: string) => feature(name).learned.replace(await store.cells(name));
  const feed = { ready: read, refresh: read } as unknown as ReportedRouter['feed'];
  return { config, runtime, flush, feed, store, breaker, disabled, feature };
}

test('a report reads the store only after pending records are written', async () => {
  const calls: string[] = [];
  const empty = await storeWith([]);
  const store: Store = {
    ...empty,
    cells: feature => {
      calls.push('cells');
      return empty.cells(feature);
    },
  };
  await reportRouter(reported(configured('cost-per-intent'), store, async () => void calls.push('flush')));
  expect(calls).toEqual(['flush', 'cells', 'cells']);
});

test('the plans of a feature are compared by its configured objective', async () => {
  // Mini costs $1 and succeeds in a quarter of its intents; premium costs $2 and always succeeds.
  const intents = (plan: string, nano: number) => ({
    plan: [plan],
    hour: 0,
    versions,
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
    return (await reportRouter(reported(configured(objective), store))).features[0]?.settledOn;
  };
  expect(await cheapest('cost-per-intent')).toBe('mini');
  expect(await cheapest('cost-per-success')).toBe('premium');
});

test('where failures cost nothing, the status compares costs per success, as the decision and the router do', async () => {
  // Per intent mini costs less by far; per success nearly as much as premium.
  const intents = (plan: string, nano: number) => ({
    plan: [plan],
    hour: 0,
    versions,
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
  const [feature] = (await reportRouter(reported(configured('cost-per-intent', 0), store))).features;
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
  const refused = reportRouter(reported(configured('cost-per-intent'), await storeWith([])), options as never);
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

test('a model that was replaced stays a baseline, its rows stay, and the decision says that it is not compared', async () => {
  const [runtime, store] = [testRuntime(), memory()];
  const routerWith = (candidates: readonly ['mini', 'premium'] | readonly ['mini', 'next']) =>
    createTestRouter(runtime, {
      models: {
        mini: { provider: 'other', model: 'a', price },
        premium: { provider: 'other', model: 'b', price },
        next: { provider: 'other', model: 'c', price },
      },
      features: { f: { candidates, failureCostUsd: 1, policy: randomMix() } },
      store,
    });
  const costUsd: Record<string, number> = { mini: 0.01, premium: 0.5, next: 0.1 };
  const run = async (router: ReturnType<typeof routerWith>) => {
    for (let i = 0; i < 400; i++) {
      runtime.advance(60_000);
      const { value, intent } = await router.run('f', async ({ model }) => ({
        value: model,
        costUsd: costUsd[model] ?? 0,
      }));
      await intent.outcome({ success: i % (value === 'mini' ? 5 : 10) !== 0 });
    }
  };
  const before = routerWith(['mini', 'premium']);
  await run(before);
  runtime.advance(3_600_000);
  const replacedMs = runtime.nowMs();
  await before.close();
  const router = routerWith(['mini', 'next']);
  await run(router);

  // Until it was replaced, always premium would have cost $0.50 and a failure in every tenth intent.
  const { savings } = await router.report({ baseline: 'premium', period: { toMs: replacedMs } });
  const [saving] = savings?.features ?? [];
  if (saving?.kind !== 'estimate') return expect.unreachable();
  expect(saving.baselineCostPerIntentUsd.low).toBeLessThan(0.6);
  expect(saving.baselineCostPerIntentUsd.high).toBeGreaterThan(0.6);
  // Of the whole time the ledger cannot know it.
  const whole = await router.report({ baseline: 'premium' });
  expect(whole.savings?.features[0]).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('not eligible'),
  });
  expect(whole.features[0]?.plans.map(({ plan }) => plan).toSorted()).toEqual(['mini', 'next', 'premium']);
  expect(whole.features[0]?.decision?.sentence).toContain('premium is no longer configured, so it is not compared');
  expect((await router.explain('f')).decision?.sentence).toBe(whole.features[0]?.decision?.sentence);
  await expect(router.report({ baseline: 'mini>premium' })).rejects.toMatchObject({
    path: 'report.baseline',
    accepted: 'mini, next, premium',
  });
  await router.close();

  const { features } = await reportOf(store, { nowMs: runtime.nowMs() });
  expect(features[0]?.decision?.sentence).toContain(
    'none of the latest decisions could have chosen premium, so it is not',
  );
});

/** Runs intents, half of them with each model, and labels them. */
async function ran(
  feature: Partial<FeatureConfig<'mini' | 'premium'>>,
  intents: number,
  world: (i: number) => { readonly failureCostUsd?: number; readonly minis: number },
) {
  const runtime = testRuntime();
  const router = createTestRouter(runtime, {
    models: { mini: { provider: 'other', model: 'a', price }, premium: { provider: 'other', model: 'b', price } },
    features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 0.2, ...feature } },
  });
  for (let i = 0; i < intents; i++) {
    runtime.advance(60_000);
    const { minis, ...input } = world(i);
    const intent = router.feature('f').intent(input);
    let chosen = '';
    await router.run(
      'f',
      async ({ model }) => {
        chosen = model;
        return { value: 1, costUsd: model === 'mini' ? 0.002 : 0.03 };
      },
      { intent },
    );
    const rate = chosen === 'mini' ? minis : 0.93;
    await router.feature('f').outcome(intent.id, { success: runtime.random.next() < rate });
  }
  const [report, explanation] = [await router.report(), await router.explain('f')];
  await router.close();
  return { report, decision: report.features[0]?.decision, explanation };
}

test('intents that state another failure cost than the configured one are reported and explained at theirs', async () => {
  const { report, decision, explanation } = await ran({ policy: randomMix() }, 600, () => ({
    failureCostUsd: 4,
    minis: 0.8,
  }));
  expect(decision).toMatchObject({ preferred: { plan: 'premium' }, failureCostUsd: 4 });
  expect(decision?.sentence).toContain('a failure of the latest intents costs $4.00, not $0.20 as configured');
  expect(explanation).toMatchObject({ failureCostUsd: 4, decision: { preferred: { plan: 'premium' } } });
  // Half of the intents would fail less often by an eighth.
  expect(report.possibleSavings[0]?.plan).toBe('premium');
  expect(report.possibleSavings[0]?.perIntentUsd.value).toBeCloseTo(0.5 * (4 * 0.13 - 0.028), 0);
});

test('where intents differ in what a failure costs, the report says which plan they get, and claims no saving by one plan for all', async () => {
  const { report, decision, explanation } = await ran({}, 1000, i => ({
    failureCostUsd: i % 10 === 0 ? 8 : 0.02,
    minis: 0.7,
  }));
  expect(decision?.byFailureCost).toMatchObject([
    { plan: 'mini', fraction: 0.9, failureCostUsd: 0.02 },
    { plan: 'premium', fraction: 0.1, failureCostUsd: 8 },
  ]);
  expect(decision?.sentence).toMatch(
    /^Which plan is preferred depends on what a failure costs: mini where it costs less than \$/,
  );
  const [mini, premium] = explanation.plans;
  expect(mini?.share).toBeGreaterThan(0.8);
  expect(premium?.share).toBeLessThan(0.2);
  expect(premium?.reason).toMatch(/^preferred where a failure costs more than/);
  expect(explanation.summary).toMatch(/of new intents use it, because the plan depends on what a failure costs\.$/);
  // What the intents cost in this mixture is less than with either plan alone.
  expect(explanation.expected?.costPerIntentUsd.value).toBeLessThan(
    Math.min(...explanation.plans.map(({ costPerIntentUsd }) => costPerIntentUsd.value)),
  );
  expect(report.possibleSavings).toEqual([]);
});

test('no saving is claimed by a plan that a minimum success rate excludes, and the decision says why it is excluded', async () => {
  const { report, decision } = await ran({ minSuccessRate: 0.9, policy: randomMix() }, 400, () => ({ minis: 0.6 }));
  expect(decision?.sentence).toBe(
    'premium is the only plan that can be chosen (mini: its success rate is very probably below the minimum, 90.0 %).',
  );
  expect(report.possibleSavings).toEqual([]);
});

test('a model without a visit is expected to cost what a typical request costs', async () => {
  const { decision, explanation } = await ran({ policy: fixed(['mini']) }, 50, () => ({ minis: 0.8 }));
  expect(decision?.rival?.spendUsd).toBeGreaterThan(0.001);
  expect(decision?.rival?.spendUsd).toBeCloseTo(explanation.decision?.rival?.spendUsd ?? 0, 9);
});
