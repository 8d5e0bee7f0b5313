import { expect, test } from 'vitest';
import { renderExplanation } from '../../../src/cli/text/explain-text.ts';
import { createRouter } from '../../../src/create-router.ts';

test('a policy without stated probabilities shows a dash in their place, and notes are below the plans', async () => {
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
    features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 1 } },
  });
  const explanation = await router.explain('f');
  await router.close();
  const [first = expect.unreachable(), ...others] = explanation.plans;
  const { share: _, ...without } = first;
  const text = renderExplanation({ ...explanation, plans: [without, ...others], notes: ['A note.'], segments: [] });
  expect(text).toMatch(/│ mini +│ +– │/);
  expect(text.indexOf('A note.')).toBeGreaterThan(text.lastIndexOf('│'));
  expect(text).not.toContain('Other segments');
});

test('where some clients do not reach every plan, a column lists the clients that reach each plan', async () => {
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      haiku: { provider: 'anthropic', model: 'claude-haiku-4-5', apiKey: 'sk-endpoint' },
    },
    features: { f: { candidates: ['mini', 'haiku'], failureCostUsd: 1 } },
  });
  const explanation = await router.explain('f');
  await router.close();
  const text = renderExplanation({ ...explanation, segments: [] });
  expect(text).toMatch(/│ mini .*│ openai-chat, openai-responses +│/);
  expect(text).toMatch(/│ haiku .*│ openai-chat, openai-responses, anthropic-messages +│/);
  const plans = explanation.plans.map(({ clients: _, ...plan }) => plan);
  expect(renderExplanation({ ...explanation, plans, segments: [] })).not.toContain('Clients');
});
