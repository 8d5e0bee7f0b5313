import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import { RouterError } from '../../src/errors.ts';
import type { Change, ChangeResult } from '../../src/contracts/store.ts';
import type { CellTable } from '../../src/stores/sqlite-cells.ts';
import {
  claimDue,
  commitGroup,
  correctCells,
  encode,
  parseRow,
  partsOf,
  recordsOf,
} from '../../src/stores/sqlite-steps.ts';
import { attempted, changesOf, decided, history, must, NOON } from './histories.ts';
import { cell, sqliteTables, readCells } from './sqlite-tables.ts';

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

const read = async (table: CellTable, feature = 'support'): Promise<readonly Cell[]> =>
  readCells(table, feature, { grains: NO_GRAINS });

test('a change sees the earlier changes of its group, and a change that lost its race adds nothing to the cells', async () => {
  const { statements } = connection();
  const [decision, attempt] = changesFor('a');
  const stale = { ...attempt, records: attempt.records.map(record => ({ ...record, atMs: 7 })) };
  expect(commit(decision, attempt, stale, decision)).toEqual(['committed', 'committed', 'conflict', 'known']);
  expect(recordsOf(statements, 'a')).toEqual([...decision.records, ...attempt.records]);
  const plan = (await read(connection().statements.cells)).find(cell => cell.key.scope === 'plan');
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

test('a group of changes has parts that a transaction each can take', () => {
  const changes = Array.from({ length: 1_200 }, (_, index) => encode(changesFor(`intent-${index}`)[0]));
  expect(partsOf(changes).map(part => part.length)).toEqual([500, 500, 200]);
  expect(partsOf(changes).flat()).toEqual(changes);
  expect(partsOf([])).toEqual([]);
});

test('a change that is misuse is refused with its error, and anything else that JSON cannot hold is thrown', () => {
  const [decision] = changesFor('a');
  expect(encode(decision).json).toEqual([JSON.stringify(decision.records[0])]);
  expect(encode({ ...decision, expectedRevision: -1 }).json).toBeInstanceOf(RouterError);
  const records = decision.records.map(record => ({ ...record, extra: 1n }));
  expect(() => encode({ ...decision, records })).toThrow(TypeError);
});

test('claimed intents are the oldest ones, with equal times by id', () => {
  const { statements } = connection();
  for (const [id, dueAtMs] of Object.entries({ c: 5, b: 5, a: 6, d: 4 })) statements.setDue.run(id, dueAtMs);
  const claim = (limit: number): readonly string[] => claimDue(statements, { nowMs: 6, untilMs: 7, limit });
  expect([claim(2), claim(9), claim(9)]).toEqual([['d', 'b'], ['c', 'a'], []]);
});

test('a correction over a damaged cell replaces it, and readers from before have to read everything', async () => {
  const { statements, database } = connection();
  const correct = (id: string, n: bigint, damaged: readonly number[] = []): boolean =>
    correctCells(statements, { feature: 'f', difference: [cell('f', { n })], damaged, options: { id } });
  expect([correct('a', 1n), correct('a', 1n), correct('b', 2n)]).toEqual([true, false, true]);
  expect(await read(statements.cells, 'f')).toEqual([cell('f', { n: 3n })]);
  expect(statements.feature.get('f')).toEqual({ serial: 2, forgotten_serial: 0 });
  database.exec(`UPDATE cells_6 SET sums = 'x'`);
  expect(correct('c', 5n, [1])).toBe(true);
  expect(await read(statements.cells, 'f')).toEqual([cell('f', { n: 5n })]);
  expect(statements.feature.get('f')).toEqual({ serial: 3, forgotten_serial: 3 });
});

test.each([
  ['no JSON', (json: string) => json.slice(1)],
  ['another record', (json: string) => json.replace('"revision":0', '"revision":1')],
  ['a record of another intent', (json: string) => json.replace('"intentId":"a"', '"intentId":"b"')],
  ['no kind of record', (json: string) => json.replace('"decided"', '"decidee"')],
  ['null', () => 'null'],
])('a row of the ledger that holds %s is refused with its intent and revision', (_, damage) => {
  const [decision] = changesFor('a');
  const json = JSON.stringify(decision.records[0]);
  expect(parseRow({ intent_id: 'a', revision: 0, json })).toEqual(decision.records[0]);
  const row = { intent_id: 'a', revision: 0, json: damage(json) };
  expect(() => parseRow(row)).toThrow('a row is damaged: ledger (intent "a", revision 0)');
});
