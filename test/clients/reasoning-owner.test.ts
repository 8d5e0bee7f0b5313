/** Reasoning that one vendor's model wrote for another vendor's client, in a later intent: official clients over HTTP. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasoningBinding } from '../../src/clients/reasoning-owner.ts';
import type { ModelConfig } from '../../src/config/application.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Conversation, ReasoningPart } from '../../src/translate/neutral/conversation.ts';
import { sealKey } from '../../src/wires/reply-keys.ts';

const MODELS = {
  chat: { provider: 'openai', model: 'gpt-5-nano', api: 'openai-chat' },
  responses: { provider: 'openai', model: 'gpt-5-mini', api: 'openai-responses' },
  plain: { provider: 'anthropic', model: 'claude-haiku-4-5' },
  /** One provider model twice. */
  low: { provider: 'anthropic', model: 'claude-sonnet-4-5', params: { thinkingBudget: 1_024 } },
  high: { provider: 'anthropic', model: 'claude-sonnet-4-5', params: { thinkingBudget: 4_000 } },
} as const;
type Name = keyof typeof MODELS;
const PAIRS = 32;

let fake: FakeProvider;
beforeEach(async () => {
  const names = new Set(Object.values(MODELS).map(({ model }) => model));
  fake = await startFakeProvider({
    models: Object.fromEntries([...names].map(name => [name, { price: { input: '1', output: '2' } }])),
  });
});
afterEach(async () => fake.close());

function setUp(store = memory()) {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const endpoint = (provider: 'openai' | 'anthropic'): Partial<ModelConfig> => ({
    baseURL: provider === 'openai' ? fake.openaiBaseURL : fake.anthropicBaseURL,
    apiKey: 'sk-endpoint',
    price,
  });
  const models = Object.fromEntries(
    Object.entries(MODELS).map(([name, model]) => [name, { ...model, ...endpoint(model.provider) }]),
  );
  const router = createRouterOn(testRuntime(), {
    models,
    features: {
      f: { candidates: ['chat', 'responses', 'plain', 'low', 'high'], failureCostUsd: 1, stateless: true, retries: 0 },
    },
    store,
    seed: 5,
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
  return { router, openai, anthropic, model: router.feature('f').model };
}

type Setup = ReturnType<typeof setUp>;

const parameters = { type: 'object', properties: {} } as const;
const RESPONSES: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {
  store: false,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'medium' },
  tools: [{ type: 'function', name: 'look', strict: false, parameters }],
};
const MESSAGES = {
  max_tokens: 9_000,
  thinking: { type: 'enabled', budget_tokens: 2_000 } as const,
  tools: [{ name: 'look', input_schema: parameters }],
};
const COMPLETIONS = {
  reasoning_effort: 'medium' as const,
  max_completion_tokens: 9_000,
  tools: [{ type: 'function' as const, function: { name: 'look', parameters } }],
};
const REASONED = { text: 'Let me look.', toolCalls: [{ name: 'look', arguments: {} }] };

const question = { role: 'user', content: 'Think.' } as const;

/** A question and its reply, and the request that goes on with the result of the tool which the reply calls. */
const CLIENTS = {
  'openai-responses': {
    ask: async ({ openai, model }: Setup) => openai.responses.create({ ...RESPONSES, model, input: [question] }),
    async goOn({ openai, model }: Setup, reply: unknown) {
      const { output } = reply as OpenAI.Responses.Response;
      const call = output.find(({ type }) => type === 'function_call') as OpenAI.Responses.ResponseFunctionToolCall;
      const result = { type: 'function_call_output', call_id: call.call_id, output: '1' };
      const input = [question, ...output, result] as OpenAI.Responses.ResponseInput;
      return openai.responses.create({ ...RESPONSES, model, input });
    },
  },
  'anthropic-messages': {
    ask: async ({ anthropic, model }: Setup) => anthropic.messages.create({ ...MESSAGES, model, messages: [question] }),
    async goOn({ anthropic, model }: Setup, reply: unknown) {
      const { content } = reply as Anthropic.Message;
      const call = content.find(({ type }) => type === 'tool_use') as Anthropic.ToolUseBlock;
      const messages: Anthropic.MessageParam[] = [
        question,
        { role: 'assistant', content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '1' }] },
      ];
      return anthropic.messages.create({ ...MESSAGES, model, messages });
    },
  },
  'openai-chat': {
    ask: async ({ openai, model }: Setup) =>
      openai.chat.completions.create({ ...COMPLETIONS, model, messages: [question] }),
    async goOn({ openai, model }: Setup, reply: unknown) {
      const { message } = (reply as OpenAI.Chat.ChatCompletion).choices[0] as OpenAI.Chat.ChatCompletion.Choice;
      const id = message.tool_calls?.[0]?.id ?? '';
      const messages = [question, message, { role: 'tool' as const, tool_call_id: id, content: '1' }];
      return openai.chat.completions.create({ ...COMPLETIONS, model, messages });
    },
  },
};

/** The encrypted reasoning in the bodies of the fake provider, in the vendors' form or in the router's envelope. */
const SEALED = /EqQB|gAAAA/;

/** The configured models of a reply and of the intent that goes on from it. */
async function pairOf(client: keyof typeof CLIENTS, setup: Setup, next = setup): Promise<readonly [Name, Name]> {
  fake.reply(REASONED, 'It rains.');
  const { ask, goOn } = CLIENTS[client];
  const first = await ask(setup);
  const second = await goOn(next, first);
  return [setup.router.receipt(first)?.model as Name, next.router.receipt(second)?.model as Name];
}

/** The body of the latest request. */
const sent = (): string => fake.requests().at(-1)?.text ?? '';

describe.each(['openai-responses', 'anthropic-messages'] as const)('a client of %s', client => {
  test('an intent that continues reasoning of any vendor goes to the model that reasoned', async () => {
    const setup = setUp();
    const writers = new Set<string>();
    for (let pair = 0; pair < PAIRS; pair++) {
      const [writer, next] = await pairOf(client, setup);
      expect(sent()).not.toContain('"or1.');
      // OpenAI shows no reasoning in chat completions.
      if (writer === 'chat') continue;
      writers.add(writer);
      expect(next).toBe(writer);
      expect(sent()).toMatch(SEALED);
    }
    expect(writers.size).toBe(4);
    await setup.router.close();
  });

  test('a process that does not know the reply continues with a candidate of the provider model that reasoned', async () => {
    const [here, there] = [setUp(), setUp()];
    const isForeign = (name: string): boolean => (name === 'responses') !== (client === 'openai-responses');
    let foreign = 0;
    for (let pair = 0; pair < PAIRS; pair++) {
      const [writer, next] = await pairOf(client, here, there);
      if (writer === 'chat' || !isForeign(writer)) continue;
      foreign += 1;
      expect(MODELS[next].model).toBe(MODELS[writer].model);
      expect(sent()).toMatch(SEALED);
    }
    expect(foreign).toBeGreaterThan(0);
    await here.router.close();
    await there.router.close();
  });

  test('if the model that reasoned is switched off, a model of the client’s vendor continues without reasoning, and the receipt says so', async () => {
    const setup = setUp();
    const own = client === 'openai-responses' ? 'responses' : 'plain';
    const writer = client === 'openai-responses' ? 'low' : 'responses';
    await setup.router.feature('f').pin([writer]);
    fake.reply(REASONED, 'It rains.');
    const { ask, goOn } = CLIENTS[client];
    const first = await ask(setup);
    await setup.router.feature('f').pin([own]);
    await setup.router.disable(writer);
    if (writer === 'low') await setup.router.disable('high');
    const second = await goOn(setup, first);
    const receipt = setup.router.receipt(second);
    expect(receipt?.model).toBe(own);
    expect(receipt?.dropped?.[own]).toContainEqual(
      expect.objectContaining({ reason: 'only the model that reasoned can go on from it' }),
    );
    expect(sent()).not.toContain('or1.');
    await setup.router.close();
  });
});

test('a chat completions client shows no reasoning: its intents are bound to no model, and carry none to another model', async () => {
  const setup = setUp();
  const isSame = new Set<boolean>();
  for (let pair = 0; pair < PAIRS; pair++) {
    const [writer, next] = await pairOf('openai-chat', setup);
    isSame.add(writer === next);
    expect(SEALED.test(sent())).toBe(writer !== 'chat' && MODELS[writer].model === MODELS[next].model);
  }
  expect(isSame).toEqual(new Set([true, false]));
  await setup.router.close();
});

const reasoning = (owner: ReasoningPart['owner'], sealed: ReasoningPart['sealed'] = [{}]): ReasoningPart => ({
  kind: 'reasoning',
  text: '',
  owner,
  sealed,
});

function conversationOf(...parts: readonly ReasoningPart[]): Conversation {
  return {
    api: 'openai-responses',
    turns: [{ path: 'input[0]', role: 'assistant', parts }],
  } as unknown as Conversation;
}

const CANDIDATES = [
  { name: 'own', apis: ['openai-responses'], providerModel: 'gpt', abilities: {} },
  { name: 'other', apis: ['anthropic-messages'], providerModel: 'claude-x', abilities: {} },
  { name: 'writer', apis: ['anthropic-messages'], providerModel: 'claude', abilities: {} },
] as unknown as readonly ResolvedModel[];

test('the last sealed reasoning decides which model continues: by its keys at its own vendor, else by the first model that owns it', () => {
  const owner = { api: 'anthropic-messages', model: 'claude' } as const;
  const sealed = [
    { type: 'thinking', signature: 'a signature' },
    { type: 'redacted_thinking', data: 'some data' },
  ];
  expect(reasoningBinding(conversationOf(reasoning(owner, sealed)), CANDIDATES)).toEqual({
    reason: 'sealed reasoning',
    keys: [sealKey('a signature'), sealKey('some data')],
    model: 'writer',
  });
  expect(reasoningBinding(conversationOf(reasoning({ ...owner, model: 'gone' })), CANDIDATES)?.model).toBeUndefined();
});

test('reasoning of the client’s own vendor, or unsealed reasoning, does not bind the request to a model', () => {
  const foreign = reasoning({ api: 'anthropic-messages' });
  expect(reasoningBinding(conversationOf(foreign, reasoning({ api: 'openai-responses' })), CANDIDATES)).toBeUndefined();
  expect(reasoningBinding(conversationOf({ ...foreign, sealed: [] }), CANDIDATES)).toBeUndefined();
});
