/** Unexpected replies of servers, as the client of another API reads them. */
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, expect, test } from 'vitest';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { body as sent, chat, chatChunk, chatStream, json, scriptedServer, sse } from '../support/scripted-server.ts';

/** Nothing in it says that it is a key. */
const KEY = 'oak birch elm';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

/** @param other the answer of a second candidate */
async function routed(answer: Answer, more: Partial<FeatureConfig<'m' | 'other'>> = {}, other?: Answer) {
  const server = await scriptedServer({ 'm-1': [answer], 'm-2': other === undefined ? [] : [other] });
  servers.push(server);
  const common = {
    provider: 'openai',
    baseURL: `${server.url}/v1`,
    apiKey: KEY,
    api: 'openai-chat',
    price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
  } as const;
  const attempts: Attempt[] = [];
  const faults: Fault[] = [];
  const router = createRouterOn(testRuntime(), {
    observers: [
      { name: 'test', attempted: ({ attempt }) => attempts.push(attempt), faulted: fault => faults.push(fault) },
    ],
    models: { m: { ...common, model: 'm-1' }, other: { ...common, model: 'm-2' } },
    features: {
      f: {
        candidates: ['m', ...(other === undefined ? [] : ['other' as const])],
        failureCostUsd: 1,
        policy: fixed('m'),
        retries: 0,
        ...more,
      },
    },
  });
  const anthropic = router.wrap(new Anthropic({ apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9', maxRetries: 0 }));
  const body = {
    model: router.feature('f').model,
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: 'Hi' }],
  };
  return { router, server, anthropic, body, attempts, faults };
}

test('if a server answers a request for a stream with JSON, the client still gets a stream', async () => {
  const { anthropic, body, router } = await routed(chat('hello'));
  const message = await anthropic.messages.stream(body).finalMessage();
  expect(message.content).toMatchObject([{ type: 'text', text: 'hello' }]);
  expect(router.receipt(message)?.attempts).toMatchObject([{ status: 'ok', usage: { input: 100, output: 10 } }]);
});

test('a translated response has the address that answered, also in a copy of it', async () => {
  const { anthropic, body, server } = await routed(chat('hello'));
  const response = await anthropic.messages.create(body).asResponse();
  const facts = ({ url, type, status, statusText, bodyUsed }: Response) => [url, type, status, statusText, bodyUsed];
  const expected = [`${server.url}/v1/chat/completions`, 'basic', 200, 'OK', false];
  expect(facts(response)).toEqual(expected);
  expect(response.clone().url).toBe(expected[0]);
  expect(await response.json()).toMatchObject({ type: 'message', content: [{ text: 'hello' }] });
});

test('if a server answers a plain request with a stream, the client still gets a plain reply', async () => {
  const { anthropic, body, router } = await routed(chatStream(['hel', 'lo']));
  const message = await anthropic.messages.create(body);
  expect(message.content).toMatchObject([{ type: 'text', text: 'hello' }]);
  expect(router.receipt(message)?.attempts).toMatchObject([{ status: 'ok' }]);
});

test('a held stream reaches the client complete, after its verdict', async () => {
  const { anthropic, body } = await routed(chatStream(['hel', 'lo']), {
    hold: 'until-verdict',
    checks: { empty: true },
  });
  const message = await anthropic.messages.stream(body).finalMessage();
  expect(message.content).toMatchObject([{ type: 'text', text: 'hello' }]);
});

test('an error inside a 200 is an error for the client too', async () => {
  const { anthropic, body } = await routed(json({ error: { message: 'The model is overloaded', code: 502 } }));
  await expect(anthropic.messages.create(body)).rejects.toMatchObject({
    status: 502,
    error: { error: { upstream: { status: 200 } } },
  });
});

test.each([
  [{ code: 429, message: 'up' }, 429, 'rate_limit_error'],
  [{ code: 'rate_limit_exceeded', message: 'Slow down.' }, 429, 'rate_limit_error'],
  [{ code: 529, message: 'up' }, 529, 'overloaded_error'],
  [{ code: 402, message: 'up' }, 402, 'billing_error'],
  [{ code: 'insufficient_quota', message: 'up' }, 429, 'billing_error'],
  [{ code: 'invalid_api_key', message: 'up' }, 401, 'authentication_error'],
  [{ code: 'context_length_exceeded', message: 'up' }, 400, 'invalid_request_error'],
  [{ message: 'boom' }, 502, 'api_error'],
])(
  'the error %j under a success status gets the HTTP status and the error type of its kind',
  async (error, status, type) => {
    for (const answer of [json({ error }), sent([sse({ error })])]) {
      const { anthropic, body } = await routed(answer);
      for (const stream of [false, true])
        await expect(anthropic.messages.create({ ...body, stream })).rejects.toMatchObject({
          status,
          error: { error: { type, upstream: { status: 200 } } },
        });
    }
  },
);

test('a stream that ends before any output is a broken stream for the client', async () => {
  const { anthropic, body } = await routed(sent([sse(chatChunk({ role: 'assistant' }))]), { release: 'output' });
  await expect(anthropic.messages.create({ ...body, stream: true })).rejects.toMatchObject({
    status: 502,
    error: { error: { type: 'api_error', message: 'The stream ended before the reply did.' } },
  });
});

/** The reply has usage, but nothing that is a message. */
const UNREADABLE = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm-1',
  choices: [{ index: 0, text: 'hello', finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 10 },
};

test('a reply that cannot be translated into the client’s API is paid for, and the error names the model and the field', async () => {
  const { anthropic, body, router, server, attempts, faults } = await routed(json(UNREADABLE), { retries: 2 });
  const error = await anthropic.messages.create(body).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 502 });
  expect(String(error)).toMatch(/"message":"models.m: .*choices\[0\].message/);
  expect(String(error)).not.toContain('hello');
  expect(server.received).toHaveLength(1);
  await router.flush();
  expect(attempts).toMatchObject([{ status: 'broken', usage: { input: 100, output: 10 }, costNanoUsd: 120_000 }]);
  expect(faults).toMatchObject([{ where: 'wire', error: { code: 'invalid-data' } }]);
});

test('a reply that cannot be translated into the client’s API is replaced by another candidate’s reply', async () => {
  const { anthropic, body, router } = await routed(json(UNREADABLE), {}, chat('hello'));
  const message = await anthropic.messages.create(body);
  expect(message.content).toMatchObject([{ type: 'text', text: 'hello' }]);
  expect(router.receipt(message)?.attempts).toMatchObject([
    { model: 'm', status: 'broken', usage: { input: 100 }, costNanoUsd: 120_000 },
    { model: 'other', status: 'ok' },
  ]);
});

test('an error never quotes the key of the endpoint: not in a reply, and not in the middle of a stream', async () => {
  const error = { error: { message: `${KEY} is over its limit`, code: 'quota' } };
  const plain = await routed(json(error));
  const whole = await plain.anthropic.messages.create(plain.body).then(() => '', String);
  expect(whole).toMatch(/… is over its limit/);
  const streamed = await routed((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(sse(CHUNK) + sse(error));
  });
  const events = streamed.anthropic.messages.create({ ...streamed.body, stream: true }).then(Array.fromAsync);
  const broken = await events.then(() => '', String);
  expect(broken).toMatch(/… is over its limit/);
  expect(whole + broken).not.toContain(KEY);
});

const CHUNK = {
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm-1',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'hel' }, finish_reason: null }],
};

test('a client that stops reading a translated stream also stops the server’s stream', async () => {
  let isClosed = false;
  const { anthropic, body } = await routed((_, response) => {
    response.on('close', () => (isClosed = true));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sse(CHUNK));
  });
  const stream = await anthropic.messages.create({ ...body, stream: true });
  for await (const event of stream) if (event.type === 'content_block_delta') break;
  await expect.poll(() => isClosed).toBe(true);
});

/** Calls the first tool of the request by the name that it has there. */
const callsTool: Answer = (request, response) => {
  const [tool] = request.body['tools'] as readonly { readonly function: { readonly name: string } }[];
  const called = { index: 0, id: 'a', type: 'function', function: { name: tool?.function.name, arguments: '{}' } };
  if (request.body['stream'] !== true) {
    const message = { role: 'assistant', content: null, tool_calls: [called] };
    json({ id: 'c', model: 'm-1', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })(request, response);
    return;
  }
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
  sent([sse(chatChunk({ tool_calls: [called] })), sse(chatChunk({}, end)), sse('[DONE]')])(request, response);
};

test('a client gets its own tool name back even if the model’s API needed a shorter one', async () => {
  const { anthropic, body, server } = await routed(callsTool);
  const name = `mcp__a_server__${'x'.repeat(80)}`;
  const asked = { ...body, tools: [{ name, input_schema: { type: 'object' as const } }] };
  for (const message of [await anthropic.messages.create(asked), await anthropic.messages.stream(asked).finalMessage()])
    expect(message.content).toMatchObject([{ type: 'tool_use', id: 'a', name }]);
  expect(JSON.stringify(server.received[0]?.body)).not.toContain(name);
});
