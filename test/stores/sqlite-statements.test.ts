import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cell, Sums } from '../../src/core/cells/cell.ts';
import { openDatabase } from '../../src/stores/sqlite-database.ts';
import type { Statements } from '../../src/stores/sqlite-statements.ts';
import { mergeCells, prepare, replaceTable } from '../../src/stores/sqlite-statements.ts';

let database: DatabaseSync;
let statements: Statements;

beforeEach(() => {
  database = openDatabase(':memory:', { synchronous: 'NORMAL' });
  statements = prepare(database);
});
afterEach(() => database.close());

function cell(feature: string, sums: Sums, bucket = 1): Cell {
  return { key: { scope: 'plan', feature, segment: '', subject: 'mini', version: '', bucket }, sums };
}

describe('cells as rows', () => {
  it('merging adds the deltas of one group to the stored sums without rounding', () => {
    const large = 10n ** 40n + 1n;
    mergeCells(statements.cells, [cell('a', { cost3: large })]);
    mergeCells(statements.cells, [cell('a', { cost3: large, n: 1n }), cell('a', { cost3: -1n }), cell('b', { n: 5n })]);
    expect(statements.cells.read('a')).toEqual([cell('a', { cost3: 2n * large - 1n, n: 1n })]);
  });

  it('merging deletes a row whose sums are all 0', () => {
    mergeCells(statements.cells, [cell('a', { n: 1n }), cell('b', { n: 1n }), cell('b', { n: -1n })]);
    mergeCells(statements.cells, [cell('a', { n: -1n })]);
    expect(statements.cells.read(undefined)).toEqual([]);
  });

  it('replacing changes only one feature of one table', () => {
    for (const table of [statements.cells, statements.prunedCells]) {
      mergeCells(table, [cell('a', { n: 1n }, 1), cell('a', { n: 2n }, 2), cell('b', { n: 3n })]);
    }
    replaceTable(statements.cells, 'a', [cell('a', { n: 9n }, 3)]);
    expect(statements.cells.read('a')).toEqual([cell('a', { n: 9n }, 3)]);
    expect(statements.cells.read('b')).toHaveLength(1);
    expect(statements.prunedCells.read('a')).toHaveLength(2);
  });
});
