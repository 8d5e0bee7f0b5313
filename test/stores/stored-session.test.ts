import { expect, test } from 'vitest';
import { sessionOfJson } from '../../src/stores/stored-session.ts';

test('a session is read as it was written, and a text that is not a session counts as unknown', () => {
  const state = { id: 's1', last: { tokens: 5, atMs: 1, intents: 1, feature: 'f' }, models: {} };
  expect(sessionOfJson(JSON.stringify(state))).toEqual(state);
  for (const json of [
    '{',
    'null',
    '7',
    '{}',
    '{"last":{"tokens":1,"atMs":1}}',
    '{"last":{"tokens":1,"atMs":1,"intents":1}}',
  ])
    expect(sessionOfJson(json), json).toBeUndefined();
});
