import { describe, expect, test } from 'vitest';
import { asChat, fromChat } from '../openai-requests.ts';

/** The messages of a request, read and written again. */
function again(messages: readonly object[]): unknown {
  return asChat(fromChat({ messages })).messages;
}

describe('messages of a chat completion', () => {
  test('messages of a chat completion are unchanged after reading and writing', () => {
    const messages = [
      { role: 'system', content: 'Be kind.', name: 'house' },
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'hello', name: 'bob' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'x' },
          { type: 'refusal', refusal: 'no' },
        ],
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"n":1e400}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'g', input: 'free text' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'one' },
      {
        role: 'tool',
        tool_call_id: 'call_2',
        content: [
          { type: 'text', text: 'two' },
          { type: 'text', text: 'three' },
        ],
      },
      { role: 'system', content: 'From here on in French.' },
      { role: 'assistant', content: null, refusal: 'I cannot.' },
      { role: 'assistant', content: null, audio: { id: 'audio_1' } },
      { role: 'assistant', content: 'because', reasoning_content: 'I thought.' },
    ];

    expect(again(messages)).toStrictEqual(messages);
  });

  test('each result of a deprecated function is matched to its own call', () => {
    const messages = [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: 'one' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":2}' } },
      { role: 'function', name: 'f', content: 'two' },
    ];
    const ids = fromChat({ messages }).turns.flatMap(({ parts }) =>
      parts.map(part => (part.kind === 'tool-call' ? part.id : part.kind === 'tool-result' ? part.callId : '')),
    );

    expect(again(messages)).toStrictEqual(messages);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  test('messages of a chat completion before all others are instructions, and later instructions stay in their place', () => {
    const { system, turns } = fromChat({
      messages: [
        { role: 'developer', content: 'first' },
        { role: 'user', content: 'hello' },
        { role: 'system', content: 'later' },
      ],
    });

    expect(system).toMatchObject([{ kind: 'text', text: 'first', role: 'developer' }]);
    expect(turns).toMatchObject([{ role: 'user' }, { role: 'system', path: 'messages[2]' }]);
  });

  test('messages of a chat completion that a client sends back unchanged can be read by every API', () => {
    const { turns } = fromChat({
      messages: [
        {
          role: 'assistant',
          content: 'hello',
          refusal: null,
          annotations: [],
          audio: null,
          function_call: null,
          parsed: null,
          tool_calls: [
            { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}', parsed_arguments: {} } },
          ],
        },
      ],
    });
    const marks = turns.flatMap(({ own = [], parts }) => [...own, ...parts.flatMap(part => part.own ?? [])]);

    expect(new Set(marks.map(({ mark }) => mark))).toStrictEqual(new Set(['default']));
  });

  test('a whole reply that a client puts into a text part, and a result that names its tool, can be read by every API', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const rest = { role: 'assistant', refusal: null, annotations: [], audio: null, tool_calls: calls, index: 0 };
    const { turns } = fromChat({
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: [{ type: 'text', text: 'I look.', ...rest }], tool_calls: calls, id: 'm' },
        { role: 'tool', tool_call_id: 'c', name: 'f', content: 'There.' },
        { role: 'assistant', content: [{ ...rest, type: 'refusal', refusal: 'No.', content: null }] },
      ],
    });
    const marks = turns.flatMap(({ own = [], parts }) => [...own, ...parts.flatMap(part => part.own ?? [])]);

    expect(marks.map(({ path }) => path)).toContain('tool_calls');
    expect(marks.filter(({ mark }) => mark !== 'default')).toStrictEqual([]);
  });

  test('fields that one server added to its reply are not sent to other APIs, and speech binds the request to its model', () => {
    const server = { citations: ['https://a.example'], thinking_blocks: [{}], provider_specific_fields: { a: 1 } };
    const extra = { google: { thought_signature: 'x' } };
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: extra };
    const text = { type: 'text', text: 'a', audio: { id: 'audio_1' } };
    const { turns } = fromChat({ messages: [{ role: 'assistant', content: [text], tool_calls: [call], ...server }] });
    const marks = turns.flatMap(({ own = [], parts }) => [...own, ...parts.flatMap(part => part.own ?? [])]);

    expect(marks.map(({ path, mark }) => [path, mark])).toStrictEqual([
      ['citations', 'preference'],
      ['thinking_blocks', 'preference'],
      ['provider_specific_fields', 'preference'],
      ['audio', 'bound'],
      ['extra_content', 'preference'],
    ]);
  });

  test('messages of a chat completion with an unknown role or field are kept for their own API only', () => {
    const messages = [
      { role: 'critic', content: 'hm' },
      { role: 'user', content: 'hello', mood: 'good' },
      { role: 'tool', content: 'to no call' },
    ];
    const { turns } = fromChat({ messages });

    expect(again(messages)).toStrictEqual(messages);
    expect(turns[0]?.parts).toMatchObject([{ kind: 'opaque', mark: 'unable' }]);
    expect(turns[1]?.own).toMatchObject([{ path: 'mood', mark: 'unable' }]);
    expect(turns[2]?.parts).toMatchObject([{ kind: 'opaque', mark: 'unable' }]);
  });

  test('messages of a chat completion with speech that the vendor keeps are bound to their model', () => {
    const { turns } = fromChat({ messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] });

    expect(turns[0]?.parts).toMatchObject([{ kind: 'opaque', mark: 'bound' }]);
  });

  test('messages of a chat completion with a call of an unknown kind are kept', () => {
    const messages = [{ role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'browser', browser: {} }] }];

    expect(again(messages)).toStrictEqual(messages);
    expect(fromChat({ messages }).turns[0]?.parts).toMatchObject([{ kind: 'opaque', mark: 'unable' }]);
  });
});
