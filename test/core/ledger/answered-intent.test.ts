import { expect, test } from 'vitest';
import { AnsweredIntent } from '../../../src/core/ledger/answered-intent.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { answeredIntent, labelledAtOnce } from '../../stores/histories.ts';

test('an intent that was answered at once unpacks to the two records that separate writes would have made', () => {
  const intent = answeredIntent('i', { costNanoUsd: 7 });
  expect(intent.records()).toEqual([
    intent.decided,
    { kind: 'attempted', intentId: 'i', revision: 1, feature: 'support', atMs: intent.atMs, attempt: intent.attempt },
  ]);
  expect(intent.revision).toBe(intent.records().length);
  expect(intent.intent()).toStrictEqual(foldIntent(intent.records()));
  expect(new AnsweredIntent(intent.decided, intent.attempt, intent.atMs)).toEqual(intent);
});

test('an intent whose first evidence came at once has that evidence as its third record', () => {
  const answered = answeredIntent('i');
  const intent = labelledAtOnce(answered, { success: true });
  expect(intent.records()).toEqual([...answered.records(), intent.labelled]);
  expect(intent.revision).toBe(intent.records().length);
  expect(intent.intent()).toStrictEqual(foldIntent(intent.records()));
});
