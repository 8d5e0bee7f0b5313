import { expect, test } from 'vitest';
import { readFinish, writtenFinish } from '../../../src/translate/anthropic/finish.ts';

test('a reply is read as a refusal with or without an explanation', () => {
  expect(readFinish({ stop_reason: 'refusal', stop_details: null }, false)).toEqual({ finish: 'refusal' });
  const message = { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'bio', explanation: 'Why' } };
  expect(readFinish(message, false)).toEqual({ finish: 'refusal', explanation: 'Why' });
});

test('a stop sequence is read and written with its text', () => {
  expect(readFinish({ stop_reason: 'stop_sequence', stop_sequence: 'END' }, false)).toEqual({
    finish: 'stop-sequence',
    stopSequence: 'END',
  });
  expect(writtenFinish({ finish: 'stop-sequence', stopSequence: 'END' })).toEqual({
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
    stop_details: null,
  });
});

test('only a refusal has details, and only if it has an explanation', () => {
  expect(writtenFinish({ finish: 'refusal', explanation: 'Why' }).stop_details).toEqual({
    type: 'refusal',
    category: null,
    explanation: 'Why',
  });
  expect(writtenFinish({ finish: 'content-filter' })).toMatchObject({ stop_reason: 'refusal', stop_details: null });
  expect(writtenFinish({ finish: 'stop', explanation: 'Why' }).stop_details).toBeNull();
});

test('every end reason of this API is written as it was read', () => {
  for (const reason of ['end_turn', 'max_tokens', 'model_context_window_exceeded', 'refusal', 'pause_turn'])
    expect(writtenFinish(readFinish({ stop_reason: reason }, false)).stop_reason).toBe(reason);
  expect(writtenFinish(readFinish({ stop_reason: 'tool_use' }, true)).stop_reason).toBe('tool_use');
});
