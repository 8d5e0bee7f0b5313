import { expect, test } from 'vitest';
import { collectedReply } from '../../../src/translate/neutral/collected-reply.ts';
import type { NeutralReply } from '../../../src/translate/neutral/reply.ts';
import { replyEvents } from '../../../src/translate/neutral/reply-events.ts';

test('a reply that is collected from its events equals the original reply', () => {
  const reply: NeutralReply = {
    api: 'openai-chat',
    id: 'r1',
    model: 'm',
    parts: [
      { kind: 'text', text: 'Let me look.' },
      { kind: 'tool-call', id: 'c1', name: 'find', form: 'json', input: '{"n":1e400}' },
    ],
    finish: 'tool-calls',
    usage: { input: 3, output: 4 },
  };
  expect(collectedReply('openai-chat', replyEvents(reply))).toEqual(reply);
});

test('a stream that ends in an error gives no reply', () => {
  const error = { error: { message: 'Overloaded' } };
  const events = [
    { on: 'start', id: 'r', model: 'm' },
    { on: 'error', api: 'openai-chat', error },
  ] as const;
  expect(() => collectedReply('openai-chat', events)).toThrow('reports an error');
});
