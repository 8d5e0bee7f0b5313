import { expect, test } from 'vitest';
import type { SessionState } from '../../../src/core/sessions/session-state.ts';
import { lastAnswers } from '../../../src/engine/state/last-answers.ts';
import { memory } from '../../../src/stores/memory.ts';

const place = { session: 's1', feature: 'support' };
const answer = (intentId: string, atMs: number) => ({ intentId, atMs });

test('the last answer is the answer that ended last, whichever was written last', async () => {
  const answers = lastAnswers(memory());
  await answers.keep(place, answer('i2', 20));
  await answers.keep(place, answer('i1', 10));
  expect(await answers.last(place)).toEqual(answer('i2', 20));
});

test('answers in other sessions, and by other features in one session, are kept apart', async () => {
  const answers = lastAnswers(memory());
  await answers.keep({ session: 's1', feature: 'search' }, answer('i1', 10));
  await answers.keep({ session: 's2', feature: 'support' }, answer('i2', 10));
  expect(await answers.last(place)).toBeUndefined();
});

test('a process knows the answers that others have kept in the store, and the later answer counts', async () => {
  const store = memory();
  const [here, there] = [lastAnswers(store), lastAnswers(store)];
  await here.keep(place, answer('i1', 10));
  expect(await there.last(place)).toEqual(answer('i1', 10));
  await there.keep(place, answer('i2', 20));
  expect(await here.last(place)).toEqual(answer('i2', 20));
});

test('if the store keeps no sessions, a process knows its own answers', async () => {
  const answers = lastAnswers({});
  await answers.keep(place, answer('i1', 10));
  expect(await answers.last(place)).toEqual(answer('i1', 10));
});

test('while the store cannot be read, a process knows its own answers, and a look-up of any other answer rejects', async () => {
  const answers = lastAnswers({ sessions: () => Promise.reject(new Error('down')), putSessions: async () => {} });
  await expect(answers.last(place)).rejects.toThrow('down');
  await answers.keep(place, answer('i1', 10));
  expect(await answers.last(place)).toEqual(answer('i1', 10));
});

test('an answer is not written until earlier look-ups of the last answer have ended', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly SessionState[]>();
  const written: string[] = [];
  const store = {
    sessions: () => promise,
    putSessions: async (states: readonly SessionState[]) =>
      void written.push(...states.map(({ last }) => last.intentId ?? '')),
  };
  const answers = lastAnswers(store);
  const asked = answers.last(place);
  const kept = answers.keep(place, answer('i2', 20));
  await Promise.resolve();
  expect(written).toEqual([]);
  const last = { tokens: 0, intents: 0, feature: 'support', ...answer('i1', 10) };
  resolve([{ id: 'row', last, models: {} }]);
  expect(await asked).toEqual(answer('i1', 10));
  await kept;
  expect(written).toEqual(['i2']);
});

test('a stored session that is one intent of the ledger has no last answer', async () => {
  const last = { tokens: 5000, intents: 3, feature: 'support', atMs: 10 };
  const store = { sessions: async () => [{ id: 's1', last, models: {} }] };
  expect(await lastAnswers(store).last(place)).toBeUndefined();
});
