import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import type { IntentBook } from '../../../src/engine/state/intent-book.ts';
import { intentBook } from '../../../src/engine/state/intent-book.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { attempted, decided, labelled } from './new-records.ts';

function bookOn(
  store: Store,
  { capacity = 20_000 } = {},
): {
  readonly book: IntentBook;
  readonly faults: unknown[];
  readonly committed: LedgerRecord[];
} {
  const faults: unknown[] = [];
  const committed: LedgerRecord[] = [];
  const book = intentBook({
    store,
    capacity,
    soon: callback => void setImmediate(callback),
    dueAtMs: () => null,
    beginCommit: () => undefined,
    endCommit: () => {},
    committedTogether: () => {},
    committed: change => void committed.push(...change.records),
    faulted: error => void faults.push(error),
  });
  return { book, faults, committed };
}

test('appends to one intent are stored in the order of the calls, however many run at once', async () => {
  const store = memory();
  const { book } = bookOn(store);
  const appends = [book.append('i', () => [decided('i')])];
  await appends[0];
  for (let cost = 1; cost <= 20; cost++) appends.push(book.append('i', () => [attempted('i', cost)]));
  await Promise.all(appends);
  const costs = (await store.load('i')).flatMap(record =>
    record.kind === 'attempted' ? [record.attempt.costNanoUsd] : [],
  );
  expect(costs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test('`peek` returns an intent as soon as records were added, before the store has it', () => {
  const { book } = bookOn(memory());
  book.add('i', () => [decided('i')]);
  expect(book.peek('i')?.decided.decision.plan).toEqual(['mini']);
  return book.flush();
});

test('an append whose callback makes no records commits nothing', async () => {
  const { book, committed } = bookOn(memory());
  expect(
    await book.append('unknown', intent => (intent === undefined ? [] : [labelled('unknown', true)])),
  ).toBeUndefined();
  expect(committed).toEqual([]);
});

test('the latest state of an intent includes what another process has added; the state in memory may not', async () => {
  const store: Store = { ...memory(), isPrivate: false };
  const { book } = bookOn(store);
  expect(await book.latest('i')).toBeUndefined();
  await book.append('i', () => [decided('i')]);
  await bookOn(store).book.append('i', () => [labelled('i', true)]);
  expect((await book.get('i'))?.outcome.state).toBe('pending');
  expect((await book.latest('i'))?.outcome.state).toBe('success');
  const failing: Store = { ...store, load: async () => Promise.reject(new Error('down')) };
  const other = bookOn(failing).book;
  await expect(other.latest('i')).rejects.toThrow('down');
});

test('an append whose callback adds nothing calls it again, only once, with the records that another process has added', async () => {
  const store: Store = { ...memory(), isPrivate: false };
  const { book } = bookOn(store);
  await book.append('i', () => [decided('i')]);
  await bookOn(store).book.append('i', () => [labelled('i', true)]);
  const seen: (number | undefined)[] = [];
  const see = async () => book.append('i', intent => (seen.push(intent?.revision), []));
  expect((await see())?.outcome.state).toBe('success');
  expect((await see())?.revision).toBe(2);
  expect(seen).toEqual([1, 2, 2]);
});

test('records that are added while an append reads another process’s records are kept, in memory and in the store', async () => {
  const inner: Store = { ...memory(), isPrivate: false };
  let records: readonly LedgerRecord[] = [];
  // An answer that comes before the records are sent.
  const { book, faults } = bookOn({ ...inner, load: async () => records });
  book.hold('i', true);
  await book.append('i', () => [decided('i')]);
  for (const success of [false, true]) await bookOn(inner).book.append('i', () => [labelled('i', success)]);
  records = await inner.load('i');
  const reading = book.append('i', () => []);
  book.add('i', () => [attempted('i', 3)]);
  await reading;
  await book.flush();
  expect((await inner.load('i')).map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'labelled', 'attempted']);
  expect([book.peek('i')?.attempts.length, book.peek('i')?.outcome.state, faults]).toEqual([1, 'success', []]);
  const grown = new Set(await inner.cells('f'));
  await rebuildCells(inner, 'f');
  expect(grown).toEqual(new Set(await inner.cells('f')));
});

test('an append that adds nothing resolves to the intent in memory where the store cannot be read', async () => {
  const inner = memory();
  const { book } = bookOn({ ...inner, isPrivate: false, load: async () => Promise.reject(new Error('gone')) });
  book.add('i', () => [decided('i')]);
  await book.flush();
  expect((await book.append('i', () => []))?.revision).toBe(1);
});

test('an append rejects when the store does not take it, and its records are stored by the next append that is taken', async () => {
  const inner = memory();
  const disk = { isFull: true };
  const store: Store = {
    ...inner,
    commitAll: async changes => (disk.isFull ? Promise.reject(new Error('disk full')) : inner.commitAll(changes)),
  };
  const { book, faults } = bookOn(store);
  const refusal = { code: 'store-unusable', cause: new Error('disk full') };
  await expect(book.append('i', () => [decided('i')])).rejects.toMatchObject(refusal);
  await expect(book.append('i', () => [labelled('i', true)])).rejects.toMatchObject(refusal);
  expect(book.peek('i')?.outcome.state).toBe('success');
  expect(faults.map(String)).toEqual(['Error: disk full', 'Error: disk full']);
  disk.isFull = false;
  // The same outcome again adds no record, and waits for the one before.
  expect((await book.append('i', () => []))?.outcome.state).toBe('success');
  expect((await inner.load('i')).map(({ kind }) => kind)).toEqual(['decided', 'labelled']);
});

test('`whenStored` resolves without an error when the store does not take the intent: a call fails open', async () => {
  const { book } = bookOn({
    ...memory(),
    isPrivate: false,
    commitAll: async () => Promise.reject(new Error('disk full')),
  });
  book.add('i', () => [decided('i')]);
  await book.whenStored('i', 'decision');
  await expect(book.flush()).rejects.toMatchObject({ code: 'store-unusable' });
});

test('`whenStored` returns a promise until the store has the intent, and undefined from then on', async () => {
  const { book } = bookOn({ ...memory(), isPrivate: false });
  book.add('i', () => [decided('i')]);
  const storing = book.whenStored('i', 'decision');
  expect(storing).toBeInstanceOf(Promise);
  await storing;
  expect(book.whenStored('i', 'decision')).toBeUndefined();
});

test('`whenStored` waits for later records only where all of them are needed', async () => {
  const store: Store = { ...memory(), isPrivate: false };
  const { book } = bookOn(store);
  book.add('i', () => [decided('i')]);
  await book.flush();
  book.add('i', () => [labelled('i', true)]);
  expect(book.whenStored('i', 'decision')).toBeUndefined();
  await book.whenStored('i', 'all');
  expect(await store.load('i')).toHaveLength(2);
  expect(book.whenStored('i', 'all')).toBeUndefined();
});

test('`whenStored` never waits for a store that is private to this process', async () => {
  const { book } = bookOn(memory());
  book.add('i', () => [decided('i')]);
  expect(book.whenStored('i', 'decision')).toBeUndefined();
  await book.flush();
});

test('an intent of a single call is evicted when it is written, and read from the store when it is used again', async () => {
  const { book } = bookOn(memory());
  book.hold('i', false);
  book.add('i', () => [decided('i')]);
  book.release('i');
  expect(book.peek('i')).toBeDefined();
  await book.flush();
  expect(book.peek('i')).toBeUndefined();
  expect((await book.append('i', () => [labelled('i', true)]))?.outcome.state).toBe('success');
});

test('a held intent is not evicted, so that the cost of a long stream is recorded at its end', async () => {
  const store = memory();
  const { book } = bookOn(store, { capacity: 1 });
  book.hold('long', true);
  book.add('long', () => [decided('long')]);
  for (const id of ['a', 'b', 'c']) book.add(id, () => [decided(id)]);
  await book.flush();
  book.add('long', intent => (intent === undefined ? [] : [attempted('long', 9)]));
  book.release('long');
  await book.flush();
  expect((await store.load('long')).map(record => record.kind)).toEqual(['decided', 'attempted']);
});

test('concurrent callers of an unknown intent share one read of the store, and both of their records are stored', async () => {
  const inner = memory();
  await bookOn(inner).book.append('i', () => [decided('i')]);
  const loads: (() => void)[] = [];
  const slow: Store = {
    ...inner,
    async load(id) {
      const records = await inner.load(id);
      await new Promise<void>(resolve => loads.push(resolve));
      return records;
    },
  };
  const { book, faults } = bookOn(slow);
  const appends = [book.append('i', () => [attempted('i', 1)]), book.append('i', () => [attempted('i', 2)])];
  while (loads.length === 0) await Promise.resolve();
  loads.shift()?.();
  await appends[0];
  loads.shift()?.();
  await appends[1];
  expect(faults).toEqual([]);
  expect((await inner.load('i')).map(({ revision, kind }) => [revision, kind])).toEqual([
    [0, 'decided'],
    [1, 'attempted'],
    [2, 'attempted'],
  ]);
});

test('records that were added while the store was read are kept, in memory and in the store', async () => {
  const inner = memory();
  const answer = Promise.withResolvers<void>();
  const slow: Store = {
    ...inner,
    async load(id) {
      const records = await inner.load(id);
      await answer.promise;
      return records;
    },
  };
  const { book, faults } = bookOn(slow);
  const read = book.get('i');
  await new Promise(setImmediate);
  book.add('i', () => [decided('i')]);
  await book.flush();
  answer.resolve();
  expect((await read)?.id).toBe('i');
  expect(book.peek('i')?.id).toBe('i');
  expect((await inner.load('i')).map(({ kind }) => kind)).toEqual(['decided']);
  expect(faults).toEqual([]);
});

test('a decision that no other process can know is written with its request’s next records, at the request’s end, or by a flush', async () => {
  const store = memory();
  const { book, committed } = bookOn(store);
  const soon = async (): Promise<void> => new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  for (const id of ['a', 'b', 'c']) {
    book.hold(id, true);
    expect(book.begin(id, () => [decided(id)])?.revision).toBe(1);
  }
  await soon();
  expect([committed, await store.load('a')]).toEqual([[], []]);
  book.add('a', () => [attempted('a', 3)]);
  book.release('b');
  await soon();
  expect(committed.map(({ intentId, kind }) => `${intentId} ${kind}`)).toEqual([
    'a decided',
    'a attempted',
    'b decided',
  ]);
  await book.flush();
  expect(await store.load('c')).toHaveLength(1);
  await book.whenStored('c', 'decision');
  expect(committed).toHaveLength(4);
});

test('a decision is in the store once a caller has waited for it', async () => {
  const store = { ...memory(), isPrivate: false };
  const { book } = bookOn(store);
  book.hold('a', true);
  book.begin('a', () => [decided('a')]);
  await book.whenStored('a', 'decision');
  expect(await store.load('a')).toHaveLength(1);
});
