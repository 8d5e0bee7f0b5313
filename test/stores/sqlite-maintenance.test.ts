import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt, NO_GRAINS } from '../../src/core/cells/grains.ts';
import { mergeCells } from '../../src/stores/sqlite-cell-sums.ts';
import { readChanges } from '../../src/stores/sqlite-cells.ts';
import { isMaintenanceDue, maintain, storeOf } from '../../src/stores/sqlite-maintenance.ts';
import { correctCells } from '../../src/stores/sqlite-steps.ts';
import { sorted } from './histories.ts';
import { cell, sqliteTables, readCells } from './sqlite-tables.ts';

const connection = sqliteTables();

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 29, 12);

/** Every hour of the 120 days before. */
const hours = (feature: string): readonly Cell[] =>
  Array.from({ length: 120 * 24 }, (_, hour) => cell(feature, { n: 1n }, { bucket: NOW / HOUR - hour }));

function maintainAll(nowMs: number): number {
  let slices = 0;
  while (isMaintenanceDue(connection().statements, nowMs)) {
    const more = maintain(connection().statements, nowMs);
    expect(more).toBe(isMaintenanceDue(connection().statements, nowMs));
    if (slices++ > 1_000) throw new Error('the maintenance never ends');
  }
  return slices;
}

test('a new store has its own id, and its statistics have only hours', () => {
  const { id, grains } = storeOf(connection().statements);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(grains).toEqual(NO_GRAINS);
});

test('boundaries follow the time and never go back, and the statistics of both tables are merged slice by slice', async () => {
  const { statements, database } = connection();
  for (const feature of ['a', 'b'])
    for (const table of [statements.cells, statements.prunedCells]) {
      statements.nextSerial.get(feature);
      mergeCells(table, hours(feature), { serialOf: () => 1 });
    }
  for (const nowMs of [NOW, NOW + 9 * DAY]) {
    expect(maintainAll(nowMs)).toBeGreaterThan(1);
    expect(maintain(statements, nowMs - 5 * DAY)).toBe(false);
    const { grains } = storeOf(statements);
    expect(grains).toEqual(grainsAt(nowMs));
    const expected = foldCells(hours('a'), grains);
    for (const [table, name] of [
      [statements.cells, 'cells_8'],
      [statements.prunedCells, 'pruned_cells_8'],
    ] as const) {
      expect(sorted(await readCells(table, 'a', { grains }))).toEqual(sorted(expected));
      const rows = database.prepare(`SELECT count(*) AS n FROM ${name} WHERE feature = 'b'`).get();
      expect(rows).toEqual({ n: expected.length });
    }
  }
});

test('a slice reads and merges no more than some hundred rows', () => {
  const { statements, database } = connection();
  statements.nextSerial.get('a');
  mergeCells(statements.cells, hours('a'), { serialOf: () => 1 });
  maintain(statements, NOW);
  const left = database.prepare(`SELECT count(*) AS n FROM cells_8 WHERE grain = 'hour'`).get() as { n: number };
  expect(hours('a').length - left.n).toBe(300);
});

test('empty cells are forgotten after a day or two, and a reader whose cursor is older has to read everything', () => {
  const { statements, database } = connection();
  const correct = (id: string, n: bigint): boolean =>
    correctCells(statements, {
      feature: 'a',
      difference: [cell('a', { n }, { bucket: NOW / HOUR })],
      damaged: [],
      options: { id },
    });
  const rows = (): unknown => database.prepare('SELECT count(*) AS n FROM cells_8').get();
  const forgotten = (): unknown => database.prepare('SELECT forgotten_serial AS n FROM features').get();
  correct('first', 1n);
  correct('second', -1n);
  maintainAll(NOW);
  maintainAll(NOW + DAY - 1);
  expect(rows()).toEqual({ n: 1 });
  expect(readChanges(statements.cells, 'a', { serial: 1, grains: NO_GRAINS })).toHaveLength(1);
  expect(forgotten()).toEqual({ n: 0 });
  maintainAll(NOW + DAY);
  expect(rows()).toEqual({ n: 0 });
  expect(forgotten()).toEqual({ n: 2 });
});

test('maintenance ends in spite of a damaged row', () => {
  const { statements, database } = connection();
  statements.nextSerial.get('a');
  mergeCells(statements.cells, hours('a'), { serialOf: () => 1 });
  database.exec(`UPDATE cells_8 SET sums = 'x' WHERE start % 5 = 0`);
  maintainAll(NOW);
  expect(isMaintenanceDue(statements, NOW)).toBe(false);
});
