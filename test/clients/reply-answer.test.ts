import { expect, test } from 'vitest';
import type { SentRequest } from '../../src/clients/http-request.ts';
import { answerOf, estimatedAnswer } from '../../src/clients/reply-answer.ts';
import type { ReplyFacts } from '../../src/contracts/wire.ts';

const sent = { requestChars: 400 } as SentRequest;
const facts: ReplyFacts = { id: 'r', model: 'm', tier: 'flex', finish: 'stop', text: 'hi', hasToolCalls: false };

test('reported usage is recorded as reported, whatever was written', () => {
  expect(answerOf(sent, { ...facts, usage: { input: 7, output: 9 } }, 4_000)).toEqual({
    ...facts,
    usage: { input: 7, output: 9 },
    provenance: 'reported',
  });
});

test('without reported usage the answer keeps the facts and is estimated from characters', () => {
  expect(answerOf(sent, facts, 40)).toEqual({ ...facts, usage: { input: 100, output: 10 }, provenance: 'estimated' });
});

test('input that a broken stream has reported is not estimated', () => {
  const inputUsage = { input: 8, cacheRead: 90 };
  expect(answerOf(sent, { ...facts, inputUsage }, 40).usage).toEqual({ ...inputUsage, output: 10 });
});

test('a reply that could not be read at all is estimated and has no text', () => {
  expect(estimatedAnswer(sent, 40)).toMatchObject({ usage: { input: 100, output: 10 }, finish: 'other', text: '' });
});
