import { expect, test } from 'vitest';
import type { Change, ChangeResult } from '../../src/contracts/store.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import { RouterError } from '../../src/errors.ts';
import { commitGroup, encode, partsOf } from '../../src/stores/sqlite-commit.ts';
import { recordsOf } from '../../src/stores/sqlite-steps.ts';
import { attempted, changesOf, decided, history, must, NOON } from './histories.ts';
import { readCells, sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();

function changesFor(intentId: string): readonly [Change, Change] {
  const [decision, attempt] = changesOf(history(intentId, 'support', [decided(NOON), attempted(NOON + 1)]));
  return [must(decision), must(attempt)];
}

/** Commits changes that are given one by one. */
function commit(...changes: readonly Change[]): readonly ChangeResult['kind'][] {
  const calls = changes.map(change => ({ changes: [encode(change)], lost: new Set<string>() }));
  return commitGroup(connection().statements, calls).flatMap(([result]) => result?.kind ?? []);
}

test('a change sees the earlier changes of its group, and a change that lost its race adds nothing to the cells', async () => {
  const { statements } = connection();
  const [decision, attempt] = changesFor('a');
  const stale = { ...attempt, records: attempt.records.map(record => ({ ...record, atMs: 7 })) };
  expect(commit(decision, attempt, stale, decision)).toEqual(['committed', 'committed', 'conflict', 'known']);
  expect(recordsOf(statements, 'a')).toEqual([...decision.records, ...attempt.records]);
  const plan = (await readCells(statements.cells, 'support', { grains: NO_GRAINS })).find(
    cell => cell.key.scope === 'plan',
  );
  expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
});

test('a change with a due time sets it, and a later change without one clears it', () => {
  const { statements } = connection();
  const [decision, attempt] = changesFor('a');
  commit({ ...decision, dueAtMs: 5 });
  expect(statements.isDue.get({ nowMs: 5, features: null })).toBeDefined();
  commit(attempt);
  expect(statements.isDue.get({ nowMs: 5, features: null })).toBeUndefined();
});

test('a group of changes is divided into parts that fit into one transaction each', () => {
  const changes = Array.from({ length: 1_200 }, (_, index) => encode(changesFor(`intent-${index}`)[0]));
  expect(partsOf(changes).map(part => part.length)).toEqual([500, 500, 200]);
  expect(partsOf(changes).flat()).toEqual(changes);
  expect(partsOf([])).toEqual([]);
});

test('an invalid change is refused with its error, and any other value that JSON cannot represent is thrown', () => {
  const [decision] = changesFor('a');
  expect(encode(decision).json).toEqual([JSON.stringify(decision.records[0])]);
  expect(encode({ ...decision, expectedRevision: -1 }).json).toBeInstanceOf(RouterError);
  const records = decision.records.map(record => ({ ...record, extra: 1n }));
  expect(() => encode({ ...decision, records })).toThrow(TypeError);
});
