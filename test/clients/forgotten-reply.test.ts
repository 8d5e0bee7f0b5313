/** Clients that go on from a reply which another vendor wrote, with the official SDKs over HTTP. */
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, json, scriptedServer } from '../support/scripted-server.ts';
import { failure } from '../support/drop-in.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }];
const calling: Answer = json({
  id: 'chatcmpl-9',
  model: 'm-1',
  choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls }, finish_reason: 'tool_calls' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

async function routed(...script: readonly Answer[]) {
  const server = await scriptedServer(script);
  servers.push(server);
  const router = createRouterOn(testRuntime(), {
    models: {
      m: {
        provider: 'openai',
        model: 'm-1',
        baseURL: `${server.url}/v1`,
        apiKey: 'sk-endpoint',
        api: 'openai-chat',
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
      },
    },
    features: { f: { candidates: ['m'], failureCostUsd: 1, retries: 0, stateless: true } },
  });
  const client = { apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9', maxRetries: 0 };
  return {
    server,
    model: router.feature('f').intent().model,
    anthropic: router.wrap(new Anthropic(client)),
    openai: router.wrap(new OpenAI(client)),
  };
}

describe('a reply that another vendor wrote', () => {
  test('Anthropic’s tool runner, which lets its vendor keep the conversation, sends all of it to another vendor', async () => {
    const { server, model, anthropic } = await routed(calling, calling, chat('It rains.'));
    const cities: string[] = [];
    const weather = betaZodTool({
      name: 'weather',
      description: 'The weather',
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        cities.push(city);
        return 'rain';
      },
    });
    const messages = [{ role: 'user' as const, content: 'How is the weather?' }];
    const last = await anthropic.beta.messages.toolRunner({ model, max_tokens: 100, messages, tools: [weather] });
    expect(last.content).toMatchObject([{ type: 'text', text: 'It rains.' }]);
    expect(cities).toEqual(['Bern', 'Bern']);
    const sent = server.received.map(({ body }) =>
      (body.messages as readonly { role: string }[]).map(({ role }) => role),
    );
    const turns = ['user', 'assistant', 'tool', 'assistant', 'tool'];
    expect(sent).toEqual([turns.slice(0, 1), turns.slice(0, 3), turns]);
  });

  test('a Responses client that refers to a reply of another vendor gets an error that asks for the whole conversation', async () => {
    const { model, openai } = await routed(chat('hello'));
    const { id } = await openai.responses.create({ model, input: 'Hi', store: false });
    expect(id).toMatch(/^resp_or_/);
    const error = await failure(
      openai.responses.create({ model, input: 'And?', previous_response_id: id, store: false }),
    );
    expect(error).toMatchObject({ status: 404, code: 'previous_response_not_found', param: 'previous_response_id' });
  });
});
