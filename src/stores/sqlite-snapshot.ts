/** Reading one moment of the SQLite store while writers go on. */
import type { Connection, ConnectionOptions, SqliteConnection } from './sqlite-connection.ts';
import { sqliteConnection } from './sqlite-connection.ts';
import { copyRows } from './sqlite-copy-rows.ts';
import { RouterError } from '../errors.ts';
import type { Run } from './sqlite-view.ts';

export interface Snapshot {
  readonly run: Run;
  close(): Promise<void>;
}

/**
 * Opens a separate connection, in a transaction that has begun to read: SQLite keeps the state that it sees in the
 * write-ahead log, which grows meanwhile. A database in memory has one connection only, so it is copied.
 */
export async function openSnapshot(
  path: string,
  options: ConnectionOptions,
  source: SqliteConnection,
): Promise<Snapshot> {
  const reader = sqliteConnection(path, options);
  try {
    const opened = await reader.run(connection => connection);
    if (path === ':memory:') await source.run(({ database }) => copyRows(database, opened.database));
    await reader.run(({ database }) => database.exec('BEGIN; SELECT id FROM store'));
    return { run: step => reader.run(connection => step(only(opened, connection, path))), close: () => reader.close() };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** The copy never changes, so it is one moment already. */
export function snapshotOfCopy(copy: Connection, file: SqliteConnection): Snapshot {
  return { run: step => file.run(() => step(copy)), close: async () => {} };
}

/** After an I/O error there is a new connection, which would see another moment. */
function only(opened: Connection, connection: Connection, path: string): Connection {
  if (connection === opened) return connection;
  throw new RouterError('store-unusable', 'the file could not be read any more while one moment of it was read', {
    path,
  });
}
