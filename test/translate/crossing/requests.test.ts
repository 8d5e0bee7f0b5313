/** The same request in the format of each API: each is translated to the same content in the other two formats. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import { droppedFor, translatorOf, unableFor } from '../../../src/translate/translate.ts';

const APIS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

interface Case {
  readonly name: string;
  readonly words: Readonly<Record<Api, object>>;
}

const PNG = 'data:image/png;base64,AAAA';
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const ARGUMENTS = '{"a":"1"}';

const chatCall = (id: string, input = ARGUMENTS) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: input },
});
const responsesCall = (id: string, input = ARGUMENTS) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: input,
});
const anthropicCall = (id: string, input: object = { a: '1' }) => ({ type: 'tool_use', id, name: 'f', input });

const CASES: readonly Case[] = [
  {
    name: 'instructions, turns and limits',
    words: {
      'openai-chat': {
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'user', content: 'And?' },
        ],
        max_completion_tokens: 100,
        temperature: 0.5,
      },
      'openai-responses': {
        instructions: 'Be kind.',
        input: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', type: 'message', content: [{ type: 'output_text', text: 'Hi.' }] },
          { role: 'user', content: 'And?' },
        ],
        max_output_tokens: 100,
        temperature: 0.5,
      },
      'anthropic-messages': {
        system: [{ type: 'text', text: 'Be kind.' }],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
          { role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] },
          { role: 'user', content: [{ type: 'text', text: 'And?' }] },
        ],
        max_tokens: 100,
        temperature: 0.5,
      },
    },
  },
  {
    name: 'two parallel calls, one without input, and both results before the text',
    words: {
      'openai-chat': {
        messages: [
          { role: 'user', content: 'Go.' },
          { role: 'assistant', content: 'Two calls.', tool_calls: [chatCall('a'), chatCall('b', '{}')] },
          { role: 'tool', tool_call_id: 'a', content: 'A' },
          { role: 'tool', tool_call_id: 'b', content: 'B' },
          { role: 'user', content: 'And?' },
        ],
        tools: [{ type: 'function', function: { name: 'f', parameters: CLOSED } }],
      },
      'openai-responses': {
        input: [
          { role: 'user', content: 'Go.' },
          { role: 'assistant', type: 'message', content: [{ type: 'output_text', text: 'Two calls.' }] },
          responsesCall('a'),
          responsesCall('b', '{}'),
          { type: 'function_call_output', call_id: 'a', output: 'A' },
          { type: 'function_call_output', call_id: 'b', output: 'B' },
          { role: 'user', content: 'And?' },
        ],
        tools: [{ type: 'function', name: 'f', parameters: CLOSED, strict: false }],
      },
      'anthropic-messages': {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Go.' }] },
          {
            role: 'assistant',
            content: [{ type: 'text', text: 'Two calls.' }, anthropicCall('a'), anthropicCall('b', {})],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'A' }] },
              { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'B' }] },
              { type: 'text', text: 'And?' },
            ],
          },
        ],
        tools: [{ name: 'f', input_schema: CLOSED }],
      },
    },
  },
  {
    name: 'an image and a PDF of the user',
    words: {
      'openai-chat': {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look.' },
              { type: 'image_url', image_url: { url: PNG } },
              { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
              { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
            ],
          },
        ],
      },
      'openai-responses': {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Look.' },
              { type: 'input_image', image_url: PNG, detail: 'auto' },
              { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'auto' },
              { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' },
            ],
          },
        ],
      },
      'anthropic-messages': {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
              { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
              {
                type: 'document',
                title: 'a.pdf',
                source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
              },
            ],
          },
        ],
      },
    },
  },
  {
    name: 'a forced tool that must not be called with others',
    words: {
      'openai-chat': {
        messages: [{ role: 'user', content: 'Go.' }],
        tools: [{ type: 'function', function: { name: 'f', description: 'F', parameters: CLOSED, strict: true } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
      },
      'openai-responses': {
        input: [{ role: 'user', content: 'Go.' }],
        tools: [{ type: 'function', name: 'f', description: 'F', parameters: CLOSED, strict: true }],
        tool_choice: { type: 'function', name: 'f' },
        parallel_tool_calls: false,
      },
      'anthropic-messages': {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Go.' }] }],
        tools: [{ name: 'f', description: 'F', input_schema: CLOSED, strict: true }],
        tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
      },
    },
  },
  {
    name: 'an object of a schema',
    words: {
      'openai-chat': {
        messages: [{ role: 'user', content: 'Go.' }],
        response_format: { type: 'json_schema', json_schema: { name: 'reply', schema: CLOSED, strict: true } },
      },
      'openai-responses': {
        input: [{ role: 'user', content: 'Go.' }],
        text: { format: { type: 'json_schema', name: 'reply', schema: CLOSED, strict: true } },
      },
      'anthropic-messages': {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Go.' }] }],
        output_config: { format: { type: 'json_schema', schema: CLOSED } },
      },
    },
  },
  {
    name: 'an effort and a user',
    words: {
      'openai-chat': { messages: [{ role: 'user', content: 'Go.' }], reasoning_effort: 'low', safety_identifier: 'u' },
      'openai-responses': {
        input: [{ role: 'user', content: 'Go.' }],
        reasoning: { effort: 'low' },
        safety_identifier: 'u',
      },
      'anthropic-messages': {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Go.' }] }],
        output_config: { effort: 'low' },
        thinking: { type: 'adaptive' },
        metadata: { user_id: 'u' },
      },
    },
  },
];

/** What the API needs in every request, or that its vendor stores nothing. */
const NEEDED: Readonly<Record<Api, object>> = {
  'openai-chat': {},
  'openai-responses': { store: false },
  'anthropic-messages': { max_tokens: 1000 },
};

/** A list of one bare text is the same as that text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only] = value as { readonly type?: unknown; readonly text?: unknown }[];
    const isBare = value.length === 1 && only?.type === 'text' && Object.keys(only).length === 2;
    return isBare ? only.text : value.map(plain);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

const MODEL: TargetModel = { model: 'target', maxOutputTokens: 1000 };

function translated(from: Api, to: Api, body: object) {
  const conversation = translatorOf(from).readRequest(JSON.stringify({ ...NEEDED[from], ...body }));
  expect(unableFor(conversation, { api: to, model: MODEL })).toStrictEqual([]);
  return JSON.parse(translatorOf(to).writeRequest(conversation, MODEL)) as Record<string, unknown>;
}

const PAIRS = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => [from, to] as const));

test('fields that both APIs of OpenAI have are translated between them unchanged, and only Anthropic’s API drops them', () => {
  const fields = {
    prompt_cache_retention: '24h',
    prompt_cache_options: { mode: 'explicit' },
    stream: true,
    stream_options: { include_obfuscation: true },
  };
  const chat = { model: 'm', messages: [{ role: 'user', content: 'x' }], ...fields };
  const responses = { model: 'm', input: 'x', ...fields };
  const conversation = translatorOf('openai-chat').readRequest(JSON.stringify(chat));

  expect(translated('openai-chat', 'openai-responses', chat)).toMatchObject(fields);
  expect(translated('openai-responses', 'openai-chat', responses)).toMatchObject(fields);
  expect(droppedFor(conversation, { api: 'openai-responses', model: MODEL })).toStrictEqual([]);
  expect(droppedFor(conversation, { api: 'anthropic-messages', model: MODEL })).toHaveLength(3);
  expect(translated('openai-chat', 'anthropic-messages', chat)).not.toHaveProperty('prompt_cache_retention');
});

test('the grammar of a free-text tool is written in the format of each API of OpenAI', () => {
  const grammar = { definition: 'start: "a"', syntax: 'lark' };
  const inChat = { type: 'custom', custom: { name: 'f', format: { type: 'grammar', grammar } } };
  const inResponses = { type: 'custom', name: 'f', format: { type: 'grammar', ...grammar } };
  const chat = { model: 'm', messages: [{ role: 'user', content: 'x' }], tools: [inChat] };
  const responses = { model: 'm', input: 'x', tools: [inResponses] };

  expect(translated('openai-chat', 'openai-responses', chat).tools).toStrictEqual([inResponses]);
  expect(translated('openai-responses', 'openai-chat', responses).tools).toStrictEqual([inChat]);
});

describe.each(PAIRS)('a request of %s for %s', (from, to) => {
  test.each(CASES)('the vendor reads $name in its own format', ({ words }) => {
    const written = translated(from, to, { model: 'm', ...words[from] });

    expect(plain(written)).toMatchObject(plain({ model: 'target', ...words[to] }) as object);
  });

  test('every character of a tool’s arguments reaches the vendor', () => {
    const input = '{"b":1e400,"a":12345678901234567890,"b":"\\u00e9"}';
    const calls: Readonly<Record<Api, string>> = {
      'openai-chat': `{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(input)}}}]},{"role":"tool","tool_call_id":"c","content":"C"}]}`,
      'openai-responses': `{"model":"m","store":false,"input":[{"role":"user","content":"x"},{"type":"function_call","call_id":"c","name":"f","arguments":${JSON.stringify(input)}},{"type":"function_call_output","call_id":"c","output":"C"}]}`,
      'anthropic-messages': `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":${input}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"C"}]}]}`,
    };
    const written = translatorOf(to).writeRequest(translatorOf(from).readRequest(calls[from]), MODEL);

    expect(written).toContain(
      to === 'anthropic-messages' ? `"input":${input}` : `"arguments":${JSON.stringify(input)}`,
    );
  });

  test('two hundred tools reach the vendor', () => {
    const names = Array.from({ length: 200 }, (_, index) => `tool_${index}`);
    const tool: Readonly<Record<Api, (name: string) => object>> = {
      'openai-chat': name => ({ type: 'function', function: { name, parameters: CLOSED } }),
      'openai-responses': name => ({ type: 'function', name, parameters: CLOSED }),
      'anthropic-messages': name => ({ name, input_schema: CLOSED }),
    };
    const empty = from === 'openai-responses' ? { input: 'x' } : { messages: [{ role: 'user', content: 'x' }] };
    const { tools } = translated(from, to, { model: 'm', ...empty, tools: names.map(tool[from]) });

    expect(tools).toHaveLength(200);
    expect(JSON.stringify(tools)).toContain('"tool_199"');
  });
});
