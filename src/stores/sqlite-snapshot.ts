/** Reading one moment of the SQLite store while writers go on. */
import type { DatabaseSync } from 'node:sqlite';
import type { Connection, ConnectionOptions, SqliteConnection } from './sqlite-connection.ts';
import { sqliteConnection } from './sqlite-connection.ts';
import { RouterError } from '../errors.ts';
import type { Run } from './sqlite-view.ts';

export interface Snapshot {
  readonly run: Run;
  close(): Promise<void>;
}

/**
 * A connection of its own, in a transaction that has begun to read: SQLite keeps what it sees in the write-ahead log, which
 * grows meanwhile. A database in memory has one connection only, so it is copied.
 */
export async function openSnapshot(
  path: string,
  options: ConnectionOptions,
  source: SqliteConnection,
): Promise<Snapshot> {
  const reader = sqliteConnection(path, options);
  const copied = path === ':memory:' ? await source.run(({ database }) => rowsOf(database)) : undefined;
  try {
    const opened = await reader.run(connection => {
      if (copied !== undefined) insert(connection.database, copied);
      connection.database.exec('BEGIN; SELECT id FROM store');
      return connection;
    });
    return { run: step => reader.run(connection => step(only(opened, connection, path))), close: () => reader.close() };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** After an I/O error there is another connection, which would see another moment. */
function only(opened: Connection, connection: Connection, path: string): Connection {
  if (connection === opened) return connection;
  throw new RouterError('store-unusable', 'the file could not be read any more while one moment of it was read', {
    path,
  });
}

type Rows = ReadonlyMap<string, readonly Record<string, null | number | string>[]>;

function rowsOf(database: DatabaseSync): Rows {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`);
  return new Map(
    (tables.all() as { name: string }[]).map(({ name }) => [
      name,
      database.prepare(`SELECT * FROM ${name}`).all() as Record<string, null | number | string>[],
    ]),
  );
}

function insert(database: DatabaseSync, tables: Rows): void {
  for (const [name, rows] of tables) {
    database.exec(`DELETE FROM ${name}`);
    const columns = Object.keys(rows[0] ?? {});
    if (columns.length === 0) continue;
    const put = database.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of rows) put.run(...columns.map(column => row[column] ?? null));
  }
}
