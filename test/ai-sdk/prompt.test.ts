import { expect, test } from 'vitest';
import { inputItems } from '../../src/ai-sdk/prompt.ts';
import type { Message } from '../../src/ai-sdk/specification.ts';

function written(...prompt: readonly Message[]): { items: readonly object[]; unsupported: readonly string[] } {
  const unsupported: string[] = [];
  return { items: inputItems(prompt, kind => void unsupported.push(kind)), unsupported };
}

const result = (output: unknown): Message =>
  ({ role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 't', output }] }) as Message;

test('messages stay in order', () => {
  const { items } = written(
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
  );
  expect(items).toMatchObject([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    { role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
  ]);
});

test('a tool call is written with its arguments, and one without arguments with an empty object', () => {
  const call = (input: unknown): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'c', toolName: 't', input }],
  });
  const item = { type: 'function_call', call_id: 'c', name: 't' };
  expect(written(call({ a: 1 })).items).toEqual([{ ...item, arguments: '{"a":1}' }]);
  expect(written(call(undefined)).items).toEqual([{ ...item, arguments: '{}' }]);
});

test.each([
  [{ type: 'text', value: 'a' }, 'a'],
  [{ type: 'json', value: { a: 1 } }, '{"a":1}'],
  [{ type: 'execution-denied' }, 'Tool execution denied.'],
  [{ type: 'execution-denied', reason: 'No.' }, 'No.'],
  [{ type: 'content', value: [{ type: 'text', text: 'a' }] }, [{ type: 'input_text', text: 'a' }]],
])('a result of a tool is written: %j', (output, expected) => {
  expect(written(result(output)).items).toEqual([{ type: 'function_call_output', call_id: 'c', output: expected }]);
});

test.each([
  [{ type: 'error-text', value: 'a' }, 'a'],
  [{ type: 'error-json', value: ['a'] }, '["a"]'],
])('a tool call that failed is written as incomplete: %j', (output, expected) => {
  const item = { type: 'function_call_output', call_id: 'c', output: expected, status: 'incomplete' };
  expect(written(result(output)).items).toEqual([item]);
});

test('an approval is not written: the AI SDK has acted on it', () => {
  const approval = { type: 'tool-approval-response', approvalId: 'a', approved: true } as const;
  expect(written({ role: 'tool', content: [approval] }).items).toEqual([]);
});

test('encrypted reasoning is sent back unchanged, and any other is left out with a warning', () => {
  const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' };
  const reasoning = { type: 'reasoning', text: 'Hm.' } as const;
  const { items, unsupported } = written({
    role: 'assistant',
    content: [{ ...reasoning, providerOptions: { outcomeRouter: { item } } }, reasoning],
  });
  expect(items).toEqual([item]);
  expect(unsupported).toEqual(['reasoning that no model can read again']);
});

test('a file that the assistant made is left out with a warning', () => {
  const file = { type: 'file', data: 'AQID', mediaType: 'image/png' } as const;
  expect(written({ role: 'assistant', content: [file] })).toEqual({
    items: [],
    unsupported: ['file in a message of the assistant'],
  });
});

test('an error names the path of a part for which the API has no field', () => {
  const sound = { type: 'file', data: 'AQID', mediaType: 'audio/wav' } as const;
  expect(() => written({ role: 'user', content: [sound] })).toThrow('prompt[0].content[0].mediaType');
  expect(() => written(result({ type: 'content', value: [{ type: 'custom' }] }))).toThrow(
    'prompt[0].content[0].output.value[0]',
  );
});
