import { expect, test } from 'vitest';
import { readFinish, writtenFinish } from '../../../src/translate/responses/finish.ts';

const nothing = { hasToolCalls: false, hasRefusal: false };

test('a completed response with calls ends as tool calls, and one with a refusal is refused', () => {
  expect(readFinish({ status: 'completed' }, nothing)).toBe('stop');
  expect(readFinish({ status: 'completed' }, { ...nothing, hasToolCalls: true })).toBe('tool-calls');
  expect(readFinish({ status: 'completed' }, { ...nothing, hasRefusal: true })).toBe('refusal');
});

test('an incomplete response keeps its reason, also with calls', () => {
  const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  expect(readFinish(cut, { ...nothing, hasToolCalls: true })).toBe('length');
  expect(readFinish({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, nothing)).toBe(
    'content-filter',
  );
  expect(readFinish({ status: 'incomplete' }, nothing)).toBe('other');
});

test('a reply that was cut off or filtered is written as incomplete, any other as completed', () => {
  expect(writtenFinish('context-full')).toEqual({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  expect(writtenFinish('content-filter')).toEqual({
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
  });
  for (const finish of ['stop', 'tool-calls', 'refusal', 'stop-sequence', 'other'] as const)
    expect(writtenFinish(finish)).toEqual({ status: 'completed', incomplete_details: null });
});
