/** Reasoning that comes back to the model that wrote it, and to no other, whether or not the client's API has a field for it. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { body as sent, json, scriptedServer, sse } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

async function setUp(answers: readonly Answer[], models: Readonly<Record<string, Partial<ModelConfig>>>) {
  const server = await scriptedServer(answers);
  servers.push(server);
  const configured = Object.entries(models).map(([name, model]) => {
    const baseURL = model.provider === 'anthropic' ? server.url : `${server.url}/v1`;
    return [name, { apiKey: 'k', baseURL, price: PRICE, ...model }] as const;
  });
  const router = createRouterOn(testRuntime(), {
    models: Object.fromEntries(configured) as Record<string, ModelConfig>,
    features: Object.fromEntries(
      configured.map(([name]) => [name, { candidates: [name], failureCostUsd: 1, policy: fixed(name), retries: 0 }]),
    ),
  });
  const options = { apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9', maxRetries: 0 };
  return { server, router, openai: router.wrap(new OpenAI(options)), anthropic: router.wrap(new Anthropic(options)) };
}

const CLAUDE = { provider: 'anthropic', model: 'claude-opus-4-5', api: 'anthropic-messages' } as const;
const THINKING = { type: 'thinking', thinking: 'Let me see', signature: 'EqQBCkgIBxABGAIi/+==' };
const REDACTED = { type: 'redacted_thinking', data: 'EmwKAhgBEgy/+' };
const CONTENT = [
  THINKING,
  REDACTED,
  { type: 'text', text: 'I look.' },
  { type: 'tool_use', id: 'toolu_01A', name: 'look', input: { at: 'x' } },
];

/** The vendor answers an alias with the name of the snapshot that serves it. */
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-5-20251101',
  content: CONTENT,
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 20 },
};

function streamOf({ content, ...message }: typeof MESSAGE): Answer {
  const deltas = (block: (typeof CONTENT)[number]): readonly object[] => {
    if ('thinking' in block)
      return [
        { type: 'thinking_delta', thinking: block.thinking },
        { type: 'signature_delta', signature: block.signature },
      ];
    if ('text' in block) return [{ type: 'text_delta', text: block.text }];
    return 'input' in block ? [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }] : [];
  };
  const begun = (block: (typeof CONTENT)[number]): object => {
    if ('thinking' in block) return { ...block, thinking: '', signature: '' };
    if ('text' in block) return { ...block, text: '' };
    return 'input' in block ? { ...block, input: {} } : block;
  };
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    ...content.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: begun(block) },
      ...deltas(block).map(delta => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 20 } },
    { type: 'message_stop' },
  ];
  return sent(events.map(event => sse(event, event.type)));
}

const TOOLS = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];
const QUESTION = { role: 'user' as const, content: 'What is there?' };

function resultOf(message: OpenAI.ChatCompletionMessage) {
  return { role: 'tool' as const, tool_call_id: message.tool_calls?.[0]?.id ?? '', content: 'a door' };
}

describe('a client of chat completions', () => {
  test.each([
    ['plain', json(MESSAGE)],
    ['streamed', streamOf(MESSAGE)],
  ])(
    'a chat completions client continues after a %s tool call with the thinking before it, byte for byte',
    async (way, answer) => {
      const { server, openai } = await setUp([answer], { claude: CLAUDE });
      const asked = { model: 'feature:claude', tools: TOOLS, reasoning_effort: 'high' as const };
      const reply =
        way === 'plain'
          ? await openai.chat.completions.create({ ...asked, messages: [QUESTION] })
          : await openai.chat.completions.stream({ ...asked, messages: [QUESTION] }).finalChatCompletion();
      const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;
      expect(JSON.stringify(message)).not.toContain('Let me see');

      await openai.chat.completions.create({ ...asked, messages: [QUESTION, message, resultOf(message)] });
      expect(server.received[1]?.body).toMatchObject({
        thinking: { type: 'enabled' },
        messages: [QUESTION, { role: 'assistant', content: CONTENT }, { role: 'user' }],
      });
    },
  );

  test('a chat completions client gets the thinking of its own conversation only, even if a server reuses call ids', async () => {
    const { server, openai } = await setUp([json(MESSAGE)], { claude: CLAUDE });
    const asked = { model: 'feature:claude', tools: TOOLS };
    const reply = await openai.chat.completions.create({ ...asked, messages: [QUESTION] });
    const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;

    const other = { ...QUESTION, content: 'Where is it?' };
    await openai.chat.completions.create({ ...asked, messages: [other, message, resultOf(message)] });
    expect(JSON.stringify(server.received[1]?.body)).not.toContain('Let me see');
  });

  test.each([
    ['other instructions', 'A', 'B'],
    ['nothing else', 'A', 'A'],
  ])(
    'a client of chat completions gets no thinking of another conversation with the same question and ids, and %s',
    async (_, first, second) => {
      const thought = (thinking: string): typeof MESSAGE => ({
        ...MESSAGE,
        content: [{ ...THINKING, thinking }, ...CONTENT.slice(1)],
      });
      const { server, openai } = await setUp([json(thought('first')), json(thought('second')), json(MESSAGE)], {
        claude: CLAUDE,
      });
      const asked = { model: 'feature:claude', tools: TOOLS, reasoning_effort: 'high' as const };
      const told = (name: string) => [{ role: 'system' as const, content: `You serve ${name}.` }, QUESTION];
      const reply = await openai.chat.completions.create({ ...asked, messages: told(first) });
      await openai.chat.completions.create({ ...asked, messages: told(second) });
      const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;
      await openai.chat.completions.create({ ...asked, messages: [...told(first), message, resultOf(message)] });
      const sent = JSON.stringify(server.received[2]?.body['messages']);
      expect(sent).not.toContain('second');
      expect(sent.includes('"first"')).toBe(first !== second);
    },
  );

  test('if a chat completions client changes a reply that it sends back, the conversation continues without thinking', async () => {
    const { server, openai, router } = await setUp([json(MESSAGE)], { claude: CLAUDE });
    const asked = { model: 'feature:claude', tools: TOOLS, reasoning_effort: 'high' as const };
    const reply = await openai.chat.completions.create({ ...asked, messages: [QUESTION] });
    const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const edited = structuredClone(message);
    const [call] = edited.tool_calls ?? [];
    if (call?.type === 'function') call.function.arguments = '{"at":"y"}';

    const next = await openai.chat.completions.create({ ...asked, messages: [QUESTION, edited, resultOf(message)] });
    expect(server.received[1]?.body).toMatchObject({
      messages: [QUESTION, { content: [{ type: 'text' }, { type: 'tool_use', input: { at: 'y' } }] }, {}],
    });
    expect(router.receipt(next)?.dropped?.claude).toMatchObject([
      { path: 'reasoning_effort', reason: expect.stringContaining('was not sent back') as string },
    ]);
  });

  test('a chat completions client’s thinking goes neither to another model nor to the same model at another address', async () => {
    const elsewhere = await scriptedServer([json(MESSAGE)]);
    servers.push(elsewhere);
    const { server, openai } = await setUp([json(MESSAGE)], {
      claude: CLAUDE,
      haiku: { ...CLAUDE, model: 'claude-haiku-4-5' },
      elsewhere: { ...CLAUDE, baseURL: elsewhere.url },
    });
    const asked = { tools: TOOLS };
    const reply = await openai.chat.completions.create({ ...asked, model: 'feature:claude', messages: [QUESTION] });
    const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const messages = [QUESTION, message, resultOf(message)];
    await openai.chat.completions.create({ ...asked, model: 'feature:haiku', messages });
    await openai.chat.completions.create({ ...asked, model: 'feature:elsewhere', messages });
    expect(server.models).toStrictEqual(['claude-opus-4-5', 'claude-haiku-4-5']);
    for (const { body } of [server.received[1], elsewhere.received[0]].map(each => each ?? { body: {} }))
      expect(JSON.stringify(body)).not.toContain('Let me see');
  });
});

/** OpenAI answers an alias with the name of its snapshot too. */
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5-2025-08-07',
  output: [
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABo+/==' },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'look',
      arguments: '{"at": "x"}',
      status: 'completed',
    },
  ],
  usage: { input_tokens: 10, output_tokens: 20 },
};
const GPT = { provider: 'openai', model: 'gpt-5', api: 'openai-responses' } as const;

test('a chat completions client continues after a call with the encrypted reasoning before it', async () => {
  const { server, openai } = await setUp([json(RESPONSE)], { gpt: GPT });
  const asked = { model: 'feature:gpt', tools: TOOLS };
  const reply = await openai.chat.completions.create({ ...asked, messages: [QUESTION] });
  const message = reply.choices[0]?.message as OpenAI.ChatCompletionMessage;
  // Some clients parse the arguments, and write them again.
  const [call] = message.tool_calls ?? [];
  if (call?.type === 'function') call.function.arguments = JSON.stringify(JSON.parse(call.function.arguments));
  await openai.chat.completions.create({ ...asked, messages: [QUESTION, message, resultOf(message)] });
  expect(server.received[1]?.body['input']).toMatchObject([
    {},
    RESPONSE.output[0],
    { type: 'function_call', call_id: 'call_1', arguments: '{"at": "x"}' },
    { type: 'function_call_output', call_id: 'call_1' },
  ]);
});

describe('a model that is called by an alias', () => {
  const look = { name: 'look', input_schema: { type: 'object' as const } };
  const result = { type: 'tool_result' as const, content: 'a door' };

  test('a model called by an alias continues its own reasoning, which an Anthropic client sends back in its envelope', async () => {
    const { server, anthropic } = await setUp([json(RESPONSE)], { gpt: GPT });
    const asked = { model: 'feature:gpt', max_tokens: 2_000, tools: [look] };
    const { content } = await anthropic.messages.create({ ...asked, messages: [QUESTION] });
    const results = [{ ...result, tool_use_id: 'call_1' }];
    await anthropic.messages.create({
      ...asked,
      messages: [QUESTION, { role: 'assistant', content }, { role: 'user', content: results }],
    });
    expect(server.received[1]?.body['input']).toMatchObject([{}, RESPONSE.output[0], { type: 'function_call' }, {}]);
  });

  test('a model called by an alias continues its own thinking, which a responses client sends back in its envelope', async () => {
    const { server, openai } = await setUp([json(MESSAGE)], { claude: CLAUDE });
    const asked = {
      model: 'feature:claude',
      store: false,
      tools: [{ type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: false }],
    };
    const { output } = await openai.responses.create({ ...asked, input: [QUESTION] });
    const outputs = [{ type: 'function_call_output' as const, call_id: 'toolu_01A', output: 'a door' }];
    await openai.responses.create({
      ...asked,
      input: [QUESTION, ...(output as OpenAI.Responses.ResponseInputItem[]), ...outputs],
    });
    expect(server.received[1]?.body['messages']).toMatchObject([{}, { content: CONTENT }, {}]);
  });

  test('a conversation with reasoning is refused at another model, and at the same model at another address', async () => {
    const { anthropic } = await setUp([json(RESPONSE)], {
      gpt: GPT,
      mini: { ...GPT, model: 'gpt-5-mini' },
      azure: { ...GPT, baseURL: 'http://127.0.0.1:9/openai/v1' },
    });
    const asked = { max_tokens: 2_000, tools: [look] };
    const { content } = await anthropic.messages.create({ ...asked, model: 'feature:gpt', messages: [QUESTION] });
    const messages = [
      QUESTION,
      { role: 'assistant' as const, content },
      { role: 'user' as const, content: [{ ...result, tool_use_id: 'call_1' }] },
    ];
    for (const model of ['feature:mini', 'feature:azure'])
      await expect(anthropic.messages.create({ ...asked, model, messages })).rejects.toMatchObject({ status: 400 });
  });
});
