/** With its default settings, a wrapped client does what it did before for every call whose model does not name a feature. */
import Anthropic from '@anthropic-ai/sdk';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { describe, expect, test } from 'vitest';
import type { WrappableClient } from '../../src/clients/wrap.ts';
import { createRouter } from '../../src/create-router.ts';
import { errorFacts } from '../support/drop-in.ts';
import type { Answer } from '../support/scripted-server.ts';
import { json, reset, scriptedServer, status } from '../support/scripted-server.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];
const soon = { 'retry-after-ms': '1' };
const answer = json({ id: 'reply', object: 'list', data: [], choices: [], content: [] });

/** What is done with the client, and whether it fails. */
interface Call<Client> {
  readonly name: string;
  readonly script: readonly Answer[];
  readonly requests: number;
  readonly call: (client: Client) => Promise<unknown>;
}

const chat = async (client: OpenAI): Promise<unknown> => client.chat.completions.create({ model: 'gpt-5', messages });

const OPENAI_CALLS: readonly Call<OpenAI>[] = [
  { name: 'a chat completion after one 503', script: [status(503, soon), answer], requests: 2, call: chat },
  { name: 'a chat completion after a lost connection', script: [reset, answer], requests: 2, call: chat },
  { name: 'a chat completion after three failures', script: [status(500, soon)], requests: 3, call: chat },
  { name: 'a refused chat completion', script: [status(400)], requests: 1, call: chat },
  {
    name: 'embeddings after one 503',
    script: [status(503, soon), answer],
    requests: 2,
    call: async client => client.embeddings.create({ model: 'e', input: 'Hello', encoding_format: 'float' }),
  },
  {
    name: 'a list of models after two 429',
    script: [status(429, soon), status(429, soon), answer],
    requests: 3,
    call: async client => (await client.models.list()).data,
  },
  {
    name: 'an uploaded file',
    script: [answer],
    requests: 1,
    call: async client => client.files.create({ file: new File(['text'], 'a.txt'), purpose: 'assistants' }),
  },
];

const message = async (client: Anthropic): Promise<unknown> =>
  client.messages.create({ model: 'claude-opus-4-8', max_tokens: 9, messages });

const ANTHROPIC_CALLS: readonly Call<Anthropic>[] = [
  {
    name: 'a message after two 529',
    script: [status(529, soon), status(529, soon), answer],
    requests: 3,
    call: message,
  },
  { name: 'a message after a lost connection', script: [reset, answer], requests: 2, call: message },
  { name: 'a message after three failures', script: [status(500, soon)], requests: 3, call: message },
  { name: 'a refused message', script: [status(400)], requests: 1, call: message },
  {
    name: 'a list of models after one 429',
    script: [status(429, soon), answer],
    requests: 2,
    call: async client => (await client.models.list()).data,
  },
  {
    name: 'a message that may take longer than ten minutes',
    script: [answer],
    requests: 0,
    call: async client => client.messages.create({ model: 'claude-opus-4-8', max_tokens: 60_000, messages }),
  },
];

const router = createRouter({
  models: { mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
  features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
});

/** What the call returned or threw, and the requests that the server received. */
async function outcome<Client>(make: (url: string) => Client, { script, call }: Call<Client>): Promise<unknown> {
  const server = await scriptedServer(script);
  const result = await call(make(server.url)).then(
    value => ({ value }),
    (error: unknown) => ({ error: errorFacts(error) }),
  );
  await server.close();
  const requests = server.received.map(({ path, body, headers }) => ({ path, body, headers: ownHeaders(headers) }));
  return { result, requests };
}

/** The headers without those that differ from connection to connection and from form to form. */
function ownHeaders(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const volatile = ['host', 'content-length', 'content-type', 'idempotency-key'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !volatile.includes(name)));
}

async function expectSame<Client extends WrappableClient>(make: (url: string) => Client, work: Call<Client>) {
  const [wrapped, raw] = await Promise.all([outcome(url => router.wrap(make(url)), work), outcome(make, work)]);
  expect(wrapped).toEqual(raw);
  expect((raw as { readonly requests: readonly unknown[] }).requests).toHaveLength(work.requests);
}

describe.concurrent.each([
  ['newest', OpenAI],
  ['oldest', OpenAIOldest as unknown as typeof OpenAI],
])('the %s openai client', (_, SDK) => {
  test.each(OPENAI_CALLS)('$name: results, errors and requests are those of the client alone', async work => {
    await expectSame(url => new SDK({ apiKey: 'k', baseURL: `${url}/v1`, logLevel: 'off' }), work);
  });

  test('the retries of an untouched call stay what the application set', () => {
    expect(router.wrap(new SDK({ apiKey: 'k', maxRetries: 5 })).maxRetries).toBe(5);
    expect(router.wrap(new SDK({ apiKey: 'k' })).maxRetries).toBe(2);
  });
});

describe.concurrent.each([
  ['newest', Anthropic],
  ['oldest', AnthropicOldest as unknown as typeof Anthropic],
])('the %s Anthropic client', (_, SDK) => {
  test.each(ANTHROPIC_CALLS)('$name: results, errors and requests are those of the client alone', async work => {
    await expectSame(url => new SDK({ apiKey: 'k', baseURL: url, logLevel: 'off' }), work);
  });
});
