import { describe, expect, test } from 'vitest';
import type { ContentPart, Conversation } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { asResponses, assistant, fromAnthropic, fromChat, user } from '../openai-requests.ts';

const text = (words: string): ContentPart => ({ kind: 'text', text: words });
const IMAGE: ContentPart = { kind: 'image', from: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } };
const call = (id: string, more: object = {}): ContentPart => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'json',
  input: '{}',
  ...more,
});
const result = (callId: string, content: readonly ContentPart[], isError = false): ContentPart => ({
  kind: 'tool-result',
  callId,
  content,
  isError,
});
const written = (...turns: Conversation['turns']): unknown => asResponses(fromAnthropic({ turns })).input;

test('calls with the same id in several turns get different ids, because the API requires it, and their results get the same new ids', () => {
  const turns = [1, 2].flatMap(at => [
    { role: 'assistant', tool_calls: [{ id: 'f:0', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'f:0', content: String(at) },
  ]);
  const items = asResponses(fromChat({ messages: turns })).input as readonly Readonly<Record<string, string>>[];
  expect(items.map(({ output }) => output)).toStrictEqual([undefined, '1', undefined, '2']);
  const [first, second, third, fourth] = items.map(item => item.call_id);
  expect([first, second]).toStrictEqual(['f:0', 'f:0']);
  expect(third).toBe(fourth);
  expect(third).not.toBe(first);
});

test('the results of calls with the same id keep their types', () => {
  const input = [
    { type: 'custom_tool_call_output', call_id: 'a', output: 'x' },
    { type: 'function_call_output', call_id: 'a', output: 'y' },
  ];
  const conversation = translatorOf('openai-responses').readRequest(JSON.stringify({ model: 'm', input }));
  expect(asResponses(conversation).input).toStrictEqual(input);
});

describe('a conversation of another API, written as input items,', () => {
  test('a conversation of another API, written as input items, has one item for each text, call and result, in their order', () => {
    expect(
      written(
        assistant(text('a'), call('x'), text('b'), text('c')),
        user(result('x', [text('X')]), text('Go on.'), IMAGE),
      ),
    ).toStrictEqual([
      { role: 'assistant', content: [{ type: 'output_text', text: 'a' }], type: 'message' },
      { type: 'function_call', call_id: 'x', name: 'f', arguments: '{}' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'b' }], type: 'message' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'c' }], type: 'message' },
      { type: 'function_call_output', call_id: 'x', output: 'X' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Go on.' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        ],
      },
    ]);
  });

  test('a conversation of another API, written as input items, has images and files within the results of tools', () => {
    expect(written(user(result('x', [text('seen:'), IMAGE])))).toStrictEqual([
      {
        type: 'function_call_output',
        call_id: 'x',
        output: [
          { type: 'input_text', text: 'seen:' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        ],
      },
    ]);
  });

  test('a conversation of another API, written as input items, states in a first text that a result is an error', () => {
    expect(written(user(result('x', [text('no such city')], true)))).toMatchObject([
      { output: [{ text: '[tool error]' }, { text: 'no such city' }] },
    ]);
    expect(written(user(result('x', [], true)))).toMatchObject([{ output: '[tool error]' }]);
    expect(written(user(result('x', [])))).toMatchObject([{ output: '' }]);
  });

  test('a conversation of another API, written as input items, has the result of a free-text call in the API’s own format', () => {
    expect(
      written(assistant(call('x', { form: 'free', input: 'run' })), user(result('x', [text('ran')]))),
    ).toStrictEqual([
      { type: 'custom_tool_call', call_id: 'x', name: 'f', input: 'run' },
      { type: 'custom_tool_call_output', call_id: 'x', output: 'ran' },
    ]);
  });

  test('an id that is too long for the Responses API is replaced by the same digest in a call and in its result', () => {
    const id = 'x'.repeat(65);
    const items = written(assistant(call(id)), user(result(id, []))) as readonly { readonly call_id: string }[];

    expect(items[0]?.call_id).toMatch(/^call_[\w-]{24}$/);
    expect(items[1]?.call_id).toBe(items[0]?.call_id);
    expect(written(assistant(call('x'.repeat(64))))).toMatchObject([{ call_id: 'x'.repeat(64) }]);
  });

  test('a conversation of another API, written as input items, has the arguments as the model wrote them, and an empty object for an empty text', () => {
    const input = '{"b":1e400,"a":12345678901234567890,"b":2}';

    expect(written(assistant(call('x', { input })))).toMatchObject([{ arguments: input }]);
    expect(written(assistant(call('x', { input: '' })))).toMatchObject([{ arguments: '{}' }]);
  });

  test('a conversation of another API, written as input items, gives sealed reasoning unchanged to its owner, and to no other API', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'abc' };
    const mine: ContentPart = { kind: 'reasoning', text: '', owner: { api: 'openai-responses' }, sealed: [item] };
    const other: ContentPart = {
      kind: 'reasoning',
      text: 'hm',
      owner: { api: 'anthropic-messages' },
      sealed: [{ a: 1 }],
    };

    expect(written(assistant(mine, other, call('x')))).toStrictEqual([
      item,
      { type: 'function_call', call_id: 'x', name: 'f', arguments: '{}' },
    ]);
  });

  test('a conversation of another API, written as input items, has instructions in `instructions` if they are one text, otherwise as messages', () => {
    const block = (words: string) => ({ ...text(words), role: 'system' }) as const;

    expect(asResponses(fromAnthropic({ system: [block('a')] }))).toMatchObject({ instructions: 'a', input: [] });
    expect(asResponses(fromAnthropic({ system: [block('a'), block('b')] })).input).toStrictEqual([
      {
        role: 'system',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
    ]);
    expect(
      asResponses(
        fromChat({
          messages: [
            { role: 'system', content: 'a' },
            { role: 'developer', content: 'b' },
          ],
        }),
      ).input,
    ).toStrictEqual([
      { role: 'system', content: 'a' },
      { role: 'developer', content: 'b' },
    ]);
  });

  test('a conversation of another API, written as input items, keeps later instructions in their place', () => {
    const messages = [
      { role: 'user', content: 'hello' },
      { role: 'developer', content: 'In French.' },
      { role: 'user', content: 'and?' },
    ];

    expect(asResponses(fromChat({ messages })).input).toStrictEqual(messages);
  });
});
