/** Keys that expire: the function for one is asked again before its account is left alone. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, scriptedServer } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

const OLD = 'sk-token-old';

/** Refuses keys that begin with the old one, and quotes them. */
const refusesOld: Answer = (request, response) => {
  const { authorization = '' } = request.headers;
  if (!authorization.startsWith(`Bearer ${OLD}`)) return chat('hi')(request, response);
  const message = `Incorrect API key provided: ${authorization}`;
  const error = { message, type: 'invalid_request_error', code: 'invalid_api_key' };
  response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
};

async function routed(apiKey: ModelConfig['apiKey']) {
  const server = await scriptedServer([refusesOld]);
  servers.push(server);
  const faults: Fault[] = [];
  const router = createRouterOn(testRuntime(), {
    models: {
      m: {
        provider: 'openai',
        model: 'm-1',
        api: 'openai-chat',
        baseURL: `${server.url}/v1`,
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
        ...(apiKey !== undefined && { apiKey }),
      },
    },
    features: { f: { candidates: ['m'], failureCostUsd: 1, retries: 0 } },
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  const client = { apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 };
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const { model } = router.feature('f');
  return {
    router,
    faults,
    askOpenai: async () => router.wrap(new OpenAI(client)).chat.completions.create({ model, messages }),
    askAnthropic: async () => router.wrap(new Anthropic(client)).messages.create({ model, max_tokens: 10, messages }),
    keys: () => server.received.map(({ headers }) => headers['authorization']),
  };
}

test.each(['askOpenai', 'askAnthropic'] as const)(
  'an expired key is replaced by the next one of its function, and the refused request does not count as an attempt (%s)',
  async ask => {
    const keys = [OLD, 'sk-token-new'];
    const it = await routed(async () => keys.shift() ?? 'sk-token-newest');
    const reply = await it[ask]();
    expect(it.router.receipt(reply)?.attempts).toMatchObject([{ kind: 'first', status: 'ok' }]);
    expect(it.keys()).toEqual([`Bearer ${OLD}`, 'Bearer sk-token-new']);
    expect(it.faults).toEqual([]);
  },
);

test('if a second key is refused too, that is the provider’s answer, and no third key is asked for', async () => {
  let calls = 0;
  const it = await routed(() => `${OLD}-${++calls}`);
  const error = await it.askOpenai().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 401 });
  expect(String(error)).not.toContain(OLD);
  expect(it.keys()).toEqual([`Bearer ${OLD}-1`, `Bearer ${OLD}-2`]);
});

test.each([
  ['a text', OLD],
  ['of a function that fails the second time', undefined],
])('a refused key that is %s is sent once', async (_, apiKey) => {
  let calls = 0;
  const failing = (): string => {
    if (++calls > 1) throw new Error('no token');
    return OLD;
  };
  const it = await routed(apiKey ?? failing);
  await expect(it.askOpenai()).rejects.toMatchObject({ status: 401 });
  expect(it.keys()).toEqual([`Bearer ${OLD}`]);
});
