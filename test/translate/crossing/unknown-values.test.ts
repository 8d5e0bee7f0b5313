/** A value that this version does not know might mean anything too: it is reported, or no other API gets the request. */
import { expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { droppedFor, translatorOf, unableFor } from '../../../src/translate/translate.ts';

const APIS: readonly Api[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
const URL = 'https://a.example/b.png';
const chat = (content: object) => ({ messages: [{ role: 'user', content: [content] }] });
const responses = (content: object) => ({ store: false, input: [{ role: 'user', content: [content] }] });
const anthropic = (content: readonly object[], role = 'user') => ({
  max_tokens: 9,
  messages: [
    { role: 'user', content: 'x' },
    { role, content },
    { role: 'user', content: 'y' },
  ],
});
const BREAK = { mode: 'explicit', ttl: '7d' };
const FUNCTION = { name: 'f', arguments: '{}' };

const UNKNOWN: readonly (readonly [Api, string, object])[] = [
  ['openai-chat', 'the detail of an image', chat({ type: 'image_url', image_url: { url: URL, detail: 'ultra' } })],
  ['openai-responses', 'the detail of an image', responses({ type: 'input_image', image_url: URL, detail: 'ultra' })],
  ['openai-chat', 'the lifetime of a breakpoint', chat({ type: 'text', text: 'x', prompt_cache_breakpoint: BREAK })],
  [
    'openai-responses',
    'the lifetime of a breakpoint',
    responses({ type: 'input_text', text: 'x', prompt_cache_breakpoint: BREAK }),
  ],
  [
    'anthropic-messages',
    'the lifetime of a breakpoint',
    anthropic([{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '7d' } }]),
  ],
  [
    'openai-chat',
    'the lifetime of the cache',
    { ...chat({ type: 'text', text: 'x' }), prompt_cache_options: { ttl: '7d' } },
  ],
  [
    'openai-chat',
    'the type of a call',
    {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', tool_calls: [{ id: 'a', type: 'shell', function: FUNCTION }] },
        { role: 'user', content: 'y' },
      ],
    },
  ],
  [
    'openai-chat',
    'the type of a tool',
    { ...chat({ type: 'text', text: 'x' }), tools: [{ type: 'shell', function: { name: 'f' } }] },
  ],
  [
    'anthropic-messages',
    'an image that the assistant sends',
    anthropic([{ type: 'image', source: { type: 'url', url: URL } }], 'assistant'),
  ],
  [
    'anthropic-messages',
    'a result of the assistant',
    anthropic([{ type: 'tool_result', tool_use_id: 'a', content: 'z' }], 'assistant'),
  ],
  ['anthropic-messages', 'a call of the user', anthropic([{ type: 'tool_use', id: 'a', name: 'f', input: {} }])],
];

test.each(UNKNOWN)('a request of %s with an unknown value is sent to no other API: %s', (from, _, body) => {
  const conversation = translatorOf(from).readRequest(JSON.stringify({ model: 'm', ...body }));
  for (const api of APIS.filter(each => each !== from))
    expect(unableFor(conversation, { api, model: { model: 'm', maxOutputTokens: 9 } })).not.toStrictEqual([]);
});

test('Anthropic gets the description of an output format inside its schema', () => {
  const format = (schema: object) => ({
    ...chat({ type: 'text', text: 'x' }),
    response_format: { type: 'json_schema', json_schema: { name: 'reply', description: 'Facts.', schema } },
  });
  const described = (schema: object): unknown => {
    const conversation = translatorOf('openai-chat').readRequest(JSON.stringify({ model: 'm', ...format(schema) }));
    const model = { model: 'm', maxOutputTokens: 9 };
    expect(droppedFor(conversation, { api: 'anthropic-messages', model })).toStrictEqual([]);
    const written = JSON.parse(translatorOf('anthropic-messages').writeRequest(conversation, model)) as {
      output_config: { format: { schema: { description?: string } } };
    };
    return written.output_config.format.schema.description;
  };
  const schema = { type: 'object', properties: {}, additionalProperties: false };
  expect(described(schema)).toBe('Facts.');
  expect(described({ ...schema, description: 'Of a city.' })).toBe('Facts.\n\nOf a city.');
});
