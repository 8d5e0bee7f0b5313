/** A feature with candidates that none of its clients can reach, and the warning that the application gets. */
import { expect, test } from 'vitest';
import type { Fault } from '../../src/contracts/observer.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini', params: { effort: 'low' } },
  opus: { provider: 'anthropic', model: 'claude-opus-4-8' },
  keyed: { provider: 'anthropic', model: 'claude-opus-4-8', apiKey: 'k' },
} as const;

function routerWith(candidates: readonly ['mini', 'opus' | 'keyed']) {
  const faults: Fault[] = [];
  const router = createRouterOn(testRuntime(), {
    models,
    features: { f: { candidates, failureCostUsd: 1 } },
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  return { router, faults };
}

test('observers are notified once at the start which candidates a client does not reach, and not at all if one client reaches all', async () => {
  const { faults } = routerWith(['mini', 'opus']);
  await expect.poll(() => faults.length).toBe(1);
  expect(faults).toMatchObject([{ where: 'wire', feature: 'f' }]);
  expect(String(faults[0]?.error)).toMatch(/models\.opus\.apiKey/);
  expect(routerWith(['mini', 'keyed']).faults).toEqual([]);
});

test('an explanation lists for every plan the clients that reach it, and a report describes each candidate', async () => {
  const { router } = routerWith(['mini', 'keyed']);
  const { plans, notes } = await router.explain('f');
  expect(plans.map(({ plan, clients }) => [plan, clients])).toEqual([
    ['mini', ['openai-chat', 'openai-responses']],
    ['keyed', ['openai-chat', 'openai-responses', 'anthropic-messages']],
  ]);
  expect(notes.join(' ')).toContain('A client of the anthropic-messages API does not reach mini');
  const { features } = await router.report();
  expect(features[0]?.candidates).toMatchObject([
    { model: 'mini', providerModel: 'gpt-5-mini', params: 'effort=low' },
    { model: 'keyed', clients: ['openai-chat', 'openai-responses', 'anthropic-messages'] },
  ]);
});
