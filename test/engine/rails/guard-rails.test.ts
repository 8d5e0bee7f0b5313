import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { BudgetEvent, FeatureConfig } from '../../../src/config/application.ts';
import { RouterError } from '../../../src/errors.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { chat, scriptedServer } from '../../support/scripted-server.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const models = {
  mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1_000, outputUsdPerMillion: 0 } },
  premium: { provider: 'openai', model: 'premium-1', price: { inputUsdPerMillion: 10_000, outputUsdPerMillion: 0 } },
} as const;

/** A router whose mini succeeds never and whose premium always; a call costs $0.10 or $1. */
async function world(feature: Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>) {
  const server = await scriptedServer([chat('hi')]);
  open.push(server);
  const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 22, 12) });
  const events: BudgetEvent[] = [];
  const router = createRouterOn(runtime, {
    models,
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 0.01, ...feature } },
    store: memory(),
    onBudget: event => void events.push(event),
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1` }));
  async function intents(count: number): Promise<readonly string[]> {
    const from = server.models.length;
    for (let i = 0; i < count; i++) {
      const intent = router.feature('support').intent();
      const reply = await openai.chat.completions.create({ model: intent.model, messages: [] });
      await intent.outcome({ success: reply.model === 'premium-1' });
      runtime.advance(1_000);
    }
    return server.models.slice(from);
  }
  return { router, openai, intents, runtime, events, server };
}

const share = (models: readonly string[], model: string) =>
  models.filter(name => name === model).length / models.length;

test('without a rail failures this cheap go to the cheap model', async () => {
  const { intents } = await world({});
  await intents(100);
  expect(share(await intents(100), 'mini-1')).toBeGreaterThan(0.9);
});

test('a minimum success rate masks plans that do not reach it, whatever they save', async () => {
  const { intents } = await world({ minSuccessRate: 0.8 });
  await intents(100);
  expect(share(await intents(100), 'premium-1')).toBe(1);
});

describe('a spent budget', () => {
  const budget = { usd: 2, per: 'day', expectedIntents: 20 } as const;

  test("refuses new intents with `onLimit: 'refuse'`, and takes them again the next day", async () => {
    const { router, intents, runtime, openai } = await world({ budget: { ...budget, onLimit: 'refuse' } });
    router.feature('support').pin('premium');
    await intents(2);
    const error = await openai.chat.completions
      .create({ model: 'feature:support', messages: [] })
      .catch((caught: unknown) => (caught as Error).cause);
    expect(RouterError.isInstance(error) && error.code).toBe('budget-exhausted');
    expect(String(error)).toContain('features["support"].budget');
    runtime.advance(86_400_000);
    expect(await intents(1)).toHaveLength(1);
  });

  test("sends them to the cheapest plan with `onLimit: 'cheapest'`", async () => {
    const { router, intents } = await world({ failureCostUsd: 1_000, budget: { ...budget, onLimit: 'cheapest' } });
    router.feature('support').pin('premium');
    await intents(2);
    router.feature('support').pin(undefined);
    expect(await intents(10)).toEqual(Array(10).fill('mini-1'));
  });

  test("only tells with `onLimit: 'alert'`: at 80 % and at 100 %", async () => {
    const { router, intents, events } = await world({ budget: { ...budget, onLimit: 'alert' } });
    router.feature('support').pin('premium');
    expect(await intents(4)).toHaveLength(4);
    expect(events.map(event => [event.feature, event.threshold])).toEqual([
      ['support', 0.8],
      ['support', 1],
    ]);
  });
});

test('a model that is switched off is asked by nobody until it is switched on again', async () => {
  const { router, intents } = await world({});
  router.disable('mini');
  expect(await intents(20)).toEqual(Array(20).fill('premium-1'));
  router.enable('mini');
  expect(await intents(50)).toContain('mini-1');
  expect(() => router.disable('huge' as never)).toThrow(RouterError);
});

test('a pin decides with certainty and says so', async () => {
  const { router, openai } = await world({});
  router.feature('support').pin('premium');
  const reply = await openai.chat.completions.create({ model: 'feature:support', messages: [] });
  expect(router.receipt(reply)).toMatchObject({ plan: ['premium'], propensity: 1, reason: 'pinned by an operator' });
  expect(() => router.feature('support').pin('huge' as never)).toThrow(RouterError);
});

test('a reset forgets what was learnt: both models are tried again', async () => {
  const { router, intents } = await world({ failureCostUsd: 15 });
  await intents(200);
  expect(share(await intents(60), 'premium-1')).toBeGreaterThan(0.95);
  await router.feature('support').reset();
  expect(await intents(30)).toContain('mini-1');
});
