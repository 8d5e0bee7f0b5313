import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitOne, MAX_CAS_RETRIES } from '../../../src/contracts/commit-on-latest.ts';
import type { Change, ChangeResult, Store } from '../../../src/contracts/store.ts';
import type { CellMap } from '../../../src/core/cells/sums.ts';
import { addCell } from '../../../src/core/cells/sums.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { RouterError } from '../../../src/errors.ts';
import { intentCache } from '../../../src/engine/state/intent-cache.ts';
import type { IntentWriterOptions } from '../../../src/engine/state/intent-writer.ts';
import { intentWriter } from '../../../src/engine/state/intent-writer.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { oneByOne } from '../../stores/one-by-one.ts';
import { attempted, decided, labelled } from './new-records.ts';

function writing(store: Store, options: Partial<IntentWriterOptions> = {}) {
  const faults: unknown[] = [];
  const committed: LedgerRecord[] = [];
  const cache = intentCache(100);
  const writer = intentWriter(cache, {
    store,
    soon: callback => void setImmediate(callback),
    dueAtMs: () => null,
    beginCommit: () => undefined,
    endCommit: () => {},
    committed: change => void committed.push(...change.records),
    faulted: error => void faults.push(error),
    ...options,
  });
  return { writer, entry: cache.entryOf('i'), cache, faults, committed };
}

const kinds = (records: readonly LedgerRecord[]): readonly string[] =>
  records.map(({ revision, kind }) => `${revision} ${kind}`);

const costs = (records: readonly LedgerRecord[]): readonly number[] =>
  records.flatMap(record => (record.kind === 'attempted' ? [record.attempt.costNanoUsd] : []));

/** The store, with the number of its commits. */
function counted(inner: Store) {
  const calls = { commits: 0 };
  const store: Store = { ...inner, commitAll: async changes => (calls.commits++, inner.commitAll(changes)) };
  return { store, calls };
}

/** Appends a record of another process. */
async function append({ writer, entry }: ReturnType<typeof writing>, record: ReturnType<typeof decided>) {
  writer.add(entry, intent => (intent === undefined ? [decided('i'), record] : [record]));
  await writer.flush();
}

/** The cells as the commits made them, and as they are when they are counted again from the ledger. */
async function cellsOf(store: Store) {
  const grown = new Set(await store.cells('f'));
  await rebuildCells(store, 'f');
  return { grown, rebuilt: new Set(await store.cells('f')) };
}

test('records that are added within a moment are written as one change', async () => {
  const { store, calls } = counted(memory());
  const { writer, entry, committed } = writing(store);
  writer.add(entry, () => [decided('i')]);
  writer.add(entry, () => [attempted('i', 3), attempted('i', 4)]);
  await writer.flush();
  expect([calls.commits, kinds(await store.load('i'))]).toEqual([1, ['0 decided', '1 attempted', '2 attempted']]);
  expect(kinds(committed)).toEqual(['0 decided', '1 attempted', '2 attempted']);
});

test('the changes of several intents within a moment go to the store in one call, and a refused one does not prevent the others', async () => {
  const { store, calls } = counted(memory());
  const { writer, cache, faults } = writing(store);
  for (const id of ['a', 'b', 'c'])
    writer.add(cache.entryOf(id), () => [{ ...decided(id), atMs: id === 'b' ? Number.NaN : 1_000 }]);
  await expect(writer.flush()).rejects.toMatchObject({ code: 'invalid-value' });
  expect([calls.commits, faults.length]).toEqual([1, 1]);
  expect([await store.load('a'), await store.load('b'), await store.load('c')].map(({ length }) => length)).toEqual([
    1, 0, 1,
  ]);
});

test('records are written soon after they were added, without a flush', async () => {
  const store = memory();
  const { writer, entry } = writing(store);
  writer.add(entry, () => [decided('i')]);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  writer.add(entry, () => [attempted('i', 3)]);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(kinds(await store.load('i'))).toEqual(['0 decided', '1 attempted']);
});

test('a flush also waits for the records that are added while it writes', async () => {
  const inner = memory();
  const store: Store = {
    ...inner,
    async commitAll(changes) {
      if (changes[0]?.expectedRevision === 0) writer.add(entry, () => [attempted('i', 3)]);
      return inner.commitAll(changes);
    },
  };
  const { writer, entry } = writing(store);
  writer.add(entry, () => [decided('i')]);
  await writer.flush();
  expect(kinds(await inner.load('i'))).toEqual(['0 decided', '1 attempted']);
});

test('an intent is protected from eviction until it is written', async () => {
  const { writer, entry, cache } = writing(memory());
  writer.add(entry, () => [decided('i')]);
  for (let i = 0; i < 200; i++) cache.entryOf(`other ${i}`);
  expect(cache.peek('i')).toBe(entry);
  await writer.flush();
  expect(cache.peek('i')).toBeUndefined();
});

test('the loser of a compare-and-set race makes its records again on top of the winner’s: no record is lost and the cells are exact', async () => {
  const store = memory();
  const here = writing(store);
  const there = writing(store);
  here.writer.add(here.entry, () => [decided('i')]);
  await here.writer.flush();
  there.entry.intent = here.entry.intent;
  there.entry.stored = here.entry.stored;
  there.writer.add(there.entry, () => [labelled('i', false)]);
  await there.writer.flush();
  here.writer.add(here.entry, () => [attempted('i', 7)]);
  await here.writer.flush();
  expect(kinds(await store.load('i'))).toEqual(['0 decided', '1 labelled', '2 attempted']);
  expect(kinds(here.committed)).toEqual(['0 decided', '2 attempted']);
  expect(here.entry.intent).toMatchObject({ outcome: { state: 'failure' }, attempts: [{ costNanoUsd: 7 }] });
  const { grown, rebuilt } = await cellsOf(store);
  expect(grown).toEqual(rebuilt);
});

test('records that are added while the loser of a race reloads the intent are in the store too', async () => {
  const inner = memory();
  const winner = writing(inner);
  winner.writer.add(winner.entry, () => [decided('i')]);
  await winner.writer.flush();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const loading = Promise.withResolvers<void>();
  const { writer, entry, faults } = writing({
    ...inner,
    async load(id) {
      loading.resolve();
      await gate;
      return inner.load(id);
    },
  });
  writer.add(entry, intent => (intent === undefined ? [decided('i'), attempted('i', 1)] : [attempted('i', 1)]));
  await loading.promise;
  writer.add(entry, () => [labelled('i', true)]);
  open();
  await writer.flush();
  expect(kinds(await inner.load('i'))).toEqual(['0 decided', '1 attempted', '2 labelled']);
  expect(faults).toEqual([]);
});

test('every record of every process is in the ledger once and in its process’s order, however the store’s answers interleave', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }),
      async (scheduler, processes) => {
        const inner = memory();
        const store: Store = {
          ...inner,
          commitAll: scheduler.scheduleFunction(async changes => inner.commitAll(changes)),
          load: scheduler.scheduleFunction(async id => inner.load(id)),
        };
        const wanted: number[][] = [];
        const done = processes.map(async (pauses, index) => {
          const { writer, entry, faults } = writing(store);
          const mine: number[] = [];
          wanted.push(mine);
          for (const [i, pause] of pauses.entries()) {
            const cost = 100 * (index + 1) + i;
            mine.push(cost);
            const attempt = attempted('i', cost);
            writer.add(entry, intent => (intent === undefined ? [decided('i'), attempt] : [attempt]));
            for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
          }
          await writer.flush();
          return faults;
        });
        const all = Promise.all(done);
        await scheduler.waitFor(all);
        expect((await all).flat()).toEqual([]);
        const written = costs(await inner.load('i'));
        expect(wanted.map(mine => written.filter(cost => mine.includes(cost)))).toEqual(wanted);
        const { grown, rebuilt } = await cellsOf(inner);
        expect(grown).toEqual(rebuilt);
      },
    ),
    { numRuns: 100, seed: 3 },
  );
});

test('after MAX_CAS_RETRIES lost races the writer gives up on a commit and reports one fault', async () => {
  let commits = 0;
  const { writer, entry, faults, committed } = writing({
    ...memory(),
    commitAll: async changes => (commits++, changes.map(() => ({ kind: 'conflict' }))),
  });
  writer.add(entry, () => [decided('i')]);
  await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
  expect([commits, committed]).toEqual([MAX_CAS_RETRIES + 1, []]);
  expect(faults).toMatchObject([{ code: 'store-unusable' }]);
});

test('lost races are counted per change: a commit that succeeds starts the count again', async () => {
  const inner = memory();
  let commits = 0;
  const add = (cost: number): void =>
    writer.add(entry, intent => [...(intent === undefined ? [decided('i')] : []), attempted('i', cost)]);
  const { writer, entry, faults } = writing({
    ...inner,
    async commitAll(changes) {
      // Every change meets 30 conflicts in a row: fewer than the limit for one change, but more than it for all changes together.
      if (++commits % 31 !== 0) return [{ kind: 'conflict' }];
      if (commits < 90) add(commits);
      return inner.commitAll(changes);
    },
  });
  add(0);
  await writer.flush();
  expect([costs(await inner.load('i')), faults]).toEqual([[0, 31, 62], []]);
});

test('a record that cannot be made again on the winner’s state is reported, and the others are written', async () => {
  const store = memory();
  const winner = writing(store);
  winner.writer.add(winner.entry, () => [decided('i')]);
  await winner.writer.flush();
  const { writer, entry, faults } = writing(store);
  const broken = new Error('cannot be made again');
  let made = 0;
  writer.add(entry, () => [decided('i')].slice(made++));
  writer.add(entry, () => {
    if (made > 1) throw broken;
    return [attempted('i', 1)];
  });
  writer.add(entry, () => [attempted('i', 2)]);
  await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable', cause: broken });
  expect([costs(await store.load('i')), faults]).toEqual([[2], [broken]]);
  await writer.flush();
});

test('every commit, even a failed one, is between `beginCommit` and `endCommit`, and waits for a read of the statistics', async () => {
  const events: string[] = [];
  const { promise: read, resolve: finishRead } = Promise.withResolvers<void>();
  const { writer, entry, faults } = writing(
    {
      ...memory(),
      commitAll: async () => {
        events.push('commit');
        throw new Error('disk full');
      },
    },
    {
      beginCommit: feature => (events.push(`begin ${feature}`), read),
      endCommit: feature => void events.push(`end ${feature}`),
    },
  );
  writer.add(entry, () => [decided('i')]);
  const flushed = writer.flush();
  await new Promise(setImmediate);
  expect(events).toEqual(['begin f']);
  finishRead();
  await expect(flushed).rejects.toThrow('records could not be stored');
  expect([events, faults.map(String)]).toEqual([['begin f', 'commit', 'end f'], ['Error: disk full']]);
});

describe('a store that rejects commits', () => {
  /** A store that can be broken: before a commit arrives, or after it, so that its answer is lost. */
  function breakable() {
    const inner = memory();
    const line: { cut: false | 'commits' | 'answers' | 'reads' } = { cut: false };
    const store: Store = {
      ...inner,
      async commitAll(changes) {
        if (line.cut === 'commits') throw new Error('disk full');
        const answers = await inner.commitAll(changes);
        if (line.cut === 'answers') throw new Error('connection reset');
        return answers;
      },
      async load(id) {
        if (line.cut === 'reads') throw new Error('connection refused');
        return inner.load(id);
      },
    };
    return { inner, store, line };
  }

  test('a rejected change is reported, and counts in this process at once, and not again when it is stored', async () => {
    const { inner, store, line } = breakable();
    const { writer, entry, faults, committed } = writing(store);
    line.cut = 'commits';
    writer.add(entry, () => [decided('i')]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    writer.add(entry, () => [labelled('i', true)]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    expect([kinds(committed), entry.stored]).toEqual([['0 decided', '1 labelled'], undefined]);
    expect(entry.intent?.outcome.state).toBe('success');
    expect(new Set(faults.map(String))).toEqual(new Set(['Error: disk full']));
    line.cut = false;
    writer.add(entry, () => [attempted('i', 3)]);
    await writer.flush();
    expect(kinds(await inner.load('i'))).toEqual(['0 decided', '1 labelled', '2 attempted']);
    expect(kinds(committed)).toEqual(['0 decided', '1 labelled', '2 attempted']);
    const { grown, rebuilt } = await cellsOf(inner);
    expect(grown).toEqual(rebuilt);
  });

  test('the first flush that succeeds after records were lost reports once how many intents lost records, even after a failed flush', async () => {
    const { store, line } = breakable();
    const refused = new RouterError('invalid-value', 'no such change', { accepted: 'another' });
    const commitAll = oneByOne(async change =>
      change.intentId.startsWith('bad') && line.cut === false
        ? { kind: 'refused', error: refused }
        : commitOne(store, change),
    );
    const { writer, cache } = writing({ ...store, commitAll });
    line.cut = 'commits';
    for (const id of ['i', 'bad 1', 'bad 2']) writer.add(cache.entryOf(id), () => [decided(id)]);
    await expect(writer.flush()).rejects.toThrow('records could not be stored');
    line.cut = false;
    await expect(writer.flush()).rejects.toThrow('records of 2 intents are lost');
    await writer.flush();
  });

  test('local statistics have each change once, whether it was stored at once or later', async () => {
    const { inner, store, line } = breakable();
    const local: CellMap = new Map();
    const { writer, entry } = writing(store, {
      committed: ({ delta }) => delta.forEach(cell => addCell(local, cell)),
    });
    for (const [index, cut] of (['commits', 'answers', false, 'commits', false] as const).entries()) {
      line.cut = cut;
      writer.add(entry, intent => [...(intent === undefined ? [decided('i')] : []), attempted('i', index + 1)]);
      await writer.flush().catch(() => {});
    }
    const sums = [...local.values()].filter(cell => Object.keys(cell.sums).length > 0);
    expect(new Set(sums)).toEqual(new Set(await inner.cells('f')));
  });

  test('records whose acknowledgement was lost are in the ledger once', async () => {
    const { inner, store, line } = breakable();
    const { writer, entry, committed } = writing(store);
    line.cut = 'answers';
    writer.add(entry, () => [decided('i'), attempted('i', 1)]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    writer.add(entry, () => [attempted('i', 2)]);
    line.cut = false;
    await writer.flush();
    expect(costs(await inner.load('i'))).toEqual([1, 2]);
    expect(kinds(committed)).toEqual(['0 decided', '1 attempted', '2 attempted']);
    const { grown, rebuilt } = await cellsOf(inner);
    expect(grown).toEqual(rebuilt);
  });

  test('a change without an answer is sent again as it was, before the records that were added since, and without a read', async () => {
    const { inner, store, line } = breakable();
    const sent: (readonly LedgerRecord[])[] = [];
    let reads = 0;
    const { writer, entry, committed } = writing({
      ...store,
      async commitAll(changes) {
        sent.push(...changes.map(({ records }) => records));
        return store.commitAll(changes);
      },
      load: async id => (reads++, inner.load(id)),
    });
    line.cut = 'answers';
    writer.add(entry, () => [decided('i'), attempted('i', 1)]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    writer.add(entry, () => [attempted('i', 2)]);
    line.cut = false;
    await writer.flush();
    const [first, again, rest] = sent;
    expect([sent.length, again, rest?.length, reads]).toEqual([3, first, 1, 0]);
    expect(kinds(committed)).toEqual(['0 decided', '1 attempted', '2 attempted']);
  });

  test('records that the store has at other revisions are not stored a second time', async () => {
    const { inner, store, line } = breakable();
    const { writer, entry } = writing(store);
    writer.add(entry, () => [decided('i')]);
    await writer.flush();
    line.cut = 'commits';
    writer.add(entry, () => [attempted('i', 1)]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    // Another process replays the change from a spool, after a commit of a third process.
    const other = writing(inner);
    for (const cost of [7, 1]) await append(other, attempted('i', cost));
    line.cut = false;
    writer.add(entry, () => [attempted('i', 2)]);
    await writer.flush();
    expect(costs(await inner.load('i'))).toEqual([7, 1, 2]);
    const { grown, rebuilt } = await cellsOf(inner);
    expect(grown).toEqual(rebuilt);
  });

  test('a read that fails after a lost race neither loses nor doubles a record', async () => {
    const { inner, store, line } = breakable();
    const winner = writing(inner);
    winner.writer.add(winner.entry, () => [decided('i')]);
    await winner.writer.flush();
    const { writer, entry } = writing(store);
    line.cut = 'reads';
    writer.add(entry, intent => (intent === undefined ? [decided('i'), attempted('i', 1)] : [attempted('i', 1)]));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    writer.add(entry, () => [attempted('i', 2)]);
    line.cut = false;
    await writer.flush();
    expect(kinds(await inner.load('i'))).toEqual(['0 decided', '1 attempted', '2 attempted']);
    expect(costs(await inner.load('i'))).toEqual([1, 2]);
    const { grown, rebuilt } = await cellsOf(inner);
    expect(grown).toEqual(rebuilt);
  });

  test('records that follow a decision which the store has lost are made again with it', async () => {
    const { inner, store, line } = breakable();
    const { writer, entry } = writing(store);
    writer.add(entry, () => [decided('i')]);
    await writer.flush();
    line.cut = 'commits';
    writer.add(entry, intent => (intent === undefined ? [decided('i'), attempted('i', 1)] : [attempted('i', 1)]));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    await inner.prune(Infinity);
    line.cut = false;
    await writer.flush();
    expect(kinds(await inner.load('i'))).toEqual(['0 decided', '1 attempted']);
  });

  test('law: whatever the store loses, every record of every process is in the ledger once, in its process’s order', async () => {
    const failures = fc.array(fc.constantFrom('none', 'none', 'before', 'after'), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), failures), { minLength: 1, maxLength: 3 }),
        async (scheduler, processes) => {
          const inner = memory();
          const commit = scheduler.scheduleFunction(async (changes: readonly Change[]) => inner.commitAll(changes));
          const load = scheduler.scheduleFunction(async (id: string) => inner.load(id));
          const wanted: number[][] = [];
          const done = processes.map(async ([count, script], index) => {
            let calls = 0;
            const unreliable = async <T>(call: () => Promise<T>): Promise<T> => {
              const failure = script[calls++] ?? 'none';
              if (failure === 'before') throw new Error('refused');
              const answer = await call();
              if (failure === 'after') throw new Error('answer lost');
              return answer;
            };
            const { writer, entry } = writing({
              ...inner,
              commitAll: async changes => unreliable(async () => commit(changes)),
              load: async id => unreliable(async () => load(id)),
            });
            const mine = Array.from({ length: count }, (_, i) => 100 * (index + 1) + i);
            wanted.push(mine);
            for (const cost of mine) {
              const attempt = attempted('i', cost);
              writer.add(entry, intent => (intent === undefined ? [decided('i'), attempt] : [attempt]));
              await writer.flush().catch(() => {});
            }
            while (
              !(await writer.flush().then(
                () => true,
                () => false,
              ))
            );
          });
          const all = Promise.all(done);
          await scheduler.waitFor(all);
          const written = costs(await inner.load('i'));
          expect(written).toHaveLength(wanted.flat().length);
          expect(wanted.map(mine => written.filter(cost => mine.includes(cost)))).toEqual(wanted);
          const { grown, rebuilt } = await cellsOf(inner);
          expect(grown).toEqual(rebuilt);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  test('a retry writes one intent first, and all others once the store takes that one', async () => {
    const { inner, store: broken, line } = breakable();
    const { store, calls } = counted(broken);
    const { writer, cache } = writing({ ...store, commitAll: oneByOne(async change => commitOne(store, change)) });
    const ids = ['a', 'b', 'c'];
    await writer.retry();
    line.cut = 'commits';
    for (const id of ids) writer.add(cache.entryOf(id), () => [decided(id)]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    calls.commits = 0;
    await writer.retry();
    expect(calls.commits).toBe(1);
    line.cut = false;
    await writer.retry();
    for (const id of ids) expect(await inner.load(id)).toHaveLength(1);
    await writer.flush();
  });

  test('a change that the store refuses as invalid is reported and given up, and the intent continues from its stored records', async () => {
    const { inner, store } = breakable();
    const { writer, entry, faults } = writing(store);
    writer.add(entry, () => [decided('i')]);
    await writer.flush();
    writer.add(entry, () => [{ ...attempted('i', 1), atMs: Number.NaN }]);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'invalid-value' });
    expect(faults).toMatchObject([{ code: 'invalid-value' }]);
    writer.add(entry, () => [attempted('i', 2)]);
    await writer.flush();
    expect(costs(await inner.load('i'))).toEqual([2]);
  });

  test('10,000 intents wait in memory; beyond that the intent tried longest ago is lost, and the limit is reported before', async () => {
    const { inner, store, line } = breakable();
    const { writer, cache, faults } = writing(store);
    line.cut = 'commits';
    for (let i = 0; i < 10_001; i++) {
      writer.add(cache.entryOf(`i${i}`), () => [decided(`i${i}`)]);
      await writer.write(cache.entryOf(`i${i}`));
    }
    const told = faults.filter(fault => RouterError.isInstance(fault)).map(fault => fault.message);
    expect(told).toEqual([
      expect.stringContaining('8000 have records that are only in memory'),
      expect.stringContaining('are lost'),
    ]);
    line.cut = false;
    await expect(writer.flush()).rejects.toThrow('are lost');
    await writer.flush();
    expect([(await inner.load('i0')).length, (await inner.load('i1')).length]).toEqual([0, 1]);
    expect((await Array.fromAsync(inner.scan())).length).toBe(10_000);
  });
});

describe('a store that answers at once', () => {
  const COMMITTED: ChangeResult = { kind: 'committed' };
  const REFUSED: ChangeResult = { kind: 'refused', error: new RouterError('invalid-value', 'no') };

  /** Takes everything at once, and counts. */
  function atOnce() {
    const inner = memory();
    const groups: number[] = [];
    const later = { calls: 0 };
    const store: Store = {
      ...inner,
      commitAll: Object.assign(async (changes: readonly Change[]) => (later.calls++, inner.commitAll(changes)), {
        // A store in memory has it when it returns.
        now: (changes: readonly Change[]) => (
          void inner.commitAll(changes), groups.push(changes.length), changes.map(() => COMMITTED)
        ),
      }),
    };
    return { store, inner, groups, later };
  }

  test('a single intent is written at once, and the intents of one turn of the event loop are written together', async () => {
    const { store, groups, later, inner } = atOnce();
    const { writer, cache, entry } = writing(store);
    writer.add(entry, () => [decided('i')]);
    const written = writer.write(entry);
    expect([groups, entry.pending, entry.writing]).toEqual([[1], undefined, undefined]);
    expect(await written).toBeUndefined();
    const others = ['a', 'b', 'c'].map(id => cache.entryOf(id));
    for (const other of others) writer.add(other, () => [decided(other.id)]);
    const all = others.map(writer.write);
    expect(groups).toEqual([1]);
    expect(await Promise.all(all)).toEqual([undefined, undefined, undefined]);
    expect([groups, later.calls]).toEqual([[1, 3], 0]);
    expect(await inner.load('c')).toHaveLength(1);
    await writer.flush();
  });

  test('a change that the store does not take at once is sent again alone, and its caller gets the answer', async () => {
    const { store } = atOnce();
    const refusing: Store = {
      ...store,
      commitAll: Object.assign(async (changes: readonly Change[]) => changes.map(() => REFUSED), {
        now: () => undefined,
      }),
    };
    const { writer, entry, faults } = writing(refusing);
    writer.add(entry, () => [decided('i')]);
    expect(await writer.write(entry)).toMatchObject({ code: 'invalid-value' });
    expect([faults.length, entry.intent, entry.writing]).toEqual([1, undefined, undefined]);
  });
});
