import { expect, test } from 'vitest';
import { commitOnLatest, MAX_CAS_RETRIES } from '../../src/contracts/commit-on-latest.ts';
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
    async commit(change) {
      if (left-- > 0) {
        const revision = (await inner.load('a')).length;
        const records = attempt.records.map(record => ({ ...record, revision }));
        await inner.commit({ ...attempt, expectedRevision: revision, records });
      }
      return inner.commit(change);
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
    await store.inner.commit(decision);
    expect(await commitOnLatest(store, 'a', append)).toBe(1 + races);
    expect(await store.load('a')).toHaveLength(2 + races);
  },
);

test('a commit that loses more than MAX_CAS_RETRIES races rejects with `store-unusable`', async () => {
  const store = raced(MAX_CAS_RETRIES + 1);
  await store.inner.commit(decision);
  await expect(commitOnLatest(store, 'a', append)).rejects.toMatchObject({ code: 'store-unusable', path: 'a' });
});

test('a step without a change commits nothing and returns its result', async () => {
  const store = memory();
  expect(await commitOnLatest(store, 'a', records => ({ result: records }))).toEqual([]);
  expect(await store.generation()).toBe(0);
});
