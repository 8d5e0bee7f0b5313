/** Tokens counted by a model of another API than the client speaks, with the official clients over HTTP. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { json, scriptedServer, status } from '../support/scripted-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async each => each.close()));
});

async function setUp(api: NonNullable<ModelConfig['api']>, ...answers: readonly Answer[]) {
  const server: ScriptedServer = await scriptedServer(answers);
  const router = createRouter({
    models: {
      other: {
        provider: api === 'anthropic-messages' ? 'anthropic' : 'openai',
        model: 'other-1',
        // Each vendor's client has its version in another place: the address of OpenAI ends with it.
        baseURL: api === 'anthropic-messages' ? server.url : `${server.url}/v1`,
        apiKey: 'sk-endpoint-key',
        api,
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
      },
    },
    features: { f: { candidates: ['other'], failureCostUsd: 1, policy: fixed('other') } },
  });
  opened.push(router, server);
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-client', baseURL: `${server.url}/client/v1`, maxRetries: 0 }));
  const anthropic = router.wrap(new Anthropic({ apiKey: 'sk-client', baseURL: `${server.url}/client`, maxRetries: 0 }));
  return { server, openai, anthropic };
}

const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];

test('an Anthropic client gets the count of OpenAI’s counter, in its own vendor’s form', async () => {
  const { server, anthropic } = await setUp(
    'openai-responses',
    json({ object: 'response.input_tokens', input_tokens: 7 }),
  );

  expect(await anthropic.messages.countTokens({ model: 'feature:f', system: 'Be kind.', messages: MESSAGES })).toEqual({
    input_tokens: 7,
  });
  expect(server.received).toMatchObject([
    {
      path: '/v1/responses/input_tokens',
      body: { model: 'other-1', instructions: 'Be kind.', input: MESSAGES },
      headers: { authorization: 'Bearer sk-endpoint-key' },
    },
  ]);
  expect(JSON.stringify(server.received)).not.toContain('sk-client');
  expect(server.received[0]?.body).not.toHaveProperty('store');
});

test('a client of OpenAI gets the count of Anthropic’s counter, also without `store: false`', async () => {
  const { server, openai } = await setUp('anthropic-messages', json({ input_tokens: 9 }));

  expect(await openai.responses.inputTokens.count({ model: 'feature:f', input: 'Hello' })).toEqual({
    object: 'response.input_tokens',
    input_tokens: 9,
  });
  expect(server.received).toMatchObject([{ path: '/v1/messages/count_tokens', body: { model: 'other-1' } }]);
  expect(server.received[0]?.body).not.toHaveProperty('max_tokens');
});

test.each([
  ['an API', 'openai-chat', []],
  ['an endpoint', 'openai-responses', [status(404)]],
  ['an endpoint that answers with something else', 'openai-responses', [json({ ok: true })]],
] as const)('%s without a counter is estimated, and the answer says so', async (_, api, answers) => {
  const { anthropic } = await setUp(api, ...answers);
  const { data, response } = await anthropic.messages
    .countTokens({ model: 'feature:f', messages: MESSAGES })
    .withResponse();

  expect(data.input_tokens).toBeGreaterThan(5);
  expect(response.headers.get('x-outcome-router-estimated')).toBe('1');
});

test('a refusal reaches the client in the shape of its own vendor', async () => {
  const { anthropic } = await setUp('openai-responses', status(400));
  const failed = anthropic.messages.countTokens({ model: 'feature:f', messages: MESSAGES });

  await expect(failed).rejects.toMatchObject({
    status: 400,
    error: { type: 'error', error: { upstream: { status: 400 } } },
  });
});

test('a request that the model cannot count is refused with the reason', async () => {
  const { anthropic } = await setUp('openai-responses');
  const body = { model: 'feature:f', messages: MESSAGES, tools: [{ type: 'web_search_20250305', name: 'web_search' }] };

  await expect(anthropic.messages.countTokens(body as never)).rejects.toThrow(/tools\[0\]/);
});

test('an estimate counts a picture as a picture, whatever the length of its base64', async () => {
  const { anthropic } = await setUp('openai-chat');
  const data = 'A'.repeat(1_400_000);
  const image = { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data } };
  const count = await anthropic.messages.countTokens({
    model: 'feature:f',
    messages: [{ role: 'user', content: [image, { type: 'text', text: 'Hi' }] }],
  });

  // The most that the vendor counts for an image.
  expect(count.input_tokens).toBeGreaterThan(1_568);
  expect(count.input_tokens).toBeLessThan(1700);
});

test('a candidate that has a counter comes before the estimate for one that has none', async () => {
  const server = await scriptedServer([json({ input_tokens: 7 })]);
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const at = { provider: 'openai', baseURL: `${server.url}/v1`, apiKey: 'sk-endpoint-key', price } as const;
  const router = createRouter({
    models: {
      none: { ...at, model: 'none-1', api: 'openai-chat' },
      counting: { ...at, model: 'counting-1', api: 'openai-responses' },
    },
    features: { f: { candidates: ['none', 'counting'], failureCostUsd: 1, policy: fixed('none') } },
  });
  opened.push(router, server);
  const anthropic = router.wrap(new Anthropic({ apiKey: 'sk-client', baseURL: server.url, maxRetries: 0 }));

  expect(await anthropic.messages.countTokens({ model: 'feature:f', messages: MESSAGES })).toEqual({ input_tokens: 7 });
  expect(server.models).toEqual(['counting-1']);
});
