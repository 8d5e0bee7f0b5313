import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src/contracts/store.ts';
import type { Connection } from '../../src/stores/sqlite-connection.ts';
import { generationOf } from '../../src/stores/sqlite-connection.ts';
import { openDatabase } from '../../src/stores/sqlite-database.ts';
import { prepare } from '../../src/stores/sqlite-statements.ts';
import { commitGroup, parseRow, prunePage, recordsOf, replaceCells } from '../../src/stores/sqlite-steps.ts';
import { attempted, changesOf, decided, history, NOON } from './histories.ts';

let database: DatabaseSync;
let connection: Connection;

beforeEach(() => {
  database = openDatabase(':memory:', { synchronous: 'NORMAL' });
  connection = { database, statements: prepare(database), commits: 7 };
});
afterEach(() => database.close());

const changesFor = (intentId: string): readonly Change[] =>
  changesOf(history(intentId, 'support', [decided(NOON), attempted(NOON + 1)]));

function commit(...changes: readonly Change[]): readonly boolean[] {
  const encoded = changes.map(change => ({ change, json: change.records.map(record => JSON.stringify(record)) }));
  return commitGroup(connection.statements, encoded);
}

test('a change sees the earlier changes of its group, and a change that lost its race adds nothing to the cells', () => {
  const [decision, attempt] = changesFor('a') as [Change, Change];
  expect(commit(decision, attempt, attempt, decision)).toEqual([true, true, false, false]);
  expect(recordsOf(connection.statements, 'a')).toEqual([...decision.records, ...attempt.records]);
  const plan = connection.statements.cells.read('support').find(cell => cell.key.scope === 'plan');
  expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
});

test('a change with a due time sets it, and a later change without one clears it', () => {
  const { statements } = connection;
  const [decision, attempt] = changesFor('a') as [Change, Change];
  commit({ ...decision, dueAtMs: 5 });
  expect(statements.due.all(5, 9)).toHaveLength(1);
  commit(attempt);
  expect(statements.due.all(5, 9)).toEqual([]);
});

test('cells are replaced only at the given generation', () => {
  commit(...changesFor('a'));
  const cells = connection.statements.cells.read('support');
  const ifGeneration = generationOf(connection);
  expect(replaceCells(connection, 'support', [], { ifGeneration: ifGeneration + 1 })).toBe(false);
  expect(connection.statements.cells.read('support')).toEqual(cells);
  expect(replaceCells(connection, 'support', [], { ifGeneration })).toBe(true);
  expect(connection.statements.cells.read('support')).toEqual([]);
});

test('the pruned base is replaced only if a new base is given', () => {
  const { statements } = connection;
  commit(...changesFor('a'));
  const cells = statements.cells.read('support');
  replaceCells(connection, 'support', cells, { pruned: cells });
  replaceCells(connection, 'support', [], {});
  expect(statements.prunedCells.read('support')).toEqual(cells);
});

test('pruning a page moves the closed intents that began in it, with all their records, into the pruned base', () => {
  commit(...changesFor('a'), ...changesFor('b'));
  expect(prunePage(connection.statements, { start: 1, end: 2, beforeMs: NOON + 2 })).toEqual({
    intents: 1,
    records: 2,
  });
  expect(recordsOf(connection.statements, 'a')).toEqual([]);
  expect(recordsOf(connection.statements, 'b')).toHaveLength(2);
  const plan = connection.statements.prunedCells.read('support').find(cell => cell.key.scope === 'plan');
  expect(plan?.sums).toMatchObject({ n: 1n, attempts: 1n });
});

test.each([
  ['no JSON', (json: string) => json.slice(1)],
  ['another record', (json: string) => json.replace('"revision":0', '"revision":1')],
  ['a record of another intent', (json: string) => json.replace('"intentId":"a"', '"intentId":"b"')],
  ['no kind of record', (json: string) => json.replace('"decided"', '"decidee"')],
  ['null', () => 'null'],
])('a row of the ledger that holds %s is refused with its intent and revision', (_, damage) => {
  const [decision] = changesFor('a') as [Change];
  const json = JSON.stringify(decision.records[0]);
  expect(parseRow({ intent_id: 'a', revision: 0, json })).toEqual(decision.records[0]);
  const row = { intent_id: 'a', revision: 0, json: damage(json) };
  expect(() => parseRow(row)).toThrow('a row is damaged: ledger (intent "a", revision 0)');
});
