/** Keys and headers of endpoints of their own, with the official client over HTTP: each goes to its own endpoint alone. */
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, chatStream, scriptedServer, status } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

async function serverWith(answer: Answer): Promise<ScriptedServer> {
  const server = await scriptedServer([answer]);
  servers.push(server);
  return server;
}

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function routed(clientURL: string, models: Readonly<Record<string, Partial<ModelConfig>>>, { retries = 0 } = {}) {
  const faults: Fault[] = [];
  const names = Object.keys(models) as [string, ...string[]];
  const whole = Object.entries(models).map(([name, model]) => [
    name,
    { provider: 'openai', model: `${name}-1`, price, ...model },
  ]);
  const router = createRouterOn(testRuntime(), {
    models: Object.fromEntries(whole) as Record<string, ModelConfig>,
    features: { f: { candidates: names, failureCostUsd: 15, policy: fixed(names[0]), retries } },
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  const client = router.wrap(new OpenAI({ apiKey: 'sk-client', baseURL: clientURL, maxRetries: 0 }));
  const ask = async () =>
    client.chat.completions.create({ model: router.feature('f').model, messages: [{ role: 'user', content: 'Hi' }] });
  return { router, client, ask, faults };
}

test('every endpoint gets its own key and no other endpoint’s key, whichever endpoint answers', async () => {
  const [client, first, second] = await Promise.all([chat('c'), status(503), chat('b')].map(serverWith));
  const { ask } = routed(`${client?.url}/v1`, {
    a: { baseURL: `${first?.url}/v1`, apiKey: async () => 'sk-first' },
    b: { baseURL: `${second?.url}/v1`, apiKey: 'sk-second', headers: { 'x-team': 'b' } },
    c: {},
  });
  await ask();
  const headersOf = (server: ScriptedServer | undefined) =>
    JSON.stringify(server?.received.map(({ headers }) => headers));
  expect(headersOf(first)).toContain('Bearer sk-first');
  expect(headersOf(first)).not.toMatch(/sk-client|sk-second|x-team/);
  expect(headersOf(second)).toContain('Bearer sk-second');
  expect(headersOf(second)).toContain('x-team');
  expect(headersOf(second)).not.toMatch(/sk-client|sk-first/);
  expect(client?.received).toEqual([]);
});

/** Headers of a client for the gateway that it was made for. */
const OF_GATEWAY = {
  'x-gateway-pass': 'S3CRET-1',
  'cf-aig-authorization': 'S3CRET-2',
  'x-portkey-config': 'S3CRET-3',
  'x-tenant': 'S3CRET-4',
  baggage: 'user=S3CRET-5',
};

test.each([false, true])(
  'the headers for a client’s own gateway are sent only there, on every attempt (streamed: %s)',
  async stream => {
    const at = async (...answers: Answer[]) => {
      const server = await scriptedServer(answers);
      servers.push(server);
      return server;
    };
    const [gateway, first, second] = await Promise.all([
      at(status(503)),
      // A refused key is fetched again, for the same attempt.
      at(status(401), status(503)),
      at(status(401), stream ? chatStream(['c']) : chat('c')),
    ]);
    let keys = 0;
    const own = (server: ScriptedServer) => ({ baseURL: `${server.url}/v1`, apiKey: () => `sk-own-${keys++}` });
    const { client, router } = routed(`${gateway.url}/v1`, { a: own(first), b: {}, c: own(second) }, { retries: 2 });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const headers = { ...OF_GATEWAY, traceparent };
    const { model } = router.feature('f');
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    if (stream) await Array.fromAsync(await client.chat.completions.create({ model, messages, stream }, { headers }));
    else await client.chat.completions.create({ model, messages }, { headers });
    expect(gateway.received).toMatchObject([{ headers: { ...OF_GATEWAY, authorization: 'Bearer sk-client' } }]);
    const elsewhere = [...first.received, ...second.received];
    expect(elsewhere).toHaveLength(4);
    expect(JSON.stringify(elsewhere)).not.toMatch(/S3CRET|sk-client/);
    for (const received of elsewhere)
      expect(received).toMatchObject({ headers: { traceparent, 'x-stainless-lang': 'js' } });
  },
);

test('an endpoint that redirects does not take its key to another host', async () => {
  const thief = await serverWith(chat('stolen'));
  const endpoint = await serverWith((_, response) => {
    response.writeHead(307, { location: `${thief.url}/v1/chat/completions` }).end();
  });
  const { ask } = routed('http://127.0.0.1:9/v1', {
    a: { baseURL: `${endpoint.url}/v1`, headers: { 'api-key': 'sk-own' } },
  });
  await expect(ask()).rejects.toThrow('307');
  expect(thief.received).toEqual([]);
});

test('a redirect is a fault of its endpoint: another candidate answers at once', async () => {
  const endpoint = await serverWith((_, response) => void response.writeHead(308, { location: '/elsewhere' }).end());
  const other = await serverWith(chat('b'));
  const { ask, router } = routed('http://127.0.0.1:9/v1', {
    a: { baseURL: `${endpoint.url}/v1`, apiKey: 'sk-first' },
    b: { baseURL: `${other.url}/v1`, apiKey: 'sk-second' },
  });
  const reply = await ask();
  expect(reply.choices[0]?.message.content).toBe('b');
  expect(endpoint.received).toHaveLength(1);
  const { attempts } = router.receipt(reply) ?? {};
  expect(attempts).toMatchObject([
    { model: 'a', status: 'provider-fault', httpStatus: 308 },
    { model: 'b', status: 'ok' },
  ]);
});

test.each<readonly [string, Partial<ModelConfig>]>([
  [
    'throws',
    {
      apiKey: () => {
        throw new Error('no token');
      },
    },
  ],
  ['rejects', { headers: async () => Promise.reject(new Error('no token')) }],
  ['returns no key', { apiKey: () => '' }],
])(
  'if the function for a key %s, nothing more is sent to that account, and another candidate answers',
  async (_, keyless) => {
    const other = await serverWith(chat('b'));
    const { ask, router, faults } = routed('http://127.0.0.1:9/v1', {
      a: { baseURL: 'http://127.0.0.1:9/v1', ...keyless },
      b: { baseURL: `${other.url}/v1`, apiKey: 'sk-second' },
    });
    const first = await ask();
    const second = await ask();
    expect(router.receipt(first)?.attempts).toMatchObject([
      { model: 'a', status: 'refused' },
      { model: 'b', status: 'ok' },
    ]);
    expect(router.receipt(second)?.attempts).toMatchObject([{ model: 'b', status: 'ok' }]);
    expect(faults).toMatchObject([{ where: 'provider', error: { path: 'models.a' } }]);
  },
);

test('a function that fails, or returns no key, sends nothing, and its error does not quote the key', async () => {
  const endpoint = await serverWith(chat('a'));
  const own = { baseURL: `${endpoint.url}/v1` };
  const failing = routed('http://127.0.0.1:9/v1', {
    a: { ...own, apiKey: async () => Promise.reject(new Error('no token')) },
  });
  await expect(failing.ask()).rejects.toMatchObject({
    code: 'invalid-value',
    path: 'models.a.apiKey()',
    cause: { message: 'no token' },
  });
  const { ask, faults } = routed('http://127.0.0.1:9/v1', { a: { ...own, apiKey: () => 'sk-SE\nCRET' } });
  const error = await ask().catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('models.a.apiKey()');
  expect(`${String(error)} ${JSON.stringify(error)} ${JSON.stringify(faults)}`).not.toMatch(/SE.*CRET/s);
  expect(endpoint.received).toEqual([]);
});
