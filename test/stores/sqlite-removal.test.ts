import { expect, test } from 'vitest';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import type { Change } from '../../src/contracts/store.ts';
import { commitGroup, encode } from '../../src/stores/sqlite-commit.ts';
import { forgetRemoved, positions, prunePage } from '../../src/stores/sqlite-removal.ts';
import { boundsOf, recordsOf } from '../../src/stores/sqlite-steps.ts';
import { attempted, changesOf, decided, history, must, NOON } from './histories.ts';
import { readCells, sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();

function changesFor(intentId: string): readonly [Change, Change] {
  const [decision, attempt] = changesOf(history(intentId, 'support', [decided(NOON), attempted(NOON + 1)]));
  return [must(decision), must(attempt)];
}

function commit(...changes: readonly Change[]): void {
  commitGroup(
    connection().statements,
    changes.map(change => ({ changes: [encode(change)], lost: new Set<string>() })),
  );
}

test('pruning a page moves the closed intents that began in it, with all their records, into the pruned base', async () => {
  commit(...changesFor('a'), ...changesFor('b'));
  expect(prunePage(connection().statements, { start: 1, end: 2, beforeMs: NOON + 2 })).toEqual({
    intents: 1,
    records: 2,
  });
  expect(recordsOf(connection().statements, 'a')).toEqual([]);
  expect(recordsOf(connection().statements, 'b')).toHaveLength(2);
  const plan = (await readCells(connection().statements.prunedCells, undefined, { grains: NO_GRAINS })).find(
    cell => cell.key.scope === 'plan',
  );
  expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
});

test('new records may reuse the numbers of pruned ones, and an earlier cursor continues at the end that the pruning left', () => {
  const { statements } = connection();
  const prune = (): unknown => prunePage(statements, { start: 1, end: 99, beforeMs: NOON + 2 });
  const endSince = (epoch: number): unknown => statements.endSince.get(epoch);
  commit(...changesFor('a'), ...changesFor('b'));
  expect(boundsOf(statements)).toMatchObject({ first: 1, last: 4, epoch: 0 });
  commit({ ...changesFor('a')[0], expectedRevision: 2, records: [], delta: [], dueAtMs: 9 });
  prune();
  expect(boundsOf(statements)).toMatchObject({ first: 1, last: 2, epoch: 1 });
  expect([endSince(0), endSince(1)]).toEqual([{ seq: 2 }, { seq: null }]);
  commit(...changesFor('c'), { ...changesFor('a')[0], expectedRevision: 2, records: [], delta: [], dueAtMs: null });
  prune();
  expect(boundsOf(statements)).toMatchObject({ first: 1, last: 0, epoch: 2 });
  expect([endSince(0), endSince(1), endSince(2)]).toEqual([{ seq: 0 }, { seq: 0 }, { seq: null }]);
});

test('a pruning that leaves the last record of the ledger in place begins no new epoch of cursors', () => {
  const { statements } = connection();
  commit(...changesFor('a'), changesFor('b')[0]);
  commit({ ...changesFor('b')[1], dueAtMs: 9 });
  prunePage(statements, { start: 1, end: 99, beforeMs: NOON + 2 });
  expect(boundsOf(statements)).toMatchObject({ first: 3, last: 4, epoch: 0 });
});

test('a row above the last number that a pruning left belongs to a later epoch, and its position is after all earlier ones', () => {
  const { statements } = connection();
  commit(...changesFor('a'), ...changesFor('b'));
  commit({ ...changesFor('a')[0], expectedRevision: 2, records: [], delta: [], dueAtMs: 9 });
  const before = positions(statements);
  prunePage(statements, { start: 1, end: 99, beforeMs: NOON + 2 });
  const after = positions(statements);
  expect([before(1), before(3), before(4)]).toEqual([1, 3, 4]);
  expect([after(1), after(2)]).toEqual([1, 2]);
  expect(after(3)).toBeGreaterThan(before(4));
  expect(after(4)).toBe(after(3) + 1);
});

test('removed ids are forgotten some thousand at a time, up to the last one', () => {
  const { statements } = connection();
  for (let index = 0; index < 12_000; index++) statements.setRemoved.run(`id-${index}`, index, 0);
  let pages = 0;
  for (let after: string | undefined = ''; after !== undefined; pages++)
    after = forgetRemoved(statements, { after, beforeMs: 11_999 });
  expect(pages).toBe(3);
  expect(statements.removed.get('id-11999')).toBeDefined();
  expect(statements.removed.get('id-11998')).toBeUndefined();
});
