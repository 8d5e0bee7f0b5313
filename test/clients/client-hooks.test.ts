import Anthropic from '@anthropic-ai/sdk';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouterOn } from '../../src/router.ts';
import type { Feature, Routed, Script } from '../support/routed.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat, chatStream, hang, json, reset, status } from '../support/scripted-server.ts';

afterEach(closeAll);

const messages = [{ role: 'user' as const, content: 'Hello' }];
const call = { model: 'feature:support', messages };

const png = new File(['x'], 'x.png', { type: 'image/png' });
const batch = new File([JSON.stringify({ custom_id: '1', body: call })], 'x.jsonl');

type Options = NonNullable<ConstructorParameters<typeof OpenAI>[0]>;

/** A routed client of a scripted server. Its log is off, because it would print the faults. */
async function client(SDK: typeof OpenAI, script: Script, options: Options = {}, feature: Feature = {}) {
  const it = await routed(script, feature);
  const own = { apiKey: 'k', baseURL: `${it.server.url}/v1`, logLevel: 'off', ...options } as const;
  return { it, openai: it.router.wrap(new SDK(own)) };
}

const statuses = async (it: Routed): Promise<readonly string[]> => (await it.attempts()).map(attempt => attempt.status);

describe.each([
  ['newest', OpenAI],
  ['oldest', OpenAIOldest as unknown as typeof OpenAI],
])('a routed call of the %s openai client', (_, SDK) => {
  test('the client’s timeout limits one attempt, and a retry answers', async () => {
    const { it, openai } = await client(SDK, [hang, chat('hi')], { timeout: 60 });
    expect((await openai.chat.completions.create(call)).choices[0]?.message.content).toBe('hi');
    expect(await statuses(it)).toEqual(['timeout', 'ok']);
  });

  test('the timeout of one request limits its attempts, and the next model answers', async () => {
    const { it, openai } = await client(SDK, { 'mini-1': [hang], 'premium-1': [chat('hi')] }, {}, { retries: 0 });
    expect((await openai.chat.completions.create(call, { timeout: 60 })).model).toBe('premium-1');
    expect(await statuses(it)).toEqual(['timeout', 'ok']);
  });

  test('a call whose every attempt timed out fails with the client’s own timeout error', async () => {
    const { it, openai } = await client(SDK, [hang], { timeout: 40, maxRetries: 5 }, { retries: 0 });
    await expect(openai.chat.completions.create(call)).rejects.toBeInstanceOf(SDK.APIConnectionTimeoutError);
    expect(await statuses(it)).toEqual(['timeout', 'timeout']);
  });

  test('the timeout of a stream ends at its headers', async () => {
    const late = chatStream(['Hel', 'lo']);
    const { it, openai } = await client(SDK, [
      (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        setTimeout(
          () =>
            late(request, {
              writeHead() {},
              write: response.write.bind(response),
              end: response.end.bind(response),
            } as never),
          200,
        );
      },
    ]);
    const stream = await openai.chat.completions.create({ ...call, stream: true }, { timeout: 60, maxRetries: 0 });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello');
    expect(await statuses(it)).toEqual(['ok']);
  });

  test.each([
    ['of the request', {}, { maxRetries: 0 }],
    ['of the client', { maxRetries: 0 }, {}],
  ])('`maxRetries: 0` %s means one request for each candidate', async (__, options, own) => {
    const { it, openai } = await client(SDK, [status(429)], options);
    await expect(openai.chat.completions.create(call, own)).rejects.toBeInstanceOf(SDK.RateLimitError);
    expect(it.server.models).toEqual(['mini-1', 'premium-1']);
  });

  test('a call that the router has given up is not sent again by the client', async () => {
    const { it, openai } = await client(SDK, [status(503)], {}, { retries: 1 });
    const error: unknown = await openai.chat.completions.create(call).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ status: 503 });
    expect(it.server.models).toHaveLength(4);
    expect((await it.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
  });

  test('a lost connection is not tried again by the client once the router has given up', async () => {
    const { it, openai } = await client(SDK, [reset], {}, { retries: 0 });
    await expect(openai.chat.completions.create(call)).rejects.toBeInstanceOf(SDK.APIConnectionError);
    expect(it.server.models).toHaveLength(2);
  });

  test('a retry carries the client’s current token', async () => {
    let tokens = 0;
    const apiKey = async (): Promise<string> => `token-${tokens++}`;
    const { it, openai } = await client(SDK, [status(503), chat('hi')], { apiKey });
    await openai.chat.completions.create(call);
    expect(it.server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);
    expect(it.server.received.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1']);
  });

  test('a retry keeps the earlier headers if the client cannot write them again', async () => {
    let tokens = 0;
    const apiKey = async (): Promise<string> => {
      if (tokens++ > 0) throw new Error('no token');
      return 'token-0';
    };
    const { it, openai } = await client(SDK, [status(503), chat('hi')], { apiKey });
    await openai.chat.completions.create(call);
    expect(it.server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-0',
    ]);
  });

  test('a copy of the client keeps its limits', async () => {
    const { it, openai } = await client(SDK, [hang], {}, { retries: 0 });
    const copy = openai.withOptions({ timeout: 40 });
    await expect(copy.chat.completions.create(call)).rejects.toBeInstanceOf(SDK.APIConnectionTimeoutError);
    expect(await statuses(it)).toEqual(['timeout', 'timeout']);
  });

  test('a client that signs the body is refused before anything is sent', async () => {
    class Signing extends SDK {
      protected override async prepareRequest(request: RequestInit): Promise<void> {
        (request.headers as Headers).set('authorization', 'AWS4-HMAC-SHA256 Credential=k');
      }
    }
    const { it, openai } = await client(Signing, [chat('hi')]);
    await expect(openai.chat.completions.create(call)).rejects.toMatchObject({ code: 'unsupported-client' });
    expect(it.server.received).toEqual([]);
  });

  test.each([
    ['embeddings', async (openai: OpenAI) => openai.embeddings.create({ model: call.model, input: 'Hello' })],
    ['legacy completions', async (openai: OpenAI) => openai.completions.create({ model: call.model, prompt: 'Hello' })],
    ['images', async (openai: OpenAI) => openai.images.generate({ model: call.model, prompt: 'a cat' })],
    ['image edits', async (openai: OpenAI) => openai.images.edit({ model: call.model, prompt: 'a cat', image: png })],
    ['a batch file', async (openai: OpenAI) => openai.files.create({ purpose: 'batch', file: batch })],
    ['the description of a model', async (openai: OpenAI) => openai.models.retrieve(call.model)],
  ])('a slot as the model of %s is a RouterError at once', async (__, ask) => {
    const { it, openai } = await client(SDK, [chat('hi')]);
    await expect(ask(openai)).rejects.toMatchObject({ name: 'RouterError' });
    expect(it.server.received).toEqual([]);
  });

  test('a misspelt feature is a RouterError at once, and nothing is sent', async () => {
    const { it, openai } = await client(SDK, [chat('hi')], { maxRetries: 5 });
    const asked = openai.chat.completions.create({ ...call, model: 'feature:suport' });
    await expect(asked).rejects.toMatchObject({ name: 'RouterError', code: 'unknown-feature' });
    expect(it.server.received).toEqual([]);
  });
});

test('with the newest openai client the timeout of a plain request covers the body, as without a router', async () => {
  const { it, openai } = await client(
    OpenAI,
    {
      'mini-1': [(_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
      'premium-1': [chat('hi')],
    },
    { timeout: 60 },
    { retries: 0 },
  );
  expect((await openai.chat.completions.create(call)).model).toBe('premium-1');
  expect(await statuses(it)).toEqual(['timeout', 'ok']);
});

test.each([
  ['newest', Anthropic],
  ['oldest', AnthropicOldest as unknown as typeof Anthropic],
])('the %s Anthropic client hands over its timeout, its retries and its headers', async (_, SDK) => {
  const reply = { id: 'm', type: 'message', role: 'assistant', content: [], model: 'claude', stop_reason: 'end_turn' };
  const answer = json({ ...reply, usage: { input_tokens: 1, output_tokens: 1 } });
  const it = await routed([hang, status(529), answer]);
  const router = createRouterOn(it.runtime, {
    models: {
      claude: { provider: 'anthropic', model: 'claude-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
    },
    features: { support: { candidates: ['claude'], failureCostUsd: 15 } },
  });
  let number = 0;
  class Numbered extends SDK {
    protected override async prepareRequest(request: RequestInit): Promise<void> {
      (request.headers as Headers).set('x-number', String(++number));
    }
  }
  const anthropic = router.wrap(new Numbered({ apiKey: 'k', baseURL: it.server.url, timeout: 60, logLevel: 'off' }));
  const message = await anthropic.messages.create({ model: 'feature:support', max_tokens: 1, messages });
  expect(message.id).toBe('m');
  expect(router.receipt(message)?.attempts.map(attempt => attempt.status)).toEqual(['timeout', 'provider-fault', 'ok']);
  expect(it.server.received.map(({ headers }) => headers['x-number'])).toEqual(['1', '2', '3']);
});

test('a token that the provider no longer takes is renewed, as without a router', async () => {
  const reply = { id: 'm', type: 'message', role: 'assistant', content: [], model: 'claude', stop_reason: 'end_turn' };
  const it = await routed([status(401), json({ ...reply, usage: { input_tokens: 1, output_tokens: 1 } })]);
  const router = createRouterOn(it.runtime, {
    models: {
      claude: { provider: 'anthropic', model: 'claude-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
    },
    features: { support: { candidates: ['claude'], failureCostUsd: 15 } },
  });
  let tokens = 0;
  const credentials = async () => ({ token: `token-${tokens++}`, expiresAt: null });
  const anthropic = router.wrap(new Anthropic({ credentials, baseURL: it.server.url, logLevel: 'off' }));
  await anthropic.messages.create({ model: 'feature:support', max_tokens: 1, messages });
  expect(it.server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-0', 'Bearer token-1']);
});

test('a slot in a batch, or in a URL as Bedrock has it, is a RouterError at once', async () => {
  const it = await routed([chat('hi')]);
  class Bedrock extends Anthropic {
    override async buildRequest(options: Parameters<Anthropic['buildRequest']>[0], context?: { retryCount?: number }) {
      const { model, ...body } = options.body as { model: string };
      return super.buildRequest({ ...options, path: `/model/${encodeURIComponent(model)}/invoke`, body }, context);
    }
  }
  const options = { apiKey: 'k', baseURL: it.server.url, logLevel: 'off' } as const;
  const params = { model: 'feature:support', max_tokens: 1, messages };
  const bedrock = it.router.wrap(new Bedrock(options)).messages.create(params);
  await expect(bedrock).rejects.toMatchObject({ code: 'unsupported-client' });
  const { batches } = it.router.wrap(new Anthropic(options)).messages;
  await expect(batches.create({ requests: [{ custom_id: '1', params }] })).rejects.toMatchObject({
    code: 'invalid-value',
  });
  expect(it.server.received).toEqual([]);
});

describe('a call that is not routed', () => {
  const soon = { 'retry-after-ms': '1' };

  test.each([
    ['a failing status', [status(503, soon), chat('hi')], 2],
    ['a lost connection', [reset, chat('hi')], 2],
    ['two failing statuses', [status(429, soon), status(429, soon), chat('hi')], 3],
  ])('the client tries again by its own rules after %s', async (_, script, requests) => {
    const { it, openai } = await client(OpenAI, script);
    expect((await openai.chat.completions.create({ ...call, model: 'gpt-5' })).model).toBe('gpt-5');
    expect(it.server.received).toHaveLength(requests);
    expect(it.server.received.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(
      Array.from({ length: requests }, (__, index) => String(index)),
    );
    expect(await it.ledger()).toEqual([]);
  });

  test('the client also retries a call of an API that is not routed', async () => {
    const { it, openai } = await client(OpenAI, [status(503, soon), json({ object: 'list', data: [] })]);
    await openai.embeddings.create({ model: 'text-embedding-3', input: 'Hello', encoding_format: 'float' });
    expect(it.server.received).toHaveLength(2);
  });

  test('the Anthropic client tries again by its own rules', async () => {
    const reply = {
      id: 'm',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'claude',
      stop_reason: 'end_turn',
    };
    const it = await routed([status(529, soon), status(529, soon), json(reply)]);
    const anthropic = it.router.wrap(new Anthropic({ apiKey: 'k', baseURL: it.server.url, logLevel: 'off' }));
    await anthropic.messages.create({ model: 'claude', max_tokens: 1, messages });
    expect(it.server.received).toHaveLength(3);
  });

  test('the timeout of a call that is not routed is the client’s own', async () => {
    const { openai } = await client(OpenAI, [hang], { timeout: 40, maxRetries: 0 });
    const asked = openai.chat.completions.create({ ...call, model: 'gpt-5' });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });
});
