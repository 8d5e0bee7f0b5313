import { expect, test } from 'vitest';
import type { PlanDecision } from '../../src/core/report/decision.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { publicEvidence } from '../../src/priors/public-evidence.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

function expectSame(reported: PlanDecision | undefined, explained: PlanDecision | undefined): void {
  expect(reported?.sentence).toBe(explained?.sentence);
  expect(reported).toEqual(explained);
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

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
const models = {
  mini: { provider: 'other', model: 'gpt-4.1-mini', price },
  premium: { provider: 'other', model: 'gpt-4.1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 10 } },
} as const;

test('public evidence and the outcomes of other features are in a report’s sentence as they are in explain’s', async () => {
  const router = createTestRouter(testRuntime(), {
    models,
    features: {
      f: {
        candidates: ['mini', 'premium'],
        failureCostUsd: 0.1,
        mode: 'observe',
        ownModel: 'premium',
        prior: publicEvidence(),
      },
      g: { candidates: ['mini', 'premium'], failureCostUsd: 0.1, policy: randomMix() },
      h: { candidates: ['mini', 'premium'], failureCostUsd: 0.1, context: { tier: ['a', 'b'] } },
    },
    store: memory(),
  });
  for (let i = 0; i < 200; i++) {
    const g = await router.run('g', async () => ({ value: 1, costUsd: 0.03 }));
    await g.intent.outcome({ success: i % 7 !== 0 });
    if (i > 5) continue;
    const f = await router.run('f', async () => ({ value: 1, costUsd: 0.03 }));
    await f.intent.outcome({ success: i % 2 === 0 });
    const h = router.feature('h').intent({ context: { tier: 'a' } });
    await router.run('h', async () => ({ value: 1, costUsd: 0.03 }), { intent: h });
    await h.outcome({ success: true });
  }
  const { features } = await router.report();
  const reported = (name: string) => features.find(({ feature }) => feature === name)?.decision;
  const explained = async (name: 'f' | 'g' | 'h', segment = '') => (await router.explain(name, { segment })).decision;
  expectSame(reported('f'), await explained('f'));
  expectSame(reported('g'), await explained('g'));
  // All of this feature's intents are of one segment, so that the belief about both is that of all intents.
  const [all, own] = [reported('h'), await explained('h', 'tier=a')];
  expect(all?.rival?.success).toBeCloseTo(own?.rival?.success ?? 0, 2);
  await router.close();
});

test('after outcomes that are corrected late, a report and explain prefer the same plan at the same figures', async () => {
  const runtime = testRuntime();
  const router = createTestRouter(runtime, {
    models,
    features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 0.2, policy: randomMix() } },
    store: memory(),
  });
  const corrections: (() => Promise<unknown>)[] = [];
  for (let i = 0; i < 400; i++) {
    runtime.advance(5 * 60_000);
    const { value, intent } = await router.run('f', async ({ model }) => ({
      value: model,
      costUsd: model === 'mini' ? 0.002 : 0.03,
    }));
    await intent.outcome({ success: i % (value === 'mini' ? 20 : 13) !== 0 });
    if (value === 'mini' && i % 5 === 0)
      corrections.push(() => router.feature('f').outcome(intent.id, { success: false }));
    if (i % 10 === 9 && i > 200) await corrections.shift()?.();
  }
  expectSame((await router.report()).features[0]?.decision, (await router.explain('f')).decision);
  await router.close();
});

test('a cascade is described by the same samples in a report and in explain', async () => {
  const router = createTestRouter(testRuntime(), {
    models,
    features: {
      f: { candidates: ['mini', 'premium'], failureCostUsd: 0.2, policy: randomMix(), validate: () => false },
    },
    store: memory(),
  });
  for (let i = 0; i < 60; i++) {
    const { intent } = await router.run('f', async ({ model }) => ({
      value: 1,
      costUsd: model === 'mini' ? 0.002 : 0.03,
    }));
    await intent.outcome({ success: i % 3 !== 0 });
  }
  const report = await router.report();
  expectSame(report.features[0]?.decision, (await router.explain('f')).decision);
  await router.close();
});

test('new intents get what the configured policy gives them, in the report, its possible savings and explain', async () => {
  const runtime = testRuntime();
  const store = memory();
  const routerWith = (policy: Policy) =>
    createTestRouter(runtime, {
      models,
      features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 0.2, policy } },
      store,
    });
  const mixing = routerWith(randomMix({ mini: 1, premium: 1 }));
  for (let i = 0; i < 300; i++) {
    const { value, intent } = await mixing.run('f', async ({ model }) => ({
      value: model,
      costUsd: model === 'mini' ? 0.002 : 0.03,
    }));
    await intent.outcome({ success: i % (value === 'mini' ? 12 : 13) !== 0 });
  }
  const mixed = await mixing.report();
  expectSame(mixed.features[0]?.decision, (await mixing.explain('f')).decision);
  // Half of the intents each: neither plan gets more, whatever the counts so far.
  expect(mixed.features[0]?.decision?.sentence).not.toContain('more intents');
  await mixing.close();

  const router = routerWith(fixed('premium'));
  const report = await router.report();
  const decision = report.features[0]?.decision;
  expectSame(decision, (await router.explain('f')).decision);
  expect(decision?.sentence).toMatch(/^The policy does not follow the evidence and gives premium more intents/);
  const [{ perIntentUsd } = { perIntentUsd: { value: 0 } }] = report.possibleSavings;
  expect(perIntentUsd.value).toBeCloseTo(decision?.moreUsd ?? 0, 9);
  expect(mixed.possibleSavings[0]?.perIntentUsd.value).toBeCloseTo(perIntentUsd.value / 2, 9);
  await router.close();
});

test('a report expects of a plan without outcomes what explain expects, from the rates of the configuration', async () => {
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
