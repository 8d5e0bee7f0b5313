import { expect, test } from 'vitest';
import type { PlanDecision } from '../../src/core/report/decision.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

/** The router learns intent by intent and the report from sums, so that the last digits may differ. */
function expectSame(reported: PlanDecision | undefined, explained: PlanDecision | undefined): void {
  for (const side of ['preferred', 'rival'] as const) {
    expect(reported?.[side]?.plan).toBe(explained?.[side]?.plan);
    expect(reported?.[side]?.success).toBeCloseTo(explained?.[side]?.success ?? Number.NaN, 9);
    expect(reported?.[side]?.spendUsd).toBeCloseTo(explained?.[side]?.spendUsd ?? Number.NaN, 9);
  }
}

test('after a new price or model is configured, a report says at once what explain says', async () => {
  const runtime = testRuntime();
  const store = memory();
  const routerAt = (premiumUsd: number, model: string) =>
    createTestRouter(runtime, {
      models: {
        mini: { provider: 'other', model, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } },
        premium: {
          provider: 'other',
          model: 'p',
          price: { inputUsdPerMillion: premiumUsd, outputUsdPerMillion: premiumUsd },
        },
      },
      features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 0.1, policy: randomMix() } },
      store,
    });
  const before = routerAt(20, 'm-1');
  for (let i = 0; i < 200; i++) {
    const { value, intent } = await before.run('f', async ({ model }) => ({
      value: model,
      costUsd: model === 'mini' ? 0.002 : 0.03,
    }));
    await intent.outcome({ success: i % (value === 'mini' ? 10 : 20) !== 0 });
  }
  const decisionsOf = async (router: typeof before) => {
    const [feature] = (await router.report()).features;
    return [feature?.decision, (await router.explain('f')).decision];
  };
  const [reportedBefore, explainedBefore] = await decisionsOf(before);
  expect(reportedBefore?.preferred.plan).toBe('mini');
  expectSame(reportedBefore, explainedBefore);
  await before.close();

  // No intent is at the new price yet.
  const after = routerAt(0.5, 'm-2');
  const [reported, explained] = await decisionsOf(after);
  expect(explained?.preferred.plan).toBe('premium');
  expectSame(reported, explained);
  await after.close();
});

test('a report expects of a plan without outcomes what explain expects, from the rates of the configuration', async () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  const prior = { mini: { success: 0.95, strength: 10 } };
  const router = createTestRouter(testRuntime(), {
    models: { mini: { provider: 'other', model: 'm', price }, premium: { provider: 'other', model: 'p', price } },
    features: {
      f: { candidates: ['mini', 'premium'], failureCostUsd: 0.1, mode: 'observe', ownModel: 'premium', prior },
    },
    store: memory(),
  });
  for (let i = 0; i < 20; i++) {
    const { intent } = await router.run('f', async () => ({ value: 1, costUsd: 0.03 }));
    await intent.outcome({ success: i % 2 === 0 });
  }
  expectSame((await router.report()).features[0]?.decision, (await router.explain('f')).decision);
  await router.close();
});
