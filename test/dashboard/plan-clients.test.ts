import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { configuredFeature } from '../../src/dashboard/plan-clients.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';

test('with a router, the plans of a feature of two vendors say which clients reach them; without one, they do not', async () => {
  const fake = await startFakeProvider({ models: { 'gpt-5-mini': { price: { input: '1', output: '2' } } } });
  const store = memory();
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      haiku: { provider: 'anthropic', model: 'claude-haiku-4-5' },
    },
    features: { f: { candidates: ['mini', 'haiku'], failureCostUsd: 1 } },
    store,
    observers: [{ name: 'none', faulted: () => {} }],
  });
  const client = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL }));
  await client.chat.completions.create({
    model: router.feature('f').model,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  await router.flush();
  const clientsIn = async (of: typeof router | undefined) => {
    const { explanations } = await ledgerView({ store, router: of, nowMs: Date.now, elapsedMs: () => 0 }).feature('f');
    return explanations[0]?.plans.map(({ plan, clients }) => [plan, clients]);
  };

  expect(await clientsIn(router)).toEqual([['mini', ['openai-chat', 'openai-responses']]]);
  expect(await clientsIn(undefined)).toEqual([['mini', undefined]]);
  await router.close();
  await fake.close();
});

test('a feature that the router does not have is shown without clients', async () => {
  const explain = async (): Promise<never> => {
    throw new Error('no such feature');
  };
  expect(await configuredFeature({ explain }, 'former')).toBeUndefined();
});
