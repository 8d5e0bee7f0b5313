import { describe, expect, test } from 'vitest';
import { chatChars, chatFinish, chatReply } from '../../src/wires/openai-chat-reply.ts';
import { openaiChatReader } from '../../src/wires/openai-chat-stream.ts';
import { pushAll } from './conformance.ts';

describe('a chat completion', () => {
  test('a completion has the text and finish of its first choice', () => {
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'one' }, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: 'two' }, finish_reason: 'length' },
    ];
    expect(chatReply({ id: 'c', model: 'm', choices })).toMatchObject({
      id: 'c',
      model: 'm',
      text: 'one',
      finish: 'stop',
    });
  });

  test('content parts and the older function call are read', () => {
    const parts = [{ type: 'text', text: 'a' }, { type: 'thinking' }, { type: 'text', text: 'b' }];
    expect(chatReply({ choices: [{ message: { content: parts } }] }).text).toBe('ab');
    const call = { content: null, function_call: { name: 'f', arguments: '{}' } };
    expect(chatReply({ choices: [{ message: call, finish_reason: 'function_call' }] })).toMatchObject({
      hasToolCalls: true,
      finish: 'tool-calls',
      text: '',
    });
  });

  test.each([
    [{ content: null, audio: { id: 'a', data: 'AA', transcript: 'Hello' } }, true],
    [{ content: '', images: [{ type: 'image_url', image_url: { url: 'data:' } }] }, true],
    [{ content: [{ type: 'image_url', image_url: { url: 'data:' } }] }, true],
    [{ content: [{ type: 'thinking', thinking: [] }] }, false],
    [{ content: 'a', images: [], audio: null }, false],
    [{ content: null }, false],
  ])('for the message %j, hasOtherOutput is %s, plain or streamed', (message, expected) => {
    expect(chatReply({ choices: [{ message }] }).hasOtherOutput).toBe(expected);
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    pushAll(reader, `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: message }] })}\n\n`);
    expect(reader.facts().hasOtherOutput).toBe(expected);
  });

  test('the finish follows `finish_reason`, except that a reply with a refusal always finishes as one', () => {
    const reasons = ['stop', 'length', 'content_filter', 'tool_calls', 'function_call', null, 'odd'];
    expect(reasons.map(reason => chatFinish(reason, false))).toEqual([
      'stop',
      'cut-off',
      'refusal',
      'tool-calls',
      'tool-calls',
      'other',
      'other',
    ]);
    expect(chatFinish('stop', true)).toBe('refusal');
  });
});

describe('the characters of a completion', () => {
  const ofStream = (...deltas: readonly object[]): number => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: false });
    const choices = deltas.map((delta, index) => ({ index, delta }));
    pushAll(reader, `data: ${JSON.stringify({ id: 'c', choices })}\n\n`);
    return reader.chars;
  };
  const thinking = [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }];

  test.each([
    ['text of all choices', 4, [{ content: 'ab' }, { content: 'cd' }]],
    ['content parts', 3, [{ content: [{ type: 'text', text: 'abc' }] }]],
    ['thinking in a content part', 2, [{ content: thinking }]],
    ['thinking', 3, [{ content: null, reasoning_content: 'abc' }]],
    ['thinking under its other name', 3, [{ reasoning: 'abc' }]],
    ['a refusal', 2, [{ content: null, refusal: 'no' }]],
    ['arguments of tools', 7, [{ tool_calls: [{ function: { arguments: '{"a":1}' } }] }]],
    ['the input of a custom tool', 3, [{ tool_calls: [{ type: 'custom', custom: { name: 'f', input: 'abc' } }] }]],
    ['arguments of the older call', 2, [{ function_call: { name: 'f', arguments: '{}' } }]],
    ['nothing', 0, [{ content: '' }]],
  ])('a plain completion has the same number of characters as its stream: %s', (_, chars, messages) => {
    expect([chatChars({ choices: messages.map(message => ({ message })) }), ofStream(...messages)]).toEqual([
      chars,
      chars,
    ]);
  });
});
