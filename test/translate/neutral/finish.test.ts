import { expect, test } from 'vitest';
import { finishWithCalls } from '../../../src/translate/neutral/finish.ts';

test('a reply with tool calls finishes as tool calls, whatever finish its vendor states', () => {
  for (const said of ['stop', 'stop-sequence', 'other', 'tool-calls'] as const)
    expect(finishWithCalls(said, true)).toBe('tool-calls');
});

test('a reply that was cut off, filtered or paused keeps that finish, with calls or without', () => {
  for (const said of ['length', 'context-full', 'content-filter', 'refusal', 'pause'] as const)
    for (const hasCalls of [true, false]) expect(finishWithCalls(said, hasCalls)).toBe(said);
});

test('a reply without tool calls does not end as tool calls', () => {
  expect(finishWithCalls('tool-calls', false)).toBe('stop');
  expect(finishWithCalls('stop-sequence', false)).toBe('stop-sequence');
});
