import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';
import { readInput } from '../../../src/translate/responses/read-items.ts';
import { asResponses, fromResponses } from '../openai-requests.ts';

/** Items, read and written again. */
function again(input: readonly object[]): unknown {
  return asResponses(fromResponses({ input })).input;
}

const REASONING = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text: 'hm' }],
  encrypted_content: 'abc',
};
const CALL = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'a',
  name: 'f',
  arguments: '{"n":1e400}',
  status: 'completed',
};

describe('input items', () => {
  test('input items are unchanged after reading and writing', () => {
    const input = [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'system',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
      { role: 'user', content: 'hello' },
      REASONING,
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        phase: 'commentary',
        content: [
          { type: 'output_text', text: 'x', annotations: [], logprobs: [] },
          { type: 'output_text', text: 'y', annotations: [] },
        ],
      },
      CALL,
      { type: 'custom_tool_call', call_id: 'b', name: 'g', input: 'free text' },
      { type: 'function_call_output', call_id: 'a', output: 'A', id: 'fco_1' },
      { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'A' }] },
      { type: 'function_call_output', call_id: 'a', output: [] },
      {
        type: 'custom_tool_call_output',
        call_id: 'b',
        output: [
          { type: 'input_text', text: 'B' },
          { type: 'input_image', image_url: 'https://a/b.png', detail: 'low' },
        ],
      },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } },
      { type: 'item_reference', id: 'msg_0' },
      {
        type: 'message',
        role: 'assistant',
        phase: 'final_answer',
        content: [{ type: 'refusal', refusal: 'I cannot.' }],
      },
      { role: 'developer', content: 'From here on in French.' },
      { role: 'user', content: 'and?', mood: 'good' },
      { type: 'time_travel', years: 7 },
    ];

    expect(again(input)).toStrictEqual(input);
  });

  test('input items of the assistant between two user turns are one turn', () => {
    const { turns } = readInput([REASONING, { role: 'assistant', content: 'x', phase: 'commentary' }, CALL]);

    expect(turns).toMatchObject([
      {
        role: 'assistant',
        phase: 'commentary',
        parts: [{ kind: 'reasoning' }, { kind: 'text' }, { kind: 'tool-call' }],
      },
    ]);
  });

  test('an input item with another phase begins another turn', () => {
    const { turns } = readInput([
      { role: 'assistant', content: 'x', phase: 'commentary' },
      { role: 'assistant', content: 'y', phase: 'final_answer' },
    ]);

    expect(turns.map(({ phase }) => phase)).toStrictEqual(['commentary', 'final_answer']);
  });

  test('a phase stays with its message, whatever other items are beside that message', () => {
    const file = { type: 'input_file', file_data: 'data:application/pdf;base64,aGk=' };
    const image = { type: 'input_image', image_url: 'https://a/b.png', detail: 'low' };
    const text = { type: 'output_text', text: 'x', annotations: [] };
    const said = [[file, image], [text], [image]].map((content, index) => ({
      type: 'message',
      content,
      id: `m_${index}`,
    }));
    const input = said.flatMap(first =>
      said.flatMap(second => [
        { ...first, role: 'assistant', phase: 'final_answer' },
        { ...second, role: 'assistant', phase: 'commentary' },
        { ...first, role: 'assistant' },
        { role: 'user', content: 'and?' },
        { ...first, role: 'assistant' },
        REASONING,
        { ...second, role: 'assistant', phase: 'commentary', status: 'completed' },
        { ...CALL, phase: 'final_answer' },
        { role: 'user', content: 'and then?' },
        // A call has no phase that the next message could take over.
        { ...CALL, phase: 'final_answer' },
        { ...second, role: 'assistant' },
        { role: 'user', content: 'and last?' },
      ]),
    );

    expect(again(input)).toStrictEqual(input);
  });

  test('input items that refer to content stored at the vendor are bound to it, and items of tools that the vendor ran are sent to no other API', () => {
    const { turns } = readInput([
      { type: 'item_reference', id: 'x' },
      { type: 'compaction', encrypted_content: 'x' },
      { type: 'mcp_approval_response', approval_request_id: 'x', approve: true },
      { type: 'shell_call', call_id: 'x' },
      { type: 'time_travel' },
    ]);
    const marks = turns.flatMap(({ parts }) => parts.map(part => (part.kind === 'opaque' ? part.mark : part.kind)));

    expect(marks).toStrictEqual(['bound', 'bound', 'bound', 'unable', 'unable']);
  });

  test('input items of calls that are deferred, made by code or grouped are sent to no other API', () => {
    const more = { async: true, namespace: 'n', caller: { type: 'program', caller_id: 'p' } };
    const { turns } = readInput([{ ...CALL, ...more }]);
    const own = turns[0]?.parts[0]?.own ?? [];

    expect(own.filter(({ mark }) => mark === 'unable').map(({ path }) => path)).toStrictEqual(Object.keys(more));
    expect(readInput([{ ...CALL, async: false, caller: { type: 'direct' } }]).turns[0]?.parts[0]?.own).toMatchObject([
      { path: 'id', mark: 'default' },
      { path: 'status', mark: 'default' },
      { path: 'async', mark: 'default' },
      { path: 'caller', mark: 'default' },
    ]);
  });

  test('reasoning items are sent only to this API, unless they hold the reasoning of another API in an envelope', () => {
    const sealed = [{ type: 'thinking', thinking: 'hm', signature: 's' }];
    const owner = { api: 'anthropic-messages', model: 'claude' } as const;
    const envelope = envelopeOf({ kind: 'reasoning', text: 'hm', owner, sealed });

    expect(readInput([REASONING]).turns[0]?.parts).toStrictEqual([
      { kind: 'reasoning', text: 'hm', owner: { api: 'openai-responses' }, sealed: [REASONING] },
    ]);
    expect(readInput([{ ...REASONING, encrypted_content: envelope }]).turns[0]?.parts).toStrictEqual([
      { kind: 'reasoning', text: 'hm', owner, sealed },
    ]);
  });

  test('an input that is a plain text is one user text', () => {
    expect(readInput('hello')).toMatchObject({
      system: [],
      turns: [{ role: 'user', parts: [{ kind: 'text', text: 'hello' }] }],
    });
    expect(readInput(undefined)).toStrictEqual({ system: [], turns: [] });
  });
});
