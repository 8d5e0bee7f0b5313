import Anthropic from '@anthropic-ai/sdk';
import { expect, test } from 'vitest';
import { nativeRequest, unroutedInit } from '../../src/clients/foreign-reasoning.ts';
import type { ModelParams } from '../../src/contracts/model-params.ts';
import type { RequestFacts } from '../../src/contracts/wire.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { envelopeOf } from '../../src/translate/neutral/envelope.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';

const SIGNATURE = envelopeOf({ kind: 'reasoning', text: '', owner: { api: 'openai-responses' }, sealed: [{}] });
const THINKING = { type: 'thinking', thinking: 'hm', signature: SIGNATURE } as const;
const MESSAGES: Anthropic.MessageParam[] = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: [THINKING, { type: 'text', text: 'b' }] },
  { role: 'user', content: 'c' },
];

const REPLY = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

interface Asked {
  readonly messages?: Anthropic.MessageParam[];
  readonly params?: ModelParams;
  /** The client counts tokens. */
  readonly counts?: boolean;
}

/** What a client sends to its own vendor through the router, and what the receipt says was dropped. */
async function sentBy(model: string, { messages = MESSAGES, params = {}, counts = false }: Asked = {}) {
  const bodies: string[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    bodies.push(init?.body as string);
    return Response.json(counts ? { input_tokens: 1 } : REPLY);
  };
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  const router = createRouterOn(testRuntime(), {
    models: { native: { provider: 'anthropic', model: 'claude-sonnet-4-5', price, params } },
    features: { f: { candidates: ['native'], failureCostUsd: 1, policy: fixed('native') } },
    store: memory(),
  });
  const client = router.wrap(new Anthropic({ apiKey: 'k', baseURL: 'https://api.example', fetch, maxRetries: 0 }));
  const reply = counts
    ? await client.messages.countTokens({ model, messages })
    : await client.messages.create({ model, max_tokens: 10_000, messages });
  await router.close();
  return { body: bodies.join('\n'), dropped: router.receipt(reply)?.dropped };
}

test.each([
  ['is not routed', 'claude-x', false],
  ['is routed to a model of the same API', 'feature:f', false],
  ['counts tokens', 'claude-x', true],
  ['counts tokens of a feature', 'feature:f', true],
])('a call that %s carries no reasoning of another vendor to its own vendor', async (_, model, counts) => {
  const { body } = await sentBy(model, { counts });

  expect(body).not.toContain('or1.');
  expect((JSON.parse(body) as { messages: unknown }).messages).toEqual(
    MESSAGES.with(1, { role: 'assistant', content: [{ type: 'text', text: 'b' }] }),
  );
});

test('the receipt of a routed call says which messages have lost their reasoning', async () => {
  const { dropped } = await sentBy('feature:f');

  expect(dropped).toEqual({
    native: [{ path: 'messages[1]', mark: 'preference', reason: 'only the model that reasoned can go on from it' }],
  });
});

test('if reasoning was removed before a tool call, the thinking budget is removed too, because the vendor would refuse the call', async () => {
  const messages: Anthropic.MessageParam[] = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: [THINKING, { type: 'tool_use', id: 't', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }] },
  ];
  const { body, dropped } = await sentBy('feature:f', { messages, params: { thinkingBudget: 2_000 } });

  expect(JSON.parse(body)).not.toHaveProperty('thinking');
  expect(dropped?.['native']).toMatchObject([{ path: 'messages[1]' }, { path: 'thinking' }]);
});

test('a body stays unchanged if its API has no translator, or if it has no envelope', () => {
  const body = JSON.stringify({ messages: MESSAGES });
  const read = { body: '{"messages":["or1."]}', init: { method: 'POST' }, own: undefined };

  const request = { wire: { ...anthropicMessages, name: 'of an application' }, body, facts: {} as RequestFacts };
  expect(nativeRequest(request)).toEqual({ request, lost: [] });
  expect(unroutedInit([anthropicMessages], { url: 'https://api.example/v1/messages', read })).toBe(read.own);
  expect(unroutedInit([anthropicMessages], { url: 'https://api.example/v1/models', read: { ...read, body } })).toBe(
    read.own,
  );
});
