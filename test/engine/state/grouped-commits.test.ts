import { expect, test } from 'vitest';
import type { Change, Store } from '../../../src/contracts/store.ts';
import { groupedCommits } from '../../../src/engine/state/grouped-commits.ts';

const change = (intentId: string): Change => ({
  intentId,
  feature: 'f',
  expectedRevision: 0,
  records: [],
  delta: [],
  dueAtMs: null,
});

/** A store that keeps the ids of each call, and answers `conflict` to the intent `late`. */
function counting(rejects?: Error) {
  const calls: string[][] = [];
  const store: Pick<Store, 'name' | 'commitAll'> = {
    name: 'counting',
    async commitAll(changes) {
      calls.push(changes.map(({ intentId }) => intentId));
      if (rejects !== undefined) throw rejects;
      return changes.map(({ intentId }) => ({ kind: intentId === 'late' ? 'conflict' : 'committed' }));
    },
  };
  return { calls, send: groupedCommits(store) };
}

test('changes that are made within one task go to the store in one call, and each gets its own answer', async () => {
  const { calls, send } = counting();
  const answers = await Promise.all(['a', 'late', 'b'].map(id => send(change(id))));
  expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'conflict', 'committed']);
  await send(change('c'));
  expect(calls).toEqual([['a', 'late', 'b'], ['c']]);
});

test('a call takes 500 changes at most', async () => {
  const { calls, send } = counting();
  await Promise.all(Array.from({ length: 1_001 }, (_, i) => send(change(`i${i}`))));
  expect(calls.map(({ length }) => length)).toEqual([500, 500, 1]);
  expect(calls.flat()).toEqual(Array.from({ length: 1_001 }, (_, i) => `i${i}`));
});

test('a call that rejects rejects all of its changes, and the next call is made', async () => {
  const { calls, send } = counting(new Error('gone'));
  const both = await Promise.allSettled([send(change('a')), send(change('b'))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(send(change('c'))).rejects.toThrow('gone');
  expect(calls).toEqual([['a', 'b'], ['c']]);
});

test('a change without an answer rejects', async () => {
  const send = groupedCommits({ name: 'mute', commitAll: async () => [] });
  await expect(send(change('a'))).rejects.toThrow('mute has not answered to every change');
});
