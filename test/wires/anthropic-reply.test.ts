import { expect, test } from 'vitest';
import { anthropicChars, anthropicFinish, anthropicReply } from '../../src/wires/anthropic-reply.ts';
import { anthropicReader } from '../../src/wires/anthropic-stream.ts';
import { pushAll } from './conformance.ts';

test('the text of a message is the text of its text blocks', () => {
  const content = [
    { type: 'thinking', thinking: 'no', signature: 'x' },
    { type: 'text', text: 'a' },
    { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
    { type: 'text', text: 'b' },
  ];
  expect(anthropicReply({ id: 'msg', model: 'm', content, stop_reason: 'end_turn' })).toMatchObject({
    id: 'msg',
    model: 'm',
    text: 'ab',
    hasToolCalls: false,
    finish: 'stop',
  });
  expect(anthropicReply({ content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] }).hasToolCalls).toBe(true);
});

test.each([
  ['server_tool_use', true],
  ['web_search_tool_result', true],
  ['container_upload', true],
  ['text', false],
  ['thinking', false],
  ['tool_use', false],
])('for a block of type %s, hasOtherOutput is %s, plain or streamed', (type, expected) => {
  expect(anthropicReply({ content: [{ type }] }).hasOtherOutput).toBe(expected);
  const reader = anthropicReader({ wantsText: true });
  pushAll(reader, `data: ${JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type } })}\n\n`);
  expect(reader.facts().hasOtherOutput).toBe(expected);
});

test('a gateway states its cost in the usage', () => {
  const usage = { input_tokens: 10, output_tokens: 5, cost: 0.00031, is_byok: false };
  expect(anthropicReply({ model: 'm', content: [], usage })).toMatchObject({
    statedCost: { nanoUsd: 310_000, isWhole: true },
    unpriced: undefined,
  });
  expect(anthropicReply({ model: 'm', content: [] }).statedCost).toBeUndefined();
});

test('every stop reason of the API is mapped to a finish', () => {
  const reasons = [
    'end_turn',
    'stop_sequence',
    'max_tokens',
    'model_context_window_exceeded',
    'refusal',
    'tool_use',
    'pause_turn',
    'compaction',
    null,
  ];
  expect(reasons.map(anthropicFinish)).toEqual([
    'stop',
    'stop',
    'cut-off',
    'cut-off',
    'refusal',
    'tool-calls',
    'pending',
    'pending',
    'other',
  ]);
});

test.each([
  ['text', 2, [{ type: 'text', text: 'ab' }]],
  ['thinking', 2, [{ type: 'thinking', thinking: 'hm', signature: 'x'.repeat(40) }]],
  ['thinking that is not shown', 1, [{ type: 'thinking', thinking: '', signature: 'x'.repeat(40) }]],
  ['redacted thinking', 8, [{ type: 'redacted_thinking', data: 'sealed==' }]],
  ['the input of tools', 7, [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }]],
  ['a tool without input', 0, [{ type: 'tool_use', id: 't', name: 'f', input: {} }]],
])('the characters of a message are those of its stream: %s', (_, chars, content) => {
  const reader = anthropicReader({ wantsText: false });
  const events = [
    { type: 'message_start', message: { id: 'm', content: [] } },
    ...content.map((block, index) => ({ type: 'content_block_start', index, content_block: block })),
  ];
  pushAll(reader, events.map(each => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join(''));
  expect([anthropicChars({ content }), reader.chars]).toEqual([chars, chars]);
});
