import { expect, test } from 'vitest';
import type { Change, ChangeResult, Store } from '../../../src/contracts/store.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { appendRecord } from '../../../src/core/ledger/records.ts';
import type { CachedIntent } from '../../../src/engine/state/intent-cache.ts';
import { intentCache } from '../../../src/engine/state/intent-cache.ts';
import { intentCommits } from '../../../src/engine/state/intent-commits.ts';
import { memory } from '../../../src/stores/memory.ts';
import { attempted, decided } from './new-records.ts';

/** What the store answers at once to a group, after it has got it. */
type AtOnce = (changes: readonly Change[]) => readonly ChangeResult[] | undefined;

function setUp(atOnce: AtOnce, isRead = false) {
  const told: string[] = [];
  const open = { commits: 0 };
  const calls: string[][] = [];
  const cache = intentCache(100);
  const inner = memory();
  const store: Store = {
    ...inner,
    commitAll: Object.assign(inner.commitAll, {
      now(changes: readonly Change[]) {
        calls.push(changes.map(({ intentId }) => intentId));
        return atOnce(changes);
      },
    }),
  };
  const commits = intentCommits({
    store,
    dueAtMs: () => null,
    beginCommit() {
      open.commits++;
      return isRead ? Promise.resolve() : undefined;
    },
    endCommit: () => void open.commits--,
    committed: ({ records }) => void told.push(...records.map(({ intentId, kind }) => `${intentId} ${kind}`)),
  });
  function entry(id: string): CachedIntent {
    const found = cache.entryOf(id);
    const records = [decided(id), attempted(id, 3)].map((record, revision): LedgerRecord => ({ ...record, revision }));
    for (const record of records) found.intent = appendRecord(found.intent, record);
    found.pending = { records, makers: [() => records] };
    return found;
  }
  return { commits, entry, told, open, calls };
}

const all =
  (...kinds: readonly ChangeResult['kind'][]): AtOnce =>
  changes =>
    changes.map((_, index) => ({ kind: kinds[index] ?? 'committed' }) as ChangeResult);

test('the changes of several intents are one call, in which the decision and the attempt of an intent are one change, and each is reported once', () => {
  const { commits, entry, told, open, calls } = setUp(all('committed', 'known'));
  const entries = ['a', 'b'].map(entry);
  expect(commits.commitNow(entries)).toEqual([]);
  expect([calls, open.commits]).toEqual([[['a', 'b']], 0]);
  expect(told).toEqual(['a decided', 'a attempted', 'b decided', 'b attempted']);
  expect(entries.map(({ stored, pending }) => [stored?.revision, pending])).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
});

test('an intent that conflicts or is refused stays pending, and the others are committed', () => {
  const { commits, entry, told, open } = setUp(all('conflict', 'committed', 'refused'));
  const entries = ['a', 'b', 'c'].map(entry);
  expect(commits.commitNow(entries).map(({ id }) => id)).toEqual(['a', 'c']);
  expect([told, open.commits]).toEqual([['b decided', 'b attempted'], 0]);
});

test.each<[string, AtOnce]>([
  ['is not possible', () => undefined],
  [
    'fails',
    () => {
      throw new Error('disk full');
    },
  ],
])('all intents stay pending where the store’s immediate answer %s', (_, atOnce) => {
  const { commits, entry, told, open } = setUp(atOnce);
  const entries = ['a', 'b'].map(entry);
  expect(commits.commitNow(entries)).toEqual(entries);
  expect([told, open.commits]).toEqual([[], 0]);
});

test('no change is sent at once while the statistics are read, or if it was sent before without an answer', async () => {
  const reading = setUp(all(), true);
  const [waiting] = ['a'].map(reading.entry) as [CachedIntent];
  expect(reading.commits.commitNow([waiting])).toEqual([waiting]);
  await Promise.resolve();
  expect([reading.calls, reading.open.commits]).toEqual([[], 0]);
  const { commits, entry, calls } = setUp(all());
  const asked = entry('b');
  asked.unanswered = { change: {} as Change, intent: asked.intent as never, makers: 1 };
  expect(commits.commitNow([asked])).toEqual([asked]);
  expect(calls).toEqual([]);
});

test('a store that answers later gets only the change, and its acknowledgement is passed on', async () => {
  const { commits, entry, told, open } = setUp(() => undefined);
  const one = entry('a');
  const answer = commits.commit(one, one.intent as never, one.pending as never);
  expect(one.unanswered?.change.expectedRevision).toBe(0);
  expect(await answer).toEqual({ kind: 'committed' });
  expect([told, open.commits, one.unanswered, one.pending]).toEqual([
    ['a decided', 'a attempted'],
    0,
    undefined,
    undefined,
  ]);
});
