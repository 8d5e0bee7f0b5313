import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../src/core/cells/grains.ts';
import type { CellTable } from '../../src/stores/sqlite-cells.ts';
import { coarsen, mergeCells } from '../../src/stores/sqlite-cell-sums.ts';
import { damagedRows, readChanges, removeDamaged } from '../../src/stores/sqlite-cells.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, changesOf, sorted } from './histories.ts';
import { cell, sqliteTables, readCells } from './sqlite-tables.ts';

const connection = sqliteTables();
const cells = (): CellTable => connection().statements.cells;
const add = (delta: readonly Cell[], serial = 1): void => void mergeCells(cells(), delta, { serialOf: () => serial });
const read = async (feature?: string, grains = NO_GRAINS): Promise<readonly Cell[]> =>
  sorted(await readCells(cells(), feature, { grains }));

/** 2 March 2026 is a Monday; its week begins with the month. */
const MONTH = Date.UTC(2026, 2, 1) / 3_600_000;
const DAYS = { dayBefore: MONTH + 48, weekBefore: MONTH };
const WEEKS = { dayBefore: MONTH + 7 * 24, weekBefore: MONTH + 7 * 24 };

test('a cell that became empty is read only by readers that have read it before, and one that was never there is not kept', async () => {
  add([cell('a', { n: 1n })], 1);
  add([cell('a', { n: -1n }), cell('b', { n: 1n }), cell('b', { n: -1n })], 2);
  expect(await read()).toEqual([]);
  const changes = (feature: string): readonly Cell[] => readChanges(cells(), feature, { serial: 1, grains: NO_GRAINS });
  expect(changes('a')).toEqual([cell('a', {})]);
  expect(changes('b')).toEqual([]);
});

test('the changes since a serial number are the cells with a later number, within one block of numbers and beyond', () => {
  for (const [serial, subject] of [
    [255, 'a'],
    [256, 'b'],
    [257, 'a'],
    [1000, 'c'],
  ] as const)
    add([cell('f', { n: 1n }, { subject })], serial);
  const since = (serial: number): readonly string[] =>
    readChanges(cells(), 'f', { serial, grains: NO_GRAINS })
      .map(({ key }) => key.subject)
      .sort();
  expect([0, 255, 256, 257, 999, 1000].map(since)).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'c'],
    ['c'],
    ['c'],
    [],
  ]);
});

test('a change inside a coarser bucket is read as the whole bucket, over hours, days and the week', () => {
  const rows = [0, 1, 30, 50].map(hour => cell('f', { n: 1n }, { bucket: MONTH + hour }));
  add(
    [
      ...rows,
      cell('f', { n: 10n }, { bucket: MONTH, grain: 'day' }),
      cell('f', { n: 1n }, { subject: 'other', bucket: MONTH }),
    ],
    1,
  );
  add([cell('f', { n: 1n }, { bucket: MONTH + 1 })], 2);
  const changes = (grains: typeof NO_GRAINS): readonly Cell[] => readChanges(cells(), 'f', { serial: 1, grains });
  expect(changes(NO_GRAINS)).toEqual([cell('f', { n: 2n }, { bucket: MONTH + 1 })]);
  expect(changes(DAYS)).toEqual([cell('f', { n: 13n }, { bucket: MONTH, grain: 'day' })]);
  expect(changes(WEEKS)).toEqual([cell('f', { n: 15n }, { bucket: MONTH, grain: 'week' })]);
});

test('hours that became empty are merged into an empty day, which is shown to readers that have read the hours', async () => {
  add([cell('f', { n: 1n }, { bucket: MONTH })], 1);
  add([cell('f', { n: -1n }, { bucket: MONTH })], 2);
  coarsen(cells(), 'f', { grains: DAYS, limit: 9 });
  expect(readChanges(cells(), 'f', { serial: 1, grains: DAYS })).toEqual([
    cell('f', {}, { bucket: MONTH, grain: 'day' }),
  ]);
  expect(await read('f', DAYS)).toEqual([]);
});

test('rows that cannot be merged because one of them cannot be read are set aside, and are still read', async () => {
  add([cell('f', { n: 1n }, { bucket: MONTH }), cell('f', { n: 1n }, { bucket: MONTH + 1 })]);
  add([cell('f', { n: 5n }, { bucket: MONTH + 24, grain: 'day' }), cell('f', { n: 1n }, { bucket: MONTH + 25 })]);
  const { database } = connection();
  database.exec(`UPDATE cells_8 SET sums = 'x' WHERE start = ${MONTH} OR grain = 'day'`);
  coarsen(cells(), 'f', { grains: DAYS, limit: 9 });
  expect(cells().mergeable.all({ feature: 'f', ...DAYS, limit: 9 })).toEqual([]);
  const damaged: unknown[] = [];
  const options = { grains: DAYS, damaged: (row: unknown) => void damaged.push(row) };
  const sound = [0, 24].map(hour => cell('f', { n: 1n }, { bucket: MONTH + hour, grain: 'day' }));
  expect(sorted(await readCells(cells(), 'f', options))).toEqual(sound);
  expect(damaged).toHaveLength(2);
  expect(sorted(readChanges(cells(), 'f', { ...options, serial: 0 }))).toEqual(sound);
  const found = await damagedRows(async step => step(cells()), 'f');
  expect(found).toHaveLength(2);
  expect(removeDamaged(cells(), found)).toBe(true);
  expect(removeDamaged(cells(), found)).toBe(false);
  expect(await damagedRows(async step => step(cells()), 'f')).toEqual([]);
  expect(await read('f', DAYS)).toEqual(sound);
});

test('a row that has become readable is not removed', async () => {
  add([cell('f', { n: 1n })]);
  expect(removeDamaged(cells(), [1])).toBe(false);
  expect(await read('f')).toEqual([cell('f', { n: 1n })]);
});

test('damaged rows are looked for page by page, and other commits go on meanwhile', async () => {
  const store = sqlite(':memory:');
  const many = Array.from({ length: 5_000 }, (_, hour) => cell('support', { n: 1n }, { bucket: hour }));
  await store.correctCells('support', many, { id: 'many' });
  const order: string[] = [];
  await Promise.all([
    store.correctCells('support', [], { id: 'later' }).then(() => order.push('correction')),
    store.commitAll(changesOf(anIntent('a'))).then(() => order.push('commit')),
  ]);
  expect(order).toEqual(['commit', 'correction']);
  await store.close();
});

test.each([
  ['one contains a second cell and the next one only an end', '{"n":"1"},0,"k",{"n":"2"', '}'],
  ['a text is open at the end of one and closed in the next', '{"n":"1', '"}'],
  ['an object is open at the end of one and closed in the next', '{"n":"1"', '"cost":"2"}'],
  ['they are numbers', '1', '2'],
  ['they are not there', 'null', 'null'],
])('two damaged rows are never read as others because %s', async (_, first, second) => {
  const given = [1, 2, 3].map(bucket => cell('f', { n: 1n }, { bucket }));
  add(given);
  const set = connection().database.prepare('UPDATE cells_8 SET sums = ? WHERE start = ?');
  for (const [index, sums] of [first, second].entries()) set.run(sums, index + 2);
  const damaged: unknown[] = [];
  const options = { grains: NO_GRAINS, damaged: (row: unknown) => void damaged.push(row) };
  expect(await readCells(cells(), 'f', options)).toEqual(given.slice(0, 1));
  expect(damaged).toHaveLength(2);
  await expect(read('f')).rejects.toThrow('a row is damaged');
});

test('rows are kept apart by feature and by table', async () => {
  mergeCells(connection().statements.prunedCells, [cell('a', { n: 2n })], { serialOf: () => 1 });
  add([cell('a', { n: 1n }), cell('b', { n: 3n })]);
  expect(await read('a')).toEqual([cell('a', { n: 1n })]);
  expect(await read()).toEqual([cell('a', { n: 1n }), cell('b', { n: 3n })]);
  expect(await readCells(connection().statements.prunedCells, undefined, { grains: NO_GRAINS })).toEqual([
    cell('a', { n: 2n }),
  ]);
});

test('other work continues while many rows are decoded', async () => {
  add(Array.from({ length: 5_000 }, (_, hour) => cell('f', { n: 1n }, { bucket: hour })));
  let turns = 0;
  const turn = (): void => void (turns++, (counting = setImmediate(turn)));
  let counting = setImmediate(turn);
  expect(await read('f')).toHaveLength(5_000);
  clearImmediate(counting);
  expect(turns).toBeGreaterThanOrEqual(4);
});
