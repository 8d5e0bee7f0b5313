/** Every endpoint of docs/endpoints.md: its path, its key, and usage as its vendor writes it, called by a client of either vendor. */
import Anthropic from '@anthropic-ai/sdk';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { ROOT } from '../../tools/sources.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';
import { chat, scriptedServer, sse } from '../support/scripted-server.ts';
import type { Dialect } from '../wires/usage-dialects.ts';
import { DIALECTS } from '../wires/usage-dialects.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

/** The endpoint's row in the documentation, the vendor whose usage format it has, and its error body for too many requests. */
const RECIPES: readonly (readonly [endpoint: string, vendor: string, error: unknown])[] = [
  ['Azure OpenAI (v1)', 'OpenAI', { error: { code: '429', message: 'slow down' } }],
  ['Amazon Bedrock, OpenAI’s API', 'Bedrock', { message: 'slow down' }],
  ['Vertex AI, OpenAI’s API', 'Vertex', [{ error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } }]],
  ['OpenRouter', 'OpenRouter', { error: { code: 429, message: 'slow down', metadata: { provider_name: 'x' } } }],
  ['Groq', 'Groq', { error: { message: 'slow down', type: 'tokens', code: 'rate_limit_exceeded' } }],
  ['Together', 'Together', { id: 'o', error: { message: 'slow down', type: 'rate_limit', param: null, code: null } }],
  ['vLLM', 'vLLM', { object: 'error', message: 'slow down', type: 'TooManyRequests', param: null, code: 429 }],
  ['Ollama', 'Ollama', { error: { message: 'slow down', type: 'api_error', param: null, code: null } }],
];

const ROWS = readFileSync(join(ROOT, 'docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| '))
  .map(line => line.split('|').map(cell => cell.trim().replaceAll("'", '’')));

/** The events of a stream that says its usage at the end. */
function streamed(usage: object): readonly object[] {
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'vendor/m-1' };
  const choice = (delta: object, finish_reason: string | null = null) => ({ index: 0, delta, finish_reason });
  return [
    { ...chunk, choices: [choice({ role: 'assistant', content: 'hel' })] },
    { ...chunk, choices: [choice({ content: 'lo' })] },
    { ...chunk, choices: [choice({}, 'stop')] },
    { ...chunk, choices: [], usage },
  ];
}

function baseOf(endpoint: string): URL {
  const [, , , baseURL = ''] = ROWS.find(([, name]) => name === endpoint) ?? [];
  return new URL(baseURL.replaceAll('`', '').replaceAll(/[A-Z]{4,}/g, word => word.toLowerCase()));
}

/** A vendor without an entry of its own sends OpenAI's. */
function dialectOf(vendor: string): Dialect {
  const isChat = ({ api }: Dialect): boolean => api === 'chat';
  return (DIALECTS.find(each => isChat(each) && each.vendor.startsWith(vendor)) ?? DIALECTS.find(isChat)) as Dialect;
}

describe.each(RECIPES)('%s', (endpoint, vendor, error) => {
  /** @param refusals how many requests get the error for too many requests */
  async function routed(refusals = 0) {
    const { usage, reply } = dialectOf(vendor);
    let keys = 0;
    const server = await scriptedServer([
      (request, response) => {
        if (request.path !== `${baseOf(endpoint).pathname}/chat/completions`) return void response.writeHead(404).end();
        if (server.received.length <= refusals) {
          const headers = { 'content-type': 'application/json', 'retry-after': '1' };
          return void response.writeHead(429, headers).end(JSON.stringify(error));
        }
        if (request.body['stream'] === true) {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          return void response.end([...streamed(usage), '[DONE]'].map(event => sse(event)).join(''));
        }
        chat('hello', usage as never)(request, response);
        return void reply;
      },
    ]);
    servers.push(server);
    const router = createRouterOn(testRuntime(), {
      models: {
        m: {
          provider: 'openai',
          model: 'vendor/m-1',
          baseURL: server.url + baseOf(endpoint).pathname,
          api: 'openai-chat',
          ...(endpoint === 'Ollama' ? {} : { apiKey: async () => `sk-endpoint-${++keys}` }),
          params: { maxOutputTokens: 50, body: { seed: 7 } },
          price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
        },
      },
      features: { f: { candidates: ['m'], failureCostUsd: 1 } },
    });
    return { server, router, model: router.feature('f').model };
  }

  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const away = 'http://127.0.0.1:9';

  test('a client of OpenAI’s API is answered, with the endpoint’s key and the vendor’s usage', async () => {
    const { server, router, model } = await routed();
    const openai = router.wrap(new OpenAI({ apiKey: 'sk-client', baseURL: away, maxRetries: 0 }));
    const reply = await openai.chat.completions.create({ model, messages });
    const { usage = {} } = router.receipt(reply)?.attempts[0] ?? {};
    expect(usage).toMatchObject(dialectOf(vendor).meters);
    const [request] = server.received;
    expect(request?.headers.authorization).toBe(endpoint === 'Ollama' ? undefined : 'Bearer sk-endpoint-1');
    expect(JSON.stringify(request?.headers)).not.toContain('sk-client');
    expect(request?.body).toMatchObject({ model: 'vendor/m-1', max_tokens: 50, seed: 7 });
  });

  test('a client of Anthropic’s API is answered by translation', async () => {
    const { server, router, model } = await routed();
    const anthropic = router.wrap(new Anthropic({ apiKey: 'sk-client', baseURL: away, maxRetries: 0 }));
    const message = await anthropic.messages.create({ model, max_tokens: 100, messages });
    expect(message.content).toMatchObject([{ type: 'text', text: 'hello' }]);
    expect(server.received).toMatchObject([{ body: { model: 'vendor/m-1', seed: 7 } }]);
    expect(JSON.stringify(server.received[0]?.headers)).not.toContain('sk-client');
  });

  test.each(['openai', 'anthropic'] as const)(
    'a stream for a client of %s comes after a retry with a fresh key, and has the vendor’s usage',
    async client => {
      const { server, router, model } = await routed(1);
      const common = { apiKey: 'sk-client', baseURL: away };
      const reply =
        client === 'openai'
          ? await router.wrap(new OpenAI(common)).chat.completions.stream({ model, messages }).finalChatCompletion()
          : await router.wrap(new Anthropic(common)).messages.stream({ model, max_tokens: 9, messages }).finalMessage();
      const said =
        'choices' in reply ? reply.choices[0]?.message.content : reply.content.map(part => 'text' in part && part.text);
      expect([said].flat()).toEqual(['hello']);
      expect(router.receipt(reply)?.attempts).toMatchObject([
        { kind: 'first', status: 'provider-fault', httpStatus: 429 },
        { kind: 'retry', status: 'ok', provenance: 'reported', usage: dialectOf(vendor).meters },
      ]);
      const keys = endpoint === 'Ollama' ? [undefined, undefined] : ['Bearer sk-endpoint-1', 'Bearer sk-endpoint-2'];
      expect(server.received.map(({ headers }) => headers.authorization)).toEqual(keys);
    },
  );

  test('a client gets the refusal of an endpoint in the error format of its own vendor, with the endpoint’s message', async () => {
    const { router, model } = await routed(100);
    const common = { apiKey: 'sk-client', baseURL: away, maxRetries: 0 };
    const failed = async (call: Promise<unknown>): Promise<unknown> => call.catch((thrown: unknown) => thrown);
    const openai = await failed(router.wrap(new OpenAI(common)).chat.completions.create({ model, messages }));
    expect(openai).toBeInstanceOf(OpenAI.RateLimitError);
    const asked = { model, max_tokens: 9, messages };
    const anthropic = await failed(router.wrap(new Anthropic(common)).messages.create(asked));
    expect(anthropic).toBeInstanceOf(Anthropic.RateLimitError);
    expect(anthropic).toMatchObject({ type: 'rate_limit_error', apiMessage: 'slow down' });
    expect(JSON.stringify([openai, anthropic])).not.toContain('sk-endpoint');
  });
});
