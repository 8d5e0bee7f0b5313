import { describe, expect, test } from 'vitest';
import type { NeutralReply } from '../../../src/translate/neutral/reply.ts';
import { replyEvents } from '../../../src/translate/neutral/reply-events.ts';
import { checkOrder, toldBy } from '../streams/told.ts';

const owner = { api: 'openai-responses', model: 'gpt-5' } as const;

const reply: NeutralReply = {
  api: 'openai-responses',
  id: 'r',
  model: 'gpt-5',
  parts: [
    { kind: 'reasoning', text: '', owner, sealed: [{ type: 'reasoning' }] },
    { kind: 'text', text: '' },
    { kind: 'text', text: 'Hello' },
    { kind: 'tool-call', id: 'c', name: 'f', form: 'json', input: '{"a":1}' },
    { kind: 'tool-call', id: 'd', name: 'f', form: 'json', input: '' },
  ],
  finish: 'tool-calls',
  usage: { input: 1, output: 2 },
};

describe('a whole reply as a stream', () => {
  test('the events of a translated reply have the same content as the reply', () => {
    const events = replyEvents(reply);
    checkOrder(events);
    expect(toldBy(events)).toEqual({
      parts: ['reasoning  [{"type":"reasoning"}]', 'text Hello', 'tool-call c f {"a":1}', 'tool-call d f {}'],
      finish: 'tool-calls',
      usage: { input: 1, output: 2 },
    });
  });

  test('a call that was cut off before its input has no input', () => {
    expect(toldBy(replyEvents({ ...reply, finish: 'length' })).parts.at(-1)).toBe('tool-call d f ');
  });
});
