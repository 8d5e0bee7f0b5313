import { expect, test } from 'vitest';
import { finishReason, readFinish } from '../../../src/translate/chat/finish.ts';

const nothing = { hasToolCalls: false, hasRefusal: false };

test('a reply with a refusal and the finish reason `stop` finishes as a refusal', () => {
  const refused = { ...nothing, hasRefusal: true };
  expect(readFinish({ finish_reason: 'stop' }, refused)).toEqual({ finish: 'refusal' });
  expect(readFinish({ finish_reason: 'length' }, refused)).toEqual({ finish: 'length' });
});

test('the stop sequence that ended a reply is reported where the server names it', () => {
  expect(readFinish({ finish_reason: 'stop', stop_reason: 'END' }, nothing)).toEqual({
    finish: 'stop-sequence',
    stopSequence: 'END',
  });
  // vLLM names the token that ended the reply by its number.
  expect(readFinish({ finish_reason: 'stop', stop_reason: 2 }, nothing)).toEqual({ finish: 'stop' });
});

test('finish reasons of other vendors are understood', () => {
  expect(readFinish({ finish_reason: 'end_turn' }, nothing)).toEqual({ finish: 'stop' });
  expect(readFinish({ finish_reason: 'MAX_TOKENS' }, nothing)).toEqual({ finish: 'length' });
  expect(readFinish({ finish_reason: 'hm' }, nothing)).toEqual({ finish: 'other' });
});

test('every finish has a finish reason that the client knows', () => {
  expect(finishReason('refusal', false)).toBe('stop');
  expect(finishReason('context-full', false)).toBe('length');
  expect(finishReason('tool-calls', false)).toBe('tool_calls');
  expect(finishReason('tool-calls', true)).toBe('function_call');
  expect(finishReason('content-filter', true)).toBe('content_filter');
});
