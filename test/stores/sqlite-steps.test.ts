import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import type { CellTable } from '../../src/stores/sqlite-cells.ts';
import { readChanges } from '../../src/stores/sqlite-cells.ts';
import { blockOf } from '../../src/stores/sqlite-schema.ts';
import { claimDue, correctCells, parseRow } from '../../src/stores/sqlite-steps.ts';
import { decided, history, must, NOON } from './histories.ts';
import { cell, sqliteTables, readCells } from './sqlite-tables.ts';

const connection = sqliteTables();

const read = async (table: CellTable, feature = 'support'): Promise<readonly Cell[]> =>
  readCells(table, feature, { grains: NO_GRAINS });

test('the intents that are due longest are claimed first, those with equal times by id', () => {
  const { statements } = connection();
  for (const [id, dueAtMs] of Object.entries({ c: 5, b: 5, a: 6, d: 4 })) statements.setDue.run(id, dueAtMs);
  const claim = (limit: number): readonly string[] => claimDue(statements, { nowMs: 6, untilMs: 7, limit });
  expect([claim(2), claim(9), claim(9)]).toEqual([['d', 'b'], ['c', 'a'], []]);
});

test('a correction over a damaged cell replaces the cell, and readers with an earlier cursor have to read everything', async () => {
  const { statements, database } = connection();
  const correct = (id: string, n: bigint, damaged: readonly number[] = []): boolean =>
    correctCells(statements, { feature: 'f', difference: [cell('f', { n })], damaged, options: { id } });
  expect([correct('a', 1n), correct('a', 1n), correct('b', 2n)]).toEqual([true, false, true]);
  expect(await read(statements.cells, 'f')).toEqual([cell('f', { n: 3n })]);
  expect(statements.feature.get('f')).toEqual({ serial: 2, forgotten_serial: 0 });
  database.exec(`UPDATE cells_8 SET sums = 'x'`);
  expect(correct('c', 5n, [1])).toBe(true);
  expect(await read(statements.cells, 'f')).toEqual([cell('f', { n: 5n })]);
  expect(statements.feature.get('f')).toEqual({ serial: 3, forgotten_serial: 3 });
});

test('readers of later changes do not go through the cells of a correction of thousands, but go through those of later commits', () => {
  const { statements } = connection();
  const correct = (id: string, difference: readonly Cell[]): number => {
    correctCells(statements, { feature: 'f', difference, damaged: [], options: { id } });
    return Number(statements.feature.get('f')?.['serial']);
  };
  const cells = Array.from({ length: 1_001 }, (_, bucket) => cell('f', { n: 1n }, { bucket }));
  const after = correct('many', cells);
  // Counts the rows of the block in which a reader begins, whatever their serial numbers are.
  const inBlock = (serial: number): number => statements.cells.changed.all('f', blockOf(serial + 1), -1).length;
  expect(inBlock(after)).toBe(0);
  expect(readChanges(statements.cells, 'f', { serial: 0, grains: NO_GRAINS })).toHaveLength(1_001);
  const changed = cell('f', { n: 1n }, { bucket: 5 });
  const later = correct('one', [changed]);
  expect([inBlock(after), inBlock(later)]).toEqual([1, 1]);
  const sums = { n: 2n };
  expect(readChanges(statements.cells, 'f', { serial: after, grains: NO_GRAINS })).toEqual([{ ...changed, sums }]);
  expect(readChanges(statements.cells, 'f', { serial: later, grains: NO_GRAINS })).toEqual([]);
});

test.each([
  ['no JSON', (json: string) => json.slice(1)],
  ['another record', (json: string) => json.replace('"revision":0', '"revision":1')],
  ['a record of another intent', (json: string) => json.replace('"intentId":"a"', '"intentId":"b"')],
  ['no kind of record', (json: string) => json.replace('"decided"', '"decidee"')],
  ['null', () => 'null'],
])('a row of the ledger that holds %s is refused, and the error names its intent and revision', (_, damage) => {
  const record = must(history('a', 'support', [decided(NOON)]).records[0]);
  const json = JSON.stringify(record);
  expect(parseRow({ intent_id: 'a', revision: 0, json })).toEqual(record);
  const row = { intent_id: 'a', revision: 0, json: damage(json) };
  expect(() => parseRow(row)).toThrow('a row is damaged: ledger (intent "a", revision 0)');
});
