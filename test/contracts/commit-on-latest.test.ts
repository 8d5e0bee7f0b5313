import { expect, test } from 'vitest';
import { commitOne, commitOnLatest, MAX_CAS_RETRIES } from '../../src/contracts/commit-on-latest.ts';
import type { Change, Store } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';
import { attempted, changesOf, decided, history, NOON } from '../stores/histories.ts';

const [decision, attempt] = changesOf(history('a', 'support', [decided(NOON), attempted(NOON + 1)])) as [
  Change,
  Change,
];

/** A store whose commits lose the first races: another writer appends an attempt before each of them. */
function raced(races: number): Store & { readonly inner: Store } {
  const inner = memory();
  let left = races;
  return {
    ...inner,
    inner,
    async commitAll(changes) {
      if (left-- > 0) {
        const revision = (await inner.load('a')).length;
        const records = attempt.records.map(record => ({ ...record, revision, atMs: NOON + 2 }));
        await commitOne(inner, { ...attempt, expectedRevision: revision, records });
      }
      return inner.commitAll(changes);
    },
  };
}

const append = (records: readonly unknown[]) => ({
  change: {
    ...attempt,
    expectedRevision: records.length,
    records: attempt.records.map(record => ({ ...record, revision: records.length })),
  },
  result: records.length,
});

test.each([0, 1, MAX_CAS_RETRIES])(
  'a change is computed again from the latest records after %i lost races',
  async races => {
    const store = raced(races);
    await commitOne(store.inner, decision);
    expect(await commitOnLatest(store, 'a', append)).toBe(1 + races);
    expect(await store.load('a')).toHaveLength(2 + races);
  },
);

test('a commit that loses more than MAX_CAS_RETRIES races rejects with `store-unusable`', async () => {
  const store = raced(MAX_CAS_RETRIES + 1);
  await commitOne(store.inner, decision);
  await expect(commitOnLatest(store, 'a', append)).rejects.toMatchObject({ code: 'store-unusable', path: 'a' });
});

test('a change that is already in the ledger counts as committed', async () => {
  const store = memory();
  await commitOne(store, decision);
  const step = (records: readonly unknown[]) => ({ change: attempt, result: records.length });
  expect([await commitOnLatest(store, 'a', step), await commitOnLatest(store, 'a', step)]).toEqual([1, 2]);
  expect(await store.load('a')).toHaveLength(2);
});

test('a change that the store refuses rejects with the reason, and is not tried again', async () => {
  const store = memory();
  await expect(
    commitOnLatest(store, 'a', () => ({ change: { ...decision, dueAtMs: Number.NaN }, result: 0 })),
  ).rejects.toMatchObject({ code: 'invalid-value', path: 'change.dueAtMs' });
});

test('a store that gives no answer to a change counts as not having committed it', async () => {
  await expect(commitOne({ name: 'mute', commitAll: async () => [] }, decision)).rejects.toThrow(
    'mute has not answered',
  );
});

test('a step without a change commits nothing and returns its result', async () => {
  const store = memory();
  expect(await commitOnLatest(store, 'a', records => ({ result: records }))).toEqual([]);
  expect(await Array.fromAsync(store.scan())).toEqual([]);
});
