/** What a router learns where the provider answers with another model than the one that was asked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Store } from '../../src/contracts/store.ts';
import { featureNotes } from '../../src/core/report/notes.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { hasty } from '../support/routed.ts';

let provider: FakeProvider;
beforeAll(async () => {
  const [cheap, expensive] = [
    { input: '1', output: '2' },
    { input: '100', output: '200' },
  ];
  provider = await startFakeProvider({ models: { 'mini-1': { price: cheap }, 'pro-1': { price: expensive } } });
});
afterAll(async () => provider.close());

function routerOn(store: Store) {
  const faults: Fault[] = [];
  const router = createRouterOn(hasty(), {
    models: {
      mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      pro: { provider: 'openai', model: 'pro-1', price: { inputUsdPerMillion: 100, outputUsdPerMillion: 200 } },
    },
    features: { work: { candidates: ['mini', 'pro'], failureCostUsd: 1, policy: fixed('mini') } },
    store,
    observers: [{ name: 'faults', faulted: fault => void faults.push(fault) }],
  });
  return { router, faults };
}

test('a silently redirected name teaches nothing about the model that was asked, and is reported', async () => {
  const store = memory();
  const { router, faults } = routerOn(store);
  for (let i = 0; i < 10; i++) {
    const isRedirected = i % 5 < 3;
    provider.reply({
      text: 'Hi',
      tokens: { input: 1_000, output: 1 },
      ...(isRedirected ? { served: { model: 'pro-1' } } : {}),
    });
    const intent = router.feature('work').intent();
    const body = JSON.stringify({ model: intent.model, messages: [{ role: 'user', content: 'Hello' }] });
    await (await router.fetch(`${provider.openaiBaseURL}/chat/completions`, { method: 'POST', body })).text();
    await (isRedirected ? intent.fail() : intent.succeed());
  }
  await router.flush();

  const again = routerOn(store).router;
  for (const each of [router, again]) {
    const [mini] = (await each.explain('work')).plans.flatMap(plan => plan.nodes);
    expect(mini).toMatchObject({ node: 'mini', visits: expect.closeTo(4, 1) as number });
    expect(mini?.success.value).toBeGreaterThan(0.7);
    expect(mini?.costUsd).toBeLessThan(0.01);
  }
  const [feature] = (await again.report()).features;
  // The plan’s own figures have what its intents cost and how they ended, whichever model served them.
  expect(feature).toMatchObject({ intents: 10, successes: 4, failures: 6 });
  expect(feature?.totalCost).toMatchObject({ spendUsd: '0.605208' });
  expect(feature === undefined ? [] : featureNotes(feature)).toContain(
    'mini was served by pro-1 in 6 of 10 visits, which count for neither of the two models.',
  );
  expect(faults).toMatchObject([{ where: 'price', error: { path: 'models.mini.servedAs' } }]);
  expect(await rebuildCells(store, 'work')).toMatchObject({ corrected: 0 });
});

test('a name that another model always answers is an alias: the router learns about that model, also after a restart', async () => {
  const store = memory();
  const { router } = routerOn(store);
  for (let i = 0; i < 12; i++) {
    provider.reply({ text: 'Hi', tokens: { input: 1_000, output: 1 }, served: { model: 'pro-1' } });
    const intent = router.feature('work').intent();
    const body = JSON.stringify({ model: intent.model, messages: [{ role: 'user', content: 'Hello' }] });
    await (await router.fetch(`${provider.openaiBaseURL}/chat/completions`, { method: 'POST', body })).text();
    await (i % 6 === 0 ? intent.fail() : intent.succeed());
  }
  await router.flush();
  for (const each of [router, routerOn(store).router]) {
    const [mini] = (await each.explain('work')).plans.flatMap(plan => plan.nodes);
    expect(mini).toMatchObject({ node: 'mini', visits: expect.closeTo(12, 1) as number });
    expect(mini?.success.value).toBeGreaterThan(0.7);
  }
});
