/** Where the host says in which region a model runs, and the reply does not. */
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, chatStream, json, scriptedServer, status } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

/** A client of this host, whose requests go to a server on loopback. */
async function clientOf(host: string, script: readonly Answer[], model: object = {}) {
  const server = await scriptedServer(script);
  servers.push(server);
  const store = memory();
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'mini-1', price, ...model } },
    features: { f: { candidates: ['mini'], failureCostUsd: 1, policy: fixed('mini'), retries: 0 } },
    store,
  });
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return globalThis.fetch(`${server.url}${pathname}${search}`, init);
  };
  const client = router.wrap(new OpenAI({ apiKey: 'sk', baseURL: `https://${host}/v1`, fetch }));
  const attempts = async (): Promise<readonly Attempt[]> => {
    await router.flush();
    return (await Array.fromAsync(store.scan())).flatMap(each => (each.kind === 'attempted' ? [each.attempt] : []));
  };
  return { client, attempts };
}

const ASK = { model: 'feature:f', messages: [{ role: 'user' as const, content: 'Hello' }] };

test.each([
  ['eu.api.openai.com', 'eu'],
  ['api.openai.com', undefined],
])('a reply of the host %s has its region, plain and streamed, reported and estimated', async (host, region) => {
  const { client, attempts } = await clientOf(host, [chat('a'), chatStream(['a']), chatStream(['a'], { cut: 1 })]);
  await client.chat.completions.create(ASK);
  await Array.fromAsync(await client.chat.completions.create({ ...ASK, stream: true }));
  await Array.fromAsync(await client.chat.completions.create({ ...ASK, stream: true })).catch(() => {});
  expect((await attempts()).map(attempt => attempt.region)).toEqual([region, region, region]);
});

test('if a model has its own address, that address decides the region', async () => {
  const { client, attempts } = await clientOf('eu.api.openai.com', [chat('a')], {
    baseURL: 'https://us.api.openai.com/v1',
  });
  await client.chat.completions.create(ASK);
  expect((await attempts()).map(({ region }) => region)).toEqual(['us']);
});

test('a refused request has no region: nothing is billed', async () => {
  const { client, attempts } = await clientOf('eu.api.openai.com', [status(400)]);
  await expect(client.chat.completions.create(ASK)).rejects.toThrow('400');
  expect((await attempts()).map(({ region }) => region)).toEqual([undefined]);
});

test('a background response keeps the region of its request, wherever it is retrieved', async () => {
  const reply = { id: 'resp_1', status: 'queued', output: [], usage: null };
  const finished = { ...reply, status: 'completed', usage: { input_tokens: 100, output_tokens: 10 } };
  const { client, attempts } = await clientOf('eu.api.openai.com', [json(reply), json(finished)]);
  await client.responses.create({ model: 'feature:f', input: 'Hello', background: true });
  await client.withOptions({ baseURL: 'https://api.openai.com/v1' }).responses.retrieve('resp_1');
  expect((await attempts()).map(({ region, usage }) => [region, usage.output])).toEqual([
    ['eu', 0],
    ['eu', 10],
  ]);
});

test.each([
  ['a multiplier for the region', { regions: { us: 1.1 } }, 'us', 2_475_000_000, 'reported'],
  ['no word of the region', {}, 'us', 2_250_000_000, 'estimated'],
  ['another region only', { regions: { eu: 1.1 } }, 'us', 2_250_000_000, 'estimated'],
])(
  'a call is priced by its region, or its cost is marked as priced without it: %s',
  async (_, more, region, costNanoUsd, provenance) => {
    const price = { inputUsdPerMillion: 1.25, outputUsdPerMillion: 10, ...more };
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 100_000 };
    const { client, attempts } = await clientOf(`${region}.api.openai.com`, [chat('a', usage)], { price });
    await client.chat.completions.create(ASK);
    const [attempt] = await attempts();
    expect(attempt).toMatchObject({ costNanoUsd, provenance, region });
    expect(attempt?.unpriced).toEqual(provenance === 'estimated' ? [`region "${region}"`] : undefined);
  },
);
