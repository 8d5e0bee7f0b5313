/** Copies the rows of one database of ours into another one, whose tables are new. */
import type { DatabaseSync } from 'node:sqlite';

/** Row by row, so that the ledger is never in memory twice. */
export function copyRows(from: DatabaseSync, to: DatabaseSync): void {
  const tables = to.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`);
  to.exec('BEGIN');
  for (const { name } of tables.all() as { name: string }[]) copyTable(name, from, to);
  to.exec('COMMIT');
}

function copyTable(name: string, from: DatabaseSync, to: DatabaseSync): void {
  to.exec(`DELETE FROM ${name}`);
  const columns = to.prepare('SELECT name FROM pragma_table_info(?)').all(name) as { name: string }[];
  const names = columns.map(column => column.name);
  const rows = from.prepare(`SELECT ${names.join()} FROM ${name}`);
  // A whole number may be larger than a JavaScript number can hold.
  rows.setReadBigInts(true);
  const put = to.prepare(`INSERT INTO ${name} (${names.join()}) VALUES (${names.map(() => '?').join()})`);
  for (const row of rows.iterate() as Iterable<Record<string, null | number | bigint | string | Uint8Array>>) {
    put.run(...names.map(column => row[column] ?? null));
  }
}
