/** The tables of a new SQLite store in memory, for tests of what works on them. */
import { afterEach, beforeEach } from 'vitest';
import type { Cell, CellKey, Sums } from '../../src/core/cells/cell.ts';
import type { CellTable } from '../../src/stores/sqlite-cells.ts';
import { cellRows, cellsOfRows } from '../../src/stores/sqlite-cells.ts';
import type { Connection } from '../../src/stores/sqlite-connection.ts';
import { openDatabase } from '../../src/stores/sqlite-database.ts';
import { newJournal } from '../../src/stores/sqlite-journal.ts';
import { prepare } from '../../src/stores/sqlite-statements.ts';

/** A function that returns the connection of the test that runs. */
export function sqliteTables(): () => Connection {
  let connection: Connection | undefined;
  beforeEach(() => {
    const database = openDatabase(':memory:', { synchronous: 'NORMAL' });
    connection = { database, statements: prepare(database), journal: newJournal() };
  });
  afterEach(() => connection?.database.close());
  return () => {
    if (connection === undefined) throw new Error('no test runs');
    return connection;
  };
}

export function cell(feature: string, sums: Sums, key: Partial<CellKey> = {}): Cell {
  const whole = { scope: 'plan', feature, segment: '', subject: 'mini', version: '', bucket: 1 } as const;
  return { key: { ...whole, ...key }, sums };
}

/** As the store reads them. */
export async function readCells(
  table: CellTable,
  feature: string | undefined,
  options: Parameters<typeof cellsOfRows>[2],
): Promise<readonly Cell[]> {
  return cellsOfRows(table, cellRows(table, feature), options);
}
