/** Two configured models with one provider model: what is sent, recorded and learned for each, with the official clients over HTTP. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';
import { chat, scriptedServer } from '../support/scripted-server.ts';

const open: (FakeProvider | ScriptedServer)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const messages = [{ role: 'user' as const, content: 'Hello' }];
const price = { input: '1', output: '2' };

async function provider(): Promise<FakeProvider> {
  const fake = await startFakeProvider({ models: { 'gpt-5': { price }, 'claude-opus-4-6': { price } } });
  open.push(fake);
  return fake;
}

/** A router of one feature, whose intents get the first candidate. */
function routerOf(models: Readonly<Record<string, ModelConfig>>) {
  const store = memory();
  const faults: Fault[] = [];
  const names = Object.keys(models) as [string, ...string[]];
  const router = createRouterOn(testRuntime(), {
    models,
    features: { f: { candidates: names, failureCostUsd: 15, policy: fixed(names[0]), retries: 0 } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  return { router, store, faults, model: router.feature('f').model };
}

test('a model’s configured parameters replace the caller’s in both of OpenAI’s APIs', async () => {
  const fake = await provider();
  const { router, model } = routerOf({
    low: { provider: 'openai', model: 'gpt-5', params: { effort: 'low', maxOutputTokens: 200 } },
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  await openai.chat.completions.create({ model, messages, reasoning_effort: 'high' });
  await openai.responses.create({ model, input: 'Hi', reasoning: { effort: 'high', summary: 'auto' } });
  const bodies = fake.requests().map(({ body }) => body);
  expect(bodies[0]).toMatchObject({ model: 'gpt-5', reasoning_effort: 'low', max_completion_tokens: 200 });
  expect(bodies[1]).toMatchObject({ reasoning: { effort: 'low', summary: 'auto' }, max_output_tokens: 200 });
});

test('a model’s configured parameters replace the caller’s at Anthropic, and a token count is sent without them', async () => {
  const fake = await provider();
  const { router, model } = routerOf({
    low: { provider: 'anthropic', model: 'claude-opus-4-6', params: { effort: 'low' } },
  });
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
  await anthropic.messages.create({ model, max_tokens: 100, messages });
  await anthropic.messages.countTokens({ model, messages });
  const [body, counted] = fake.requests().map(request => request.body);
  expect(counted).toEqual({ model: 'claude-opus-4-6', messages });
  expect(body).toMatchObject({ output_config: { effort: 'low' }, thinking: { type: 'adaptive' }, max_tokens: 100 });
});

test('a receipt names the caller’s fields that a model’s configured parameters exclude, even in the client’s own API', async () => {
  const fake = await provider();
  const { router, model } = routerOf({
    think: { provider: 'anthropic', model: 'claude-opus-4-6', params: { effort: 'low', body: { metadata: null } } },
  });
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
  const asked = { model, max_tokens: 100, messages };
  const droppedOf = async (more: object): Promise<unknown> =>
    router.receipt(await anthropic.messages.create({ ...asked, ...more }))?.dropped;
  const named = (path: string) => ({ path, mark: 'preference', reason: expect.any(String) as string });

  expect(await droppedOf({})).toBeUndefined();
  expect(await droppedOf({ temperature: 0.2, metadata: { user_id: 'u' }, top_p: 1 })).toEqual({
    think: [named('temperature'), named('metadata')],
  });
  const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
  expect(await droppedOf({ tools, tool_choice: { type: 'any' } })).toEqual({ think: [named('thinking')] });
  expect(fake.requests().map(({ body }) => Object.keys(body).toSorted())).toEqual([
    ['max_tokens', 'messages', 'model', 'output_config', 'thinking'],
    ['max_tokens', 'messages', 'model', 'output_config', 'thinking', 'top_p'],
    ['max_tokens', 'messages', 'model', 'output_config', 'tool_choice', 'tools'],
  ]);
});

test('a receipt says that the caller’s token limit leaves a model no tokens for thinking', async () => {
  const fake = await provider();
  const { router, model } = routerOf({
    think: { provider: 'anthropic', model: 'claude-opus-4-6', params: { thinkingBudget: 4_000 } },
  });
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
  const droppedOf = async (limit: number): Promise<unknown> =>
    router.receipt(await anthropic.messages.create({ model, max_tokens: limit, messages }))?.dropped;

  expect(await droppedOf(10_000)).toBeUndefined();
  expect(await droppedOf(1_000)).toEqual({ think: [expect.objectContaining({ path: 'thinking' })] });
  expect(fake.requests().map(({ body }) => body['thinking'])).toEqual([
    { type: 'enabled', budget_tokens: 4_000 },
    { type: 'disabled' },
  ]);
});

test('a receipt, a record and the version name the model’s configured parameters', async () => {
  const fake = await provider();
  const { router, store, model } = routerOf({
    low: { provider: 'openai', model: 'gpt-5', params: { effort: 'low' } },
    high: { provider: 'openai', model: 'gpt-5', params: { effort: 'high' } },
    plain: { provider: 'openai', model: 'gpt-5' },
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const reply = await openai.chat.completions.create({ model, messages });
  expect(router.receipt(reply)?.attempts).toMatchObject([
    { model: 'low', providerModel: 'gpt-5', params: 'effort=low' },
  ]);
  await router.flush();
  const [decided] = await Array.fromAsync(store.scan());
  expect(decided).toMatchObject({
    versions: {
      low: expect.stringMatching(/^gpt-5\(effort=low\)@/) as string,
      high: expect.stringMatching(/^gpt-5\(effort=high\)@/) as string,
      plain: expect.stringMatching(/^gpt-5@/) as string,
    },
  });
});

test('a model that is refused for its configured parameters is skipped, and another one with the same provider model continues', async () => {
  const server = await scriptedServer([
    (request, response) => {
      if (request.body['reasoning_effort'] !== 'xhigh') return chat('hello')(request, response);
      const error = {
        message:
          "Unsupported value: 'xhigh' is not supported with the 'm-1' model. Supported values are: 'low' and 'high'.",
        type: 'invalid_request_error',
        param: 'reasoning_effort',
        code: 'unsupported_value',
      };
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    },
  ]);
  open.push(server);
  const at = { provider: 'openai', model: 'm-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } as const;
  const { router, model, faults } = routerOf({
    most: { ...at, params: { effort: 'xhigh' } },
    high: { ...at, params: { effort: 'high' } },
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, maxRetries: 0 }));
  for (let call = 0; call < 3; call++) {
    const reply = await openai.chat.completions.create({ model, messages });
    expect(router.receipt(reply)?.model).toBe('high');
  }
  expect(server.received.map(({ body }) => body['reasoning_effort'])).toEqual(['xhigh', 'high', 'high', 'high']);
  // The code that reports a limit is loaded with the first limit, so the fault comes a little later.
  await expect
    .poll(() => faults.map(({ error }) => (error as Error).message), { interval: 1 })
    .toEqual([expect.stringContaining('requests with `reasoning_effort: "xhigh"` go to other candidates')]);
});

test('faults of a model open no circuit of another one with the same provider model: their time limits and tiers differ', async () => {
  const server = await scriptedServer([
    (request, response) => {
      if (request.body['service_tier'] === 'flex') response.writeHead(429).end('{}');
      else chat('hello')(request, response);
    },
  ]);
  open.push(server);
  const at = { provider: 'openai', model: 'm-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } as const;
  const { router, model } = routerOf({ flex: { ...at, params: { serviceTier: 'flex' } }, standard: at });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, maxRetries: 0 }));
  for (let call = 0; call < 7; call++) await openai.chat.completions.create({ model, messages });
  const tiers = server.received.map(({ body }) => body['service_tier'] ?? 'standard');
  expect(tiers.slice(-2)).toEqual(['standard', 'standard']);
  expect(tiers.filter(tier => tier === 'flex')).toHaveLength(5);
});

test('a function of `run` receives the parameters of the model that it should call', async () => {
  const { router } = routerOf({ low: { provider: 'openai', model: 'gpt-5', params: { effort: 'low' } } });
  const { value } = await router.run('f', async ({ params }) => ({ value: params, costUsd: 0 }));
  expect(value).toEqual({ effort: 'low' });
});
