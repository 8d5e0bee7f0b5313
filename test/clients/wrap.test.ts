import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { Fetch } from '../../src/clients/http-request.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat, status } from '../support/scripted-server.ts';

afterEach(closeAll);

const messages = [{ role: 'user' as const, content: 'Hello' }];

test('the client’s own fetch is called once per attempt', async () => {
  const it = await routed([status(500), chat('hi')]);
  const urls: string[] = [];
  const own: Fetch = async (input, init) => {
    urls.push(input instanceof Request ? input.url : String(input));
    return fetch(input, init);
  };
  const client = new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch: own });
  await it.router.wrap(client).chat.completions.create({ model: 'feature:support', messages });
  expect(urls).toEqual(Array.from({ length: 2 }, () => `${it.server.url}/v1/chat/completions`));
});

test('an attempt passes untouched through a fetch of the same router: one call is one attempt of one intent', async () => {
  const it = await routed([chat('hi')]);
  const { fetch } = it.router.feature('support');
  const client = it.router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch }));
  await client.chat.completions.create({ model: 'feature:support', messages });
  expect([it.server.models, await it.attempts()]).toMatchObject([['mini-1'], [{ model: 'mini' }]]);
  // Any other call of the client is the feature's, as before.
  await client.chat.completions.create({ model: 'gpt-5', messages });
  expect((await it.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(2);
});

test('the router retries a routed call, not the client: every request is an attempt in the ledger', async () => {
  const it = await routed([status(500)], { retries: 1 });
  const client = new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, maxRetries: 5 });
  await it.router
    .wrap(client)
    .chat.completions.create({ model: 'feature:support', messages })
    .catch(() => {});
  expect(it.server.received).toHaveLength(4);
  expect(await it.attempts()).toHaveLength(4);
  expect(it.server.received.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1', '2', '3']);
});

test('wrapping leaves the original client unchanged', async () => {
  const it = await routed([status(404)]);
  const client = new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, maxRetries: 3 });
  const wrapped = it.router.wrap(client);
  expect(wrapped).not.toBe(client);
  expect([client.maxRetries, wrapped.maxRetries]).toEqual([3, 3]);
  expect([wrapped.apiKey, wrapped.baseURL]).toEqual([client.apiKey, client.baseURL]);
  await client.chat.completions.create({ model: 'feature:support', messages }).catch(() => {});
  expect(it.server.models).toEqual(['feature:support']);
  expect(await it.attempts()).toEqual([]);
});

test('a wrapped client knows whether the application chose its timeout', async () => {
  const it = await routed([chat('hi')]);
  const wrapped = (options: object): Anthropic => it.router.wrap(new Anthropic({ apiKey: 'k', ...options }));
  expect([wrapped({}).timeout, wrapped({ timeout: 5_000 }).timeout]).toEqual([600_000, 5_000]);
  const long = { model: 'claude', max_tokens: 100_000, messages };
  // Without a time limit of its own, the client refuses a request that may take longer than the client's default.
  expect(() => wrapped({}).messages.create(long)).toThrow('Streaming is required');
});

test('a copy of a wrapped client is wrapped, also around another fetch', async () => {
  const it = await routed([chat('hi')]);
  const client = it.router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1` }));
  const urls: unknown[] = [];
  const own: Fetch = async (input, init) => {
    urls.push(input);
    return fetch(input, init);
  };
  for (const copy of [client.withOptions({ maxRetries: 1 }), client.withOptions({ fetch: own })])
    await copy.chat.completions.create({ model: 'feature:support', messages });
  expect(it.server.models).toEqual(['mini-1', 'mini-1']);
  expect(urls).toHaveLength(1);
});

test('a client that is wrapped twice is routed once, with its retries', async () => {
  const it = await routed([status(500), chat('hi')]);
  const client = it.router.wrap(it.router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1` })));
  await client.chat.completions.create({ model: 'feature:support', messages });
  expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['provider-fault', 'ok']);
});

test('a wrapped subclass keeps its methods', async () => {
  class OwnClient extends OpenAI {
    greet(): string {
      return 'hello';
    }
  }
  const it = await routed([chat('hi')]);
  expect(it.router.wrap(new OwnClient({ apiKey: 'k' })).greet()).toBe('hello');
});

test.each([
  ['an Azure client', () => new AzureOpenAI({ apiKey: 'k', endpoint: 'https://x.openai.azure.com', apiVersion: '1' })],
  ['something without withOptions', () => ({ chat: {} })],
  ['nothing', () => undefined],
])('%s is refused with the clients that are accepted', async (_, make) => {
  const it = await routed([]);
  expect(() => it.router.wrap(make() as never)).toThrow(
    expect.objectContaining({ code: 'unsupported-client', accepted: expect.stringContaining('client') }),
  );
});

test('the client’s headers reach the provider unchanged, for every API', async () => {
  const it = await routed([chat('hi')]);
  const openai = new OpenAI({ apiKey: 'k', organization: 'o', baseURL: `${it.server.url}/v1` });
  await it.router.wrap(openai).chat.completions.create({ model: 'feature:support', messages });
  expect(it.server.received[0]?.headers).toMatchObject({ authorization: 'Bearer k', 'openai-organization': 'o' });
  const anthropic = new Anthropic({ apiKey: 'k', baseURL: it.server.url });
  for (const client of [anthropic, it.router.wrap(anthropic)])
    await client.messages.create({ model: 'claude', max_tokens: 1, messages });
  const [direct, wrapped] = it.server.received.slice(1);
  expect(wrapped?.headers).toEqual(direct?.headers);
});
