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
import { chat, scriptedServer } from '../support/scripted-server.ts';
import type { Dialect } from '../wires/usage-dialects.ts';
import { DIALECTS } from '../wires/usage-dialects.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

/** The endpoint's row, and the vendor whose usage it sends. */
const RECIPES = [
  ['Azure OpenAI (v1)', 'OpenAI'],
  ['Amazon Bedrock, OpenAI’s API', 'Bedrock'],
  ['Vertex AI, OpenAI’s API', 'Vertex'],
  ['OpenRouter', 'OpenRouter'],
  ['Groq', 'Groq'],
  ['Together', 'Together'],
  ['vLLM', 'vLLM'],
  ['Ollama', 'Ollama'],
] as const;

const ROWS = readFileSync(join(ROOT, 'docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| '))
  .map(line => line.split('|').map(cell => cell.trim().replaceAll("'", '’')));

function baseOf(endpoint: string): URL {
  const [, , , baseURL = ''] = ROWS.find(([, name]) => name === endpoint) ?? [];
  return new URL(baseURL.replaceAll('`', '').replaceAll(/[A-Z]{4,}/g, word => word.toLowerCase()));
}

/** A vendor without an entry of its own sends OpenAI's. */
function dialectOf(vendor: string): Dialect {
  const isChat = ({ api }: Dialect): boolean => api === 'chat';
  return (DIALECTS.find(each => isChat(each) && each.vendor.startsWith(vendor)) ?? DIALECTS.find(isChat)) as Dialect;
}

describe.each(RECIPES)('%s', (endpoint, vendor) => {
  async function routed() {
    const { usage, reply } = dialectOf(vendor);
    const server = await scriptedServer([
      (request, response) => {
        if (request.path !== `${baseOf(endpoint).pathname}/chat/completions`) return void response.writeHead(404).end();
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
          ...(endpoint === 'Ollama' ? {} : { apiKey: async () => 'sk-endpoint' }),
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
    expect(request?.headers.authorization).toBe(endpoint === 'Ollama' ? undefined : 'Bearer sk-endpoint');
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
});
