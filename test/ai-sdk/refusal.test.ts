/** A model that refuses, in both major versions of the AI SDK: the text of the refusal is no part of an answer. */
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import { afterEach, describe, expect, test } from 'vitest';
import { outcome, outcomeV3 } from '../../src/ai-sdk/outcome.ts';
import type { ModelConfig } from '../../src/config/application.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { body, json, scriptedServer } from '../support/scripted-server.ts';
import { streamOf } from '../translate/checklist/native-stream.ts';
import { bytesOf } from '../translate/streams/sent.ts';

const SDKS = [
  ['version 7', ai7, outcome],
  ['version 6', ai6, outcomeV3],
] as unknown as readonly [string, typeof ai7, typeof outcome][];

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const PRICE = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
const REFUSAL = 'That is not allowed.';

const message = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-6',
  content: text === '' ? [] : [{ type: 'text', text }],
  stop_reason: 'refusal',
  stop_sequence: null,
  stop_details: { type: 'refusal', category: 'cyber', explanation: REFUSAL },
  usage: { input_tokens: 10, output_tokens: 5 },
});

const response = (text: string) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5',
  output: [
    ...(text === '' ? [] : [said({ type: 'output_text', text, annotations: [] })]),
    said({ type: 'refusal', refusal: REFUSAL }),
  ],
  usage: { input_tokens: 10, output_tokens: 5 },
});

function said(part: object) {
  return { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [part] };
}

const VENDORS = {
  anthropic: { api: 'anthropic-messages', model: 'claude-opus-4-6', path: '', reply: message },
  openai: { api: 'openai-responses', model: 'gpt-5', path: '/v1', reply: response },
} as const;

/** A model that refuses after this text. */
async function refusing(provider: keyof typeof VENDORS, text: string) {
  const { api, model, path, reply } = VENDORS[provider];
  const answer: Answer = (request, to) => {
    if (request.body['stream'] !== true) return json(reply(text))(request, to);
    const events = new TextDecoder().decode(bytesOf(streamOf(api, reply(text))));
    return body([events])(request, to);
  };
  const server = await scriptedServer([answer]);
  open.push(server);
  const config: ModelConfig = { provider, model, baseURL: server.url + path, apiKey: 'sk-own', price: PRICE };
  const router = createRouterOn(testRuntime(), {
    models: { only: config },
    features: { f: { candidates: ['only'], failureCostUsd: 15, retries: 0 } },
  });
  return router.feature('f');
}

describe.each(SDKS)('%s of the AI SDK', (_, ai, model) => {
  test.each([
    ['openai', '', REFUSAL],
    ['openai', 'First, mix', 'First, mix'],
    ['anthropic', '', REFUSAL],
    ['anthropic', 'First, mix', 'First, mix'],
  ] as const)('when a model of %s refuses after "%s", the reply’s text is "%s"', async (provider, before, text) => {
    const call = { model: model(await refusing(provider, before)), prompt: 'How?' };
    for (const result of [await ai.generateText(call), ai.streamText(call)]) {
      expect(await result.text).toBe(text);
      expect(await result.finishReason).toBe('content-filter');
      expect((await result.providerMetadata)?.['outcomeRouter']?.['refusal']).toBe(REFUSAL);
    }
  });
});
