import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import type { KnownCells } from '../../src/stores/sqlite-cell-sums.ts';
import { coarsen, mergeCells, readRows } from '../../src/stores/sqlite-cell-sums.ts';
import type { CellTable } from '../../src/stores/sqlite-cells.ts';
import { readChanges } from '../../src/stores/sqlite-cells.ts';
import { sorted } from './histories.ts';
import { cell, sqliteTables, readCells } from './sqlite-tables.ts';

const connection = sqliteTables();
const cells = (): CellTable => connection().statements.cells;
const add = (delta: readonly Cell[], serial = 1, known?: KnownCells): void =>
  void mergeCells(cells(), delta, { serialOf: () => serial, ...(known && { known }) });
const read = async (feature?: string, grains = NO_GRAINS): Promise<readonly Cell[]> =>
  sorted(await readCells(cells(), feature, { grains }));

/** 2 March 2026 is a Monday; its week begins with the month. */
const MONTH = Date.UTC(2026, 2, 1) / 3_600_000;
const DAYS = { dayBefore: MONTH + 48, weekBefore: MONTH };
const WEEKS = { dayBefore: MONTH + 7 * 24, weekBefore: MONTH + 7 * 24 };

test('merging adds the deltas of one group to the stored sums without rounding', async () => {
  const large = 10n ** 40n + 1n;
  add([cell('a', { cost3: large })]);
  add([cell('a', { cost3: large, n: 1n }), cell('a', { cost3: -1n }), cell('b', { n: 5n })]);
  expect(await read('a')).toEqual([cell('a', { cost3: 2n * large - 1n, n: 1n })]);
});

test('rows that are in memory are not read again, and have the same sums, serial numbers and changes as rows that are read', async () => {
  const known: KnownCells = new Map();
  add([cell('a', { n: 1n })], 1);
  for (const serial of [2, 300]) {
    add([cell('a', { n: 2n, cost: 5n }), cell('b', { n: 1n })], serial, known);
    readRows(cells(), [cell('a', {}), cell('unknown', {})], known);
  }
  expect(await read()).toEqual([cell('a', { n: 5n, cost: 10n }), cell('b', { n: 2n })]);
  expect([...known.values()].map(({ serial }) => serial)).toEqual([300, 300]);
  connection().database.exec(`UPDATE cells_8 SET sums = 'x'`);
  add([cell('a', { n: 1n })], 301, known);
  expect(await read('a')).toEqual([cell('a', { n: 6n, cost: 10n })]);
  expect(() => readRows(cells(), [cell('b', {})], new Map())).toThrow('a row is damaged: cells');
  expect(readChanges(cells(), 'a', { serial: 300, grains: NO_GRAINS })).toHaveLength(1);
});

test('adding to a row that cannot be read is an error, or leaves that row as it is and adds to the others', async () => {
  add([cell('a', { n: 1n }), cell('b', { n: 1n })]);
  connection().database.exec(`UPDATE cells_8 SET sums = 'x' WHERE feature = 'a'`);
  const delta = [cell('a', { n: 1n }), cell('b', { n: 1n })];
  expect(() => add(delta)).toThrow('a row is damaged: cells');
  const damaged: unknown[] = [];
  mergeCells(cells(), delta, { serialOf: () => 2, damaged: row => void damaged.push(row) });
  expect(damaged).toHaveLength(1);
  expect(await read('b')).toEqual([cell('b', { n: 2n })]);
});

test('rows are merged into coarser ones, some at a time, without a change of any reading or serial number', async () => {
  const hours = Array.from({ length: 48 }, (_, hour) => cell('f', { n: 1n }, { bucket: MONTH + hour }));
  hours.forEach((each, index) => add([each], index + 1));
  const before = { all: await read('f', DAYS), since: sorted(readChanges(cells(), 'f', { serial: 30, grains: DAYS })) };
  expect(before.all).toEqual([0, 24].map(hour => cell('f', { n: 24n }, { bucket: MONTH + hour, grain: 'day' })));
  const count = (): unknown => connection().database.prepare('SELECT count(*) AS rows FROM cells_8').get();
  for (const rows of [48 - 20 + 1, 48 - 40 + 2, 2, 2]) {
    coarsen(cells(), 'f', { grains: DAYS, limit: 20 });
    expect(count()).toEqual({ rows });
    expect(await read('f', DAYS)).toEqual(before.all);
    expect(sorted(readChanges(cells(), 'f', { serial: 30, grains: DAYS }))).toEqual(before.since);
  }
  coarsen(cells(), 'f', { grains: WEEKS, limit: 20 });
  expect(count()).toEqual({ rows: 1 });
  expect(await read('f', WEEKS)).toEqual([cell('f', { n: 48n }, { bucket: MONTH, grain: 'week' })]);
  expect(readChanges(cells(), 'f', { serial: 47, grains: WEEKS })).toHaveLength(1);
  expect(readChanges(cells(), 'f', { serial: 48, grains: WEEKS })).toEqual([]);
});
