/** Reading one moment of the SQLite store while writers go on. */
import type { Connection, ConnectionOptions, SqliteConnection } from './sqlite-connection.ts';
import { sqliteConnection } from './sqlite-connection.ts';
import { copyRows } from './sqlite-copy-rows.ts';
import { RouterError } from '../errors.ts';
import type { Run } from './sqlite-view.ts';

export interface Snapshot {
  /** Settles once the moment is kept. */
  readonly begun: Promise<unknown>;
  readonly run: Run;
  /** Waits for the steps in flight, at most until `late`. A snapshot that has not begun by then never does. */
  close(late?: Promise<void>): Promise<void>;
}

/**
 * Opens a separate connection, in a transaction that has begun to read: SQLite keeps the state that it sees in the
 * write-ahead log, which grows meanwhile. A database in memory has one connection only, so it is copied.
 */
export function openSnapshot(path: string, options: ConnectionOptions, source: SqliteConnection): Snapshot {
  const reader = sqliteConnection(path, options);
  const begin = async (): Promise<Connection> => {
    const opened = await reader.run(connection => connection);
    if (path === ':memory:') await source.run(({ database }) => copyRows(database, opened.database));
    await reader.run(({ database }) => database.exec('BEGIN; SELECT id FROM store'));
    return opened;
  };
  const begun = begin();
  return {
    begun,
    run: async step => {
      const opened = await begun;
      return reader.run(connection => step(only(opened, connection, path)));
    },
    close: reader.close,
  };
}

/** The copy never changes, so it is one moment already. */
export function snapshotOfCopy(copy: Connection, file: SqliteConnection): Snapshot {
  return { begun: Promise.resolve(), run: step => file.run(() => step(copy)), close: async () => {} };
}

/** After an I/O error there is a new connection, which would see another moment. */
function only(opened: Connection, connection: Connection, path: string): Connection {
  if (connection === opened) return connection;
  throw new RouterError('store-unusable', 'the file could not be read any more while one moment of it was read', {
    path,
  });
}
