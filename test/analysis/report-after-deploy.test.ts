import { expect, test } from 'vitest';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

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
  expect(reportedBefore?.preferred).toEqual(explainedBefore?.preferred);
  expect(reportedBefore?.rival).toEqual(explainedBefore?.rival);

  await before.close();

  // No intent is at the new price yet.
  const after = routerAt(0.5, 'm-2');
  const [reported, explained] = await decisionsOf(after);
  expect(explained?.preferred.plan).toBe('premium');
  expect(reported?.preferred).toEqual(explained?.preferred);
  expect(reported?.rival).toEqual(explained?.rival);
  await after.close();
});
