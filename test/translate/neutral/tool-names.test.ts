import { describe, expect, test } from 'vitest';
import type { Api, ToolCallPart } from '../../../src/translate/neutral/conversation.ts';
import { toolNameAt, withCallerNames } from '../../../src/translate/neutral/tool-names.ts';
import { translatorOf } from '../../../src/translate/translate.ts';

const LONG = `mcp__a_server_with_a_long_name__${'x'.repeat(70)}`;

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
  'a tool name that %s accepts is kept',
  api => {
    expect(toolNameAt(api, 'get_weather-2')).toBe('get_weather-2');
  },
);

test.each([
  ['openai-chat', 64],
  ['openai-responses', 128],
  ['anthropic-messages', 128],
] as const)(
  'a tool name that %s refuses becomes one that it accepts, and different names stay different',
  (api, max) => {
    for (const name of [`${LONG}${'y'.repeat(60)}`, 'a.server/tool', 'é', '']) {
      expect(toolNameAt(api, name)).toMatch(new RegExp(`^[A-Za-z0-9_-]{1,${max}}$`));
      expect(toolNameAt(api, name)).toBe(toolNameAt(api, name));
      expect(toolNameAt(api, name)).not.toBe(toolNameAt(api, `${name}.`));
    }
  },
);

const DIRECTIONS: readonly (readonly [Api, Api, string, object])[] = [
  [
    'anthropic-messages',
    'openai-chat',
    LONG,
    {
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: LONG, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'y' }] },
      ],
      tools: [{ name: LONG, input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name: LONG },
    },
  ],
  [
    'openai-chat',
    'anthropic-messages',
    'server.tool',
    {
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'server.tool', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
      ],
      tools: [{ type: 'function', function: { name: 'server.tool' } }],
      tool_choice: { type: 'function', function: { name: 'server.tool' } },
    },
  ],
];

describe.each(DIRECTIONS)('a request of %s for %s', (from, to, name, body) => {
  const conversation = translatorOf(from).readRequest(JSON.stringify({ model: 'm', ...body }));
  const sent = toolNameAt(to, name);

  test('the tool, its call and the tool choice have the same valid name', () => {
    const written = translatorOf(to).writeRequest(conversation, { model: 'm' });
    expect(written.split(JSON.stringify(sent))).toHaveLength(4);
    expect(written).not.toContain(JSON.stringify(name));
  });

  test('the reply has the tool name that the caller uses', () => {
    const call: ToolCallPart = { kind: 'tool-call', id: 'b', name: sent, form: 'json', input: '{}' };
    expect(withCallerNames(conversation, to)(call)).toStrictEqual({ ...call, name });
    expect(withCallerNames(conversation, to)({ kind: 'text', text: 'x' })).toStrictEqual({ kind: 'text', text: 'x' });
  });
});
