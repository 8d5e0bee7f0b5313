/** A copy in memory of an SQLite ledger with its journal filed, for a process that cannot write to the file. */
import { RouterError } from '../errors.ts';
import type { Connection } from './sqlite-connection.ts';
import { atOneMoment, transaction } from './sqlite-connection.ts';
import { copyRows } from './sqlite-copy-rows.ts';
import { openDatabase } from './sqlite-database.ts';
import { fileNoted, lastNoted, newJournal } from './sqlite-journal.ts';
import { prepare } from './sqlite-statements.ts';

/** Larger files are not copied: a copy takes as much memory, and a gigabyte blocks the process for some seconds. */
const MAX_COPIED_BYTES = 2 ** 30;

/** Nothing changes the copy once it is made. */
export interface FiledCopy {
  readonly connection: Connection;
  readonly source: Connection;
  /** State of the source when it was copied. */
  readonly state: string;
}

let copies = 0;

/** @throws RouterError `store-unusable` for a file that is too large */
export function filedCopy(path: string, source: Connection, maxBytes = MAX_COPIED_BYTES): FiledCopy {
  checkSize(path, source, maxBytes);
  const database = openDatabase(':memory:', { synchronous: 'NORMAL' });
  const connection = { database, statements: prepare(database), journal: newJournal(), copyNumber: ++copies };
  try {
    const state = atOneMoment(source.database, () => {
      copyRows(source.database, database);
      return stateOf(source);
    });
    transaction(connection, fileForReading);
    return { connection, source, state };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether the source, as this connection sees it, is unchanged since the copy. */
export function isCopyOf({ source, state }: FiledCopy, connection: Connection): boolean {
  return connection === source && stateOf(connection) === state;
}

/** A value that changes with commits of other connections, and with the changes that this connection notes. */
function stateOf(connection: Connection): string {
  return JSON.stringify([connection.statements.dataVersion.get(), lastNoted(connection)]);
}

/**
 * The features keep the serial numbers that they have in the file, so that a cursor of the copy leads a later read of the file to
 * everything that was filed there since.
 */
function fileForReading(copy: Connection): void {
  const { database } = copy;
  database.exec('CREATE TEMP TABLE stored AS SELECT feature, serial FROM features');
  fileNoted(copy);
  database.exec(`UPDATE features
    SET serial = coalesce((SELECT serial FROM stored WHERE stored.feature = features.feature), 0); DROP TABLE stored`);
}

function checkSize(path: string, { database }: Connection, maxBytes: number): void {
  const { bytes } = database
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get() as { bytes: number };
  if (bytes <= maxBytes) return;
  throw new RouterError(
    'store-unusable',
    'its last changes are in its journal still, and the file is too large for a copy in memory',
    {
      path,
      accepted: 'a user who may write the file, once: `outcome-router maintain` files them',
    },
  );
}
