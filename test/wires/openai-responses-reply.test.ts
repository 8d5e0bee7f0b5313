import { describe, expect, test } from 'vitest';
import { responsesChars, responsesReply } from '../../src/wires/openai-responses-reply.ts';
import { openaiResponsesReader } from '../../src/wires/openai-responses-stream.ts';
import { pushAll } from './conformance.ts';

const message = (...content: unknown[]) => ({ type: 'message', role: 'assistant', content });
const text = (content: string) => ({ type: 'output_text', text: content, annotations: [] });

describe('a response', () => {
  test('a response has the text of all its messages', () => {
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'no' }] },
      message(text('a'), text('b')),
      message(text('c')),
    ];
    expect(responsesReply({ status: 'completed', output })).toMatchObject({
      text: 'abc',
      finish: 'stop',
      hasToolCalls: false,
    });
  });

  test.each([
    [{ status: 'completed', output: [{ type: 'function_call' }] }, 'tool-calls'],
    [{ status: 'completed', output: [{ type: 'mcp_approval_request' }] }, 'tool-calls'],
    [{ status: 'completed', output: [{ type: 'web_search_call' }, message(text('a'))] }, 'stop'],
    [{ status: 'completed', output: [message({ type: 'refusal', refusal: 'no' })] }, 'refusal'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'cut-off'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'refusal'],
    [{ status: 'incomplete', incomplete_details: { reason: 'steered' } }, 'other'],
    [{ status: 'failed', error: { code: 'server_error' } }, 'other'],
    [{ status: 'queued' }, 'pending'],
    [{ status: 'in_progress' }, 'pending'],
    [{ status: 'cancelled' }, 'other'],
  ])('the response %j finishes as %s', (response, finish) => {
    expect(responsesReply(response).finish).toBe(finish);
  });

  test.each([
    [{ type: 'image_generation_call', status: 'completed', result: 'AAAA' }, true],
    [{ type: 'code_interpreter_call', status: 'completed' }, true],
    [{ type: 'mcp_call', output: 'x' }, true],
    [message({ type: 'output_audio', data: 'AA' }), true],
    [message(text('a')), false],
    [message({ type: 'refusal', refusal: 'no' }), false],
    [{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] }, false],
    [{ type: 'function_call' }, false],
  ])('for the output item %j, hasOtherOutput is %s', (item, expected) => {
    expect(responsesReply({ status: 'completed', output: [item] }).hasOtherOutput).toBe(expected);
  });

  test('web searches are counted from the reported usage, or from the search calls where none is reported', () => {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const output = [{ type: 'web_search_call' }, { type: 'web_search_call' }];
    expect(responsesReply({ usage, output }).usage?.webSearch).toBe(2);
    expect(responsesReply({ usage, output, tool_usage: { web_search: { num_requests: 1 } } }).usage?.webSearch).toBe(1);
  });
});

describe('keys by which a later request continues a reply', () => {
  const output = [
    { type: 'reasoning', id: 'rs_1' },
    { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1' },
    { type: 'shell_call', id: 'sh_1', environment: { type: 'container_reference', container_id: 'cntr_2' } },
    message(text('a')),
  ];

  test('a stored reply is continued by its id, its last items or its container', () => {
    expect(responsesReply({ id: 'resp_1', output }).keys).toEqual(['resp_1', 'sh_1', 'rs_1', 'cntr_2']);
  });

  test('a request is recognized as a continuation by the encrypted reasoning in it, whether the reply was stored or not', () => {
    const sealed = [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAAA' },
      { ...message(text('a')), id: 'msg_1' },
    ];
    expect(responsesReply({ id: 'resp_1', output: sealed }).keys).toEqual(['resp_1', 'msg_1', 'rs_1', 'sealed:gAAAA']);
    expect(responsesReply({ id: 'resp_1', store: false, output: sealed }).keys).toEqual(['sealed:gAAAA']);
  });

  test('a continuation of a reply that was not stored is recognized by its container alone', () => {
    expect(responsesReply({ id: 'resp_1', store: false, output }).keys).toEqual(['cntr_2']);
  });
});

test.each([
  ['text', 2, message(text('ab'))],
  ['a refusal', 2, message({ type: 'refusal', refusal: 'no' })],
  [
    'reasoning',
    3,
    { type: 'reasoning', summary: [{ text: 'a' }], content: [{ text: 'bc' }], encrypted_content: 'xxxx' },
  ],
  ['sealed reasoning', 4, { type: 'reasoning', summary: [], encrypted_content: 'xxxx' }],
  ['reasoning that is not shown', 1, { type: 'reasoning', summary: [] }],
  ['arguments', 7, { type: 'function_call', arguments: '{"a":1}' }],
  ['the input of a custom tool', 3, { type: 'custom_tool_call', input: 'abc' }],
  ['a search', 0, { type: 'web_search_call', action: { type: 'search' } }],
])('a plain response has the same number of characters as its stream: %s', (_, chars, item) => {
  const reader = openaiResponsesReader({ wantsText: false });
  const response = { id: 'r', status: 'completed', output: [item] };
  pushAll(reader, `data: ${JSON.stringify({ type: 'response.completed', response })}\n\n`);
  expect([responsesChars(response), reader.chars]).toEqual([chars, chars]);
});
