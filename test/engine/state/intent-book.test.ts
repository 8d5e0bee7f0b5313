import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { IntentBook, NewRecord } from '../../../src/engine/state/intent-book.ts';
import { intentBook } from '../../../src/engine/state/intent-book.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Store } from '../../../src/contracts/store.ts';

const fact = { feature: 'f', atMs: 1_000 } as const;

function decided(intentId: string): NewRecord {
  const decision = { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'test', reason: 'test' };
  return {
    ...fact,
    kind: 'decided',
    intentId,
    segment: '',
    decision,
    failureCostNanoUsd: 15e9,
    versions: { mini: 'v1' },
  };
}

function attempted(intentId: string, costNanoUsd: number): NewRecord {
  const attempt: Attempt = {
    kind: 'first',
    requestId: 'r1',
    turn: 1,
    model: 'mini',
    node: 'mini',
    providerModel: 'm',
    startedAtMs: 1_000,
    latencyMs: 5,
    status: 'ok',
    usage: {},
    costNanoUsd,
    provenance: 'reported',
  };
  return { ...fact, kind: 'attempted', intentId, attempt };
}

function labelled(intentId: string, success: boolean): NewRecord {
  return { ...fact, kind: 'labelled', intentId, evidence: { source: 'explicit', success } };
}

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
    committed: change => void committed.push(...change.records),
    faulted: error => void faults.push(error),
  });
  return { book, faults, committed };
}

test('appends to one intent keep their order, however many are under way', async () => {
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

test('an intent is seen by this process from the moment it is appended, before the store has it', () => {
  const { book } = bookOn(memory());
  book.add('i', () => [decided('i')]);
  expect(book.peek('i')?.decided.decision.plan).toEqual(['mini']);
  return book.flush();
});

test('of two processes the loser settles again on what the winner wrote: nothing is lost and the cells are exact', async () => {
  const store = memory();
  const here = bookOn(store).book;
  const there = bookOn(store).book;
  await here.append('i', () => [decided('i')]);
  await there.append('i', intent => (intent === undefined ? [] : [labelled('i', false)]));
  // Here the intent is still as it was before: the store refuses, and the attempt is made again on what is there now.
  await here.append('i', () => [attempted('i', 7)]);
  await there.append('i', () => [labelled('i', true)]);
  const records = await store.load('i');
  expect(records.map(record => `${record.revision}:${record.kind}`)).toEqual([
    '0:decided',
    '1:labelled',
    '2:attempted',
    '3:labelled',
  ]);
  const incremental = await store.cells('f');
  await rebuildCells(store, 'f');
  expect(new Set(await store.cells('f'))).toEqual(new Set(incremental));
  expect(incremental.find(cell => cell.key.scope === 'plan')?.sums.successes).toBe(1n);
});

test('nothing to append leaves the ledger as it was', async () => {
  const { book, committed } = bookOn(memory());
  expect(
    await book.append('nobody', intent => (intent === undefined ? [] : [labelled('nobody', true)])),
  ).toBeUndefined();
  expect(committed).toEqual([]);
});

test('a store that throws is reported, and the intent goes on in memory', async () => {
  const broken: Store = { ...memory(), commit: async () => Promise.reject(new Error('disk full')) };
  const { book, faults } = bookOn(broken);
  await book.append('i', () => [decided('i')]);
  await book.append('i', () => [labelled('i', true)]);
  expect(book.peek('i')?.outcome.state).toBe('success');
  expect(faults.map(String)).toEqual(['Error: disk full', 'Error: disk full']);
});

test('what comes within a moment is written as one change', async () => {
  const store = memory();
  let commits = 0;
  const counting: Store = { ...store, commit: async change => (commits++, store.commit(change)) };
  const { book } = bookOn(counting);
  book.add('i', () => [decided('i')]);
  book.add('i', () => [attempted('i', 3)]);
  await book.flush();
  expect(commits).toBe(1);
  expect((await store.load('i')).map(record => record.kind)).toEqual(['decided', 'attempted']);
});

test('an intent is open at once when the store has it, and after its first write otherwise', async () => {
  const { book } = bookOn({ ...memory(), isPrivate: false });
  book.add('i', () => [decided('i')]);
  const opened = book.whenStored('i');
  expect(opened).toBeInstanceOf(Promise);
  await opened;
  expect(book.whenStored('i')).toBeUndefined();
});

test('nobody waits for a store that only this process can see', async () => {
  const { book } = bookOn(memory());
  book.add('i', () => [decided('i')]);
  expect(book.whenStored('i')).toBeUndefined();
  await book.flush();
});

test('an intent that was made for a single call is let go when it is written, and read again when it is asked for', async () => {
  const { book } = bookOn(memory());
  book.hold('i', false);
  book.add('i', () => [decided('i')]);
  book.release('i');
  expect(book.peek('i')).toBeDefined();
  await book.flush();
  expect(book.peek('i')).toBeUndefined();
  expect((await book.append('i', () => [labelled('i', true)]))?.outcome.state).toBe('success');
});

test('a held intent outlasts the cache: what a long stream cost is recorded at its end', async () => {
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

test('an intent that several ask for at once is read once, and what one of them adds is there for the others', async () => {
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
