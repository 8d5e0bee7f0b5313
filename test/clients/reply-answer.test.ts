import { expect, test } from 'vitest';
import type { SentRequest } from '../../src/clients/http-request.ts';
import { answerOf, estimatedAnswer } from '../../src/clients/reply-answer.ts';
import type { ReplyFacts } from '../../src/contracts/wire.ts';

const sent = { requestChars: 400 } as SentRequest;
const facts: ReplyFacts = { id: 'r', model: 'm', tier: 'flex', finish: 'stop', text: 'hi', hasToolCalls: false };

test('usage that the provider reports is recorded unchanged, however long the reply is', () => {
  expect(answerOf(sent, { ...facts, usage: { input: 7, output: 9 } }, 4_000)).toEqual({
    ...facts,
    usage: { input: 7, output: 9 },
    provenance: 'reported',
  });
});

test('usage that the provider does not report is estimated from characters, and the other facts are kept', () => {
  expect(answerOf(sent, facts, 40)).toEqual({ ...facts, usage: { input: 100, output: 10 }, provenance: 'estimated' });
});

test('input that a broken stream has reported is not estimated', () => {
  const inputUsage = { input: 8, cacheRead: 90 };
  expect(answerOf(sent, { ...facts, inputUsage }, 40).usage).toEqual({ ...inputUsage, output: 10 });
});

test('the usage of an unreadable reply is estimated, and its text is empty', () => {
  expect(estimatedAnswer(sent, 40)).toMatchObject({ usage: { input: 100, output: 10 }, finish: 'other', text: '' });
});
