import { expect, test } from 'vitest';
import { partEvents } from '../../../src/translate/responses/part-events.ts';

test('the end event of a part repeats the whole text of its pieces', () => {
  const call = { kind: 'tool-call', id: 'c', name: 'f', input: '{"a":1}' } as const;
  expect(partEvents({ ...call, form: 'json' }).end({ ...call, form: 'json' })).toEqual([
    ['response.function_call_arguments.done', { arguments: '{"a":1}', name: 'f' }],
  ]);
  expect(partEvents({ ...call, form: 'free' }).end({ ...call, form: 'free' })).toEqual([
    ['response.custom_tool_call_input.done', { input: '{"a":1}' }],
  ]);
  const refusal = { kind: 'refusal', text: 'No' } as const;
  expect(partEvents(refusal).end(refusal)).toEqual([
    ['response.refusal.done', { refusal: 'No' }],
    ['response.content_part.done', { part: { type: 'refusal', refusal: 'No' } }],
  ]);
});

test('each kind of part has its own type of delta', () => {
  const owner = { api: 'anthropic-messages' } as const;
  expect(partEvents({ kind: 'reasoning', text: '', owner, sealed: [] }).delta).toBe(
    'response.reasoning_summary_text.delta',
  );
  expect(partEvents({ kind: 'text', text: '' }).delta).toBe('response.output_text.delta');
});
