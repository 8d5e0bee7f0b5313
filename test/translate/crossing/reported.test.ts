/** What users of other gateways reported as lost or refused, each with the report. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf, unableFor } from '../../../src/translate/translate.ts';
import { APIS, eventsIn, ROOMS, written } from '../streams/rooms.ts';
import { VIEWS } from '../streams/sdk-view.ts';
import type { Sent, SentChunk, SentEvent } from '../streams/sent.ts';
import { bytesOf, chunks, named, numbered } from '../streams/sent.ts';

const CHAT = 'openai-chat';
const RESPONSES = 'openai-responses';
const ANTHROPIC = 'anthropic-messages';

function requested(from: Api, to: Api, body: object): Record<string, unknown> {
  const conversation = translatorOf(from).readRequest(JSON.stringify({ model: 'm', ...body }));
  // The name that the streams have.
  const model = { model: 'gpt-5', maxOutputTokens: 1_000 };
  expect(unableFor(conversation, { api: to, model })).toStrictEqual([]);
  return JSON.parse(translatorOf(to).writeRequest(conversation, model)) as Record<string, unknown>;
}

const USER = { role: 'user', content: 'hi' };
const PNG = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
const PNG_URL = 'data:image/png;base64,iVBORw0KGgo=';
const toolUse = (id: string, name = 'f', input = {}) => ({ type: 'tool_use', id, name, input });
const chatCall = (id: string, name = 'f', input = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: input },
});
const FUNCTION = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };

describe('requests', () => {
  // QuantumNous/new-api#7407: as text it is 600,000 tokens.
  test('the image in a tool’s result is an image for chat completions, and not its Base64 as text', () => {
    const { messages } = requested(ANTHROPIC, CHAT, {
      max_tokens: 9,
      messages: [
        USER,
        { role: 'assistant', content: [toolUse('a'), toolUse('b')] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: PNG }] },
            { type: 'tool_result', tool_use_id: 'b', content: 'y' },
          ],
        },
      ],
    });
    expect(messages).toMatchObject([
      {},
      {},
      { role: 'tool', tool_call_id: 'a', content: expect.not.stringContaining('iVBOR') as string },
      { role: 'tool', tool_call_id: 'b', content: 'y' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url', image_url: { url: PNG_URL } }] },
    ]);
  });

  // QuantumNous/new-api#6260, diegosouzapw/OmniRoute#10791.
  test('the image in a message of a tool is an image in the result for Anthropic', () => {
    const { messages } = requested(CHAT, ANTHROPIC, {
      messages: [
        USER,
        { role: 'assistant', tool_calls: [chatCall('a')] },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'image_url', image_url: { url: PNG_URL } }] },
      ],
    });
    expect(messages).toMatchObject([{}, {}, { content: [{ content: [{ type: 'image', source: PNG }] }] }]);
  });

  // QuantumNous/new-api#6859: the model never calls it, and nothing says why.
  test.each([RESPONSES, ANTHROPIC] as const)('a tool without parameters is a tool for %s', to => {
    const { tools } = requested(CHAT, to, {
      messages: [USER],
      tools: [{ type: 'function', function: { name: 'now' } }],
    });
    const empty = { type: 'object', properties: {} };
    expect(tools).toMatchObject([{ name: 'now', [to === ANTHROPIC ? 'input_schema' : 'parameters']: empty }]);
  });

  // QuantumNous/new-api#6615.
  test.each([CHAT, RESPONSES] as const)('text that a model writes before its tool calls is kept for %s', to => {
    const text = JSON.stringify(
      requested(ANTHROPIC, to, {
        max_tokens: 9,
        messages: [
          USER,
          { role: 'assistant', content: [{ type: 'text', text: 'I look.' }, toolUse('a')] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'y' }] },
        ],
      }),
    );
    expect(text).toContain('"I look."');
  });

  // BerriAI/litellm#23510: `tool_use` ids must be unique.
  test('calls with the same id get different ids at Anthropic, and each result keeps its call', () => {
    const { messages } = requested(CHAT, ANTHROPIC, {
      messages: [
        USER,
        { role: 'assistant', tool_calls: [chatCall('call_0'), chatCall('call_1')] },
        { role: 'tool', tool_call_id: 'call_0', content: 'first' },
        { role: 'tool', tool_call_id: 'call_1', content: 'second' },
        { role: 'assistant', tool_calls: [chatCall('call_0'), chatCall('call_0')] },
        { role: 'tool', tool_call_id: 'call_0', content: 'third' },
        { role: 'tool', tool_call_id: 'call_0', content: 'fourth' },
      ],
    });
    const blocks = (messages as { content: { id?: string; tool_use_id?: string; content?: string }[] }[])
      .slice(1)
      .flatMap(({ content }) => content);
    const ids = blocks.flatMap(({ id }) => id ?? []);
    const results = blocks.flatMap(({ tool_use_id: id, content }) => (id === undefined ? [] : [[id, content]]));
    expect(new Set(ids).size).toBe(4);
    expect(results).toStrictEqual(['first', 'second', 'third', 'fourth'].map((text, at) => [ids[at], text]));
  });

  // BerriAI/litellm#17904, ericc-ch/copilot-api#69.
  test('a tool name that is too long for chat completions is shortened for them', () => {
    const name = `computer_tool_${'x'.repeat(80)}`;
    const { tools, tool_choice: choice } = requested(ANTHROPIC, CHAT, {
      max_tokens: 9,
      messages: [USER],
      tools: [{ name, input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name },
    });
    const [{ function: sent }] = tools as [{ function: { name: string } }];
    expect(sent.name).toMatch(/^computer_tool_x+_[\w-]{8}$/);
    expect(sent.name).toHaveLength(64);
    expect(choice).toStrictEqual({ type: 'function', function: { name: sent.name } });
  });

  // BerriAI/litellm#35808 and #20813, laravel/ai#715.
  test('keywords that Anthropic refuses are stated in the description of a schema', () => {
    const schema = {
      type: 'object',
      properties: {
        score: { type: 'integer', minimum: 1, maximum: 10 },
        tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      },
      required: ['score', 'tags'],
      additionalProperties: false,
    };
    const { output_config: config } = requested(CHAT, ANTHROPIC, {
      messages: [USER],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
    });
    const text = JSON.stringify(config);
    expect(text).not.toMatch(/"(?:minimum|maximum|maxItems)":/);
    expect(text).toMatch(/description.*maximum.*10/);
  });

  // maximhq/bifrost#7348.
  test('a choice among some tools, and calls one at a time, are translated for Anthropic', () => {
    const other = { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } };
    const { tools, tool_choice: choice } = requested(CHAT, ANTHROPIC, {
      messages: [USER],
      tools: [FUNCTION, other],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
      },
      parallel_tool_calls: false,
    });
    expect(tools).toMatchObject([{ name: 'g' }]);
    expect(choice).toStrictEqual({ type: 'any', disable_parallel_tool_use: true });
  });
});

interface Reported {
  /** The report. */
  readonly report: string;
  readonly title: string;
  readonly from: Api;
  readonly sent: readonly Sent[];
  /** What a client of each other API must see. */
  readonly seen: Partial<Record<Api, object>>;
  /** What the stream of a client must contain, and what it must not. */
  readonly has?: Partial<Record<Api, RegExp>>;
  readonly lacks?: Partial<Record<Api, RegExp>>;
}

const message = (usage: object = { input_tokens: 10, output_tokens: 1 }): SentEvent => ({
  type: 'message_start',
  message: { id: 'msg', type: 'message', role: 'assistant', model: 'claude', content: [], usage },
});
const block = (index: number, content_block: object): SentEvent => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, fields: object): SentEvent => ({ type: 'content_block_delta', index, delta: fields });
const stop = (index: number): SentEvent => ({ type: 'content_block_stop', index });
const ending = (stop_reason: string, usage: object = { output_tokens: 7 }): readonly SentEvent[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
  { type: 'message_stop' },
];
const calls = (...entries: readonly object[]): SentChunk => ({ tool_calls: entries });

const STREAMS: readonly Reported[] = [
  {
    report: 'QuantumNous/new-api#5229',
    title: 'the first call has the index 0 though a text and thinking came before it',
    from: ANTHROPIC,
    sent: named([
      message(),
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      stop(0),
      block(1, { type: 'text', text: '' }),
      delta(1, { type: 'text_delta', text: 'I look.' }),
      stop(1),
      block(2, toolUse('a')),
      delta(2, { type: 'input_json_delta', partial_json: '{"x":1}' }),
      stop(2),
      ...ending('tool_use'),
    ]),
    seen: { [CHAT]: { text: 'I look.', calls: ['f {"x":1}'], finish: 'tool_calls' } },
    has: { [CHAT]: /"index":0,"id":"a"/ },
    lacks: { [CHAT]: /"tool_calls":\[\{"index":[1-9]/ },
  },
  {
    report: 'QuantumNous/new-api#6903',
    title: 'arguments that come before the id and the name of their call, with gaps between indexes, are not lost',
    from: CHAT,
    sent: chunks(
      calls({ index: 3, function: { arguments: '{"x"' } }),
      calls({ index: 3, function: { arguments: ':1' } }),
      calls({ index: 3, id: 'a', type: 'function', function: { name: 'f' } }),
      calls({ index: 3, function: { arguments: '}' } }),
      calls({ index: 7, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
      { finish_reason: 'tool_calls' },
      '[DONE]',
    ),
    seen: {
      [ANTHROPIC]: { calls: ['f {"x":1}', 'g {}'], finish: 'tool_use' },
      [RESPONSES]: { calls: ['f {"x":1}', 'g {}'], finish: 'completed' },
    },
  },
  {
    report: 'QuantumNous/new-api#6903',
    title: 'arguments that are sent again whole when they are complete are said once',
    from: CHAT,
    sent: chunks(
      calls({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }),
      calls({ index: 0, function: { arguments: ':1}' } }),
      calls({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }),
      { finish_reason: 'tool_calls' },
      '[DONE]',
    ),
    seen: {
      [ANTHROPIC]: { calls: ['f {"x":1}'], finish: 'tool_use' },
      [RESPONSES]: { calls: ['f {"x":1}'], finish: 'completed' },
    },
  },
  {
    report: 'diegosouzapw/OmniRoute#682',
    title: 'a call whose id is in every chunk is one block',
    from: CHAT,
    sent: chunks(
      ...['{"x"', ':', '1}'].map(piece =>
        calls({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: piece } }),
      ),
      { finish_reason: 'tool_calls' },
      '[DONE]',
    ),
    seen: {
      [ANTHROPIC]: { calls: ['f {"x":1}'], finish: 'tool_use' },
      [RESPONSES]: { calls: ['f {"x":1}'], finish: 'completed' },
    },
    lacks: { [ANTHROPIC]: /"index":1/ },
  },
  {
    report: 'maximhq/bifrost#6123, BerriAI/litellm#34718',
    title: 'a text and a call end as a call, though the server says that it stopped',
    from: CHAT,
    sent: chunks(
      { content: 'I look.' },
      calls({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }),
      { finish_reason: 'stop' },
      '[DONE]',
    ),
    seen: { [ANTHROPIC]: { text: 'I look.', calls: ['f {}'], finish: 'tool_use' } },
  },
  {
    report: 'earendil-works/pi#9681',
    title: 'an end as a call without any call is the end of a turn',
    from: ANTHROPIC,
    sent: named([
      message(),
      block(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'Hm.' }),
      stop(0),
      ...ending('tool_use'),
    ]),
    seen: { [CHAT]: { text: 'Hm.', calls: [], finish: 'stop' }, [RESPONSES]: { text: 'Hm.', finish: 'completed' } },
  },
  {
    report: 'agentgateway/agentgateway#3283',
    title: 'the text that stopped a reply is told, and the number of a token is not',
    from: CHAT,
    sent: chunks(
      { content: 'a' },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 128_001 }] },
      '[DONE]',
    ),
    seen: { [ANTHROPIC]: { text: 'a', finish: 'end_turn' } },
  },
  {
    report: 'jeremychone/rust-genai#258',
    title: 'tokens from a cache that only the end of a stream counts are counted',
    from: ANTHROPIC,
    sent: named([
      message({ input_tokens: 100, output_tokens: 0 }),
      block(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'a' }),
      stop(0),
      ...ending('end_turn', { cache_read_input_tokens: 3604, output_tokens: 8 }),
    ]),
    seen: { [CHAT]: { tokens: [3704, 3604, 8] }, [RESPONSES]: { tokens: [3704, 3604, 8] } },
  },
  {
    report: 'Portkey-AI/gateway#1564',
    title: 'the input of OpenAI’s clients includes what was cached, once',
    from: ANTHROPIC,
    sent: named([
      message({ input_tokens: 100, cache_read_input_tokens: 50, cache_creation_input_tokens: 20, output_tokens: 1 }),
      block(0, { type: 'text', text: 'a' }),
      stop(0),
      ...ending('end_turn', { output_tokens: 100 }),
    ]),
    seen: { [CHAT]: { tokens: [170, 50, 100] }, [RESPONSES]: { tokens: [170, 50, 100] } },
    has: { [CHAT]: /"total_tokens":270/ },
  },
  {
    report: 'BerriAI/litellm#20097',
    title: 'the characters with which a block begins are not lost',
    from: ANTHROPIC,
    sent: named([
      message(),
      block(0, { type: 'text', text: 'I' }),
      delta(0, { type: 'text_delta', text: "'m happy" }),
      stop(0),
      ...ending('end_turn'),
    ]),
    seen: { [CHAT]: { text: "I'm happy" }, [RESPONSES]: { text: "I'm happy" } },
  },
  {
    report: 'tingly-dev/tingly-box#332, farion1231/cc-switch#2556',
    title: 'a call that only the last event has is a call, and begins with an empty input',
    from: RESPONSES,
    sent: numbered(
      { type: 'response.created', response: { id: 'r', model: 'gpt', status: 'in_progress', output: [] } },
      {
        type: 'response.completed',
        response: {
          id: 'r',
          model: 'gpt',
          status: 'completed',
          output: [
            { type: 'function_call', id: 'fc', call_id: 'a', name: 'f', arguments: '{"x":1}', status: 'completed' },
          ],
        },
      },
    ),
    seen: {
      [ANTHROPIC]: { calls: ['f {"x":1}'], finish: 'tool_use' },
      [CHAT]: { calls: ['f {"x":1}'], finish: 'tool_calls' },
    },
    has: { [ANTHROPIC]: /"type":"tool_use","id":"a","name":"f","input":\{\}/ },
  },
];

const ROUTES = STREAMS.flatMap(each =>
  APIS.flatMap(to => (each.seen[to] === undefined ? [] : [[each.from, to, each.title, each] as const])),
);

describe('streams, in pieces of 1 byte and of 16 kB', () => {
  test.each(ROUTES)(
    'a stream of %s is translated for a client of %s: %s',
    async (from, to, _, { sent, seen, has, lacks }) => {
      for (const size of [1, 16_384]) {
        const bytes = written(to, eventsIn(from, bytesOf(sent), size));
        const text = new TextDecoder().decode(bytes);
        expect(VIEWS[to](await ROOMS[to].sdkReads(bytes))).toMatchObject(seen[to] ?? {});
        expect(text).toMatch(has?.[to] ?? /./);
        expect(text).not.toMatch(lacks?.[to] ?? /\0/);
      }
    },
  );
});

// OpenRouterTeam/ai-sdk-provider#423, agno-agi/agno#5802: the vendor refuses reasoning in pieces, or without its signature.
test('signed reasoning that came in several pieces is sent back as one piece, with its signature', () => {
  const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 };
  const sent = chunks(
    { reasoning: 'Let', reasoning_details: [{ ...detail, text: 'Let' }] },
    { reasoning: ' me', reasoning_details: [{ ...detail, text: ' me' }] },
    { reasoning_details: [{ ...detail, signature: 'Et8BCmUIDxgC' }] },
    calls({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }),
    { finish_reason: 'tool_calls' },
  );
  const stream = new TextDecoder().decode(written(ANTHROPIC, eventsIn(CHAT, bytesOf(sent), 1)));
  const signature = /"signature":"(or1\.[\w-]+)"/.exec(stream)?.[1];
  const { messages } = requested(ANTHROPIC, CHAT, {
    max_tokens: 9,
    messages: [
      USER,
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Let me', signature }, toolUse('a')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'y' }] },
    ],
  });
  expect(messages).toMatchObject([
    {},
    { reasoning: 'Let me', reasoning_details: [{ ...detail, text: 'Let me', signature: 'Et8BCmUIDxgC' }] },
    {},
  ]);
});
