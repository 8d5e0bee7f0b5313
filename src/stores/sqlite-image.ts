/**
 * Reads an SQLite file in a directory that this user may not write, so that SQLite cannot create the companions that it would
 * need.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { RouterError } from '../errors.ts';
import { hasSchema, isOld } from './sqlite-database.ts';

/** A file that is read as it is on the disk, without locks. */
export interface Image {
  readonly database: DatabaseSync;
  /** Tells if another process has written to the file since it was opened: a read may have mixed two states. */
  change(): string | undefined;
}

/**
 * `undefined` where the file alone is not the ledger (it is not a ledger, or a write-ahead log has a part of it), and on a Node
 * before 22.15, which opens no URL of a file.
 *
 * @throws RouterError `store-unusable` for a ledger of a newer or an earlier version
 */
export function openImage(path: string): Image | undefined {
  const state = stateOf(path);
  // Not a static import, for the same reason as in `sqlite-database.ts`.
  const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (state === undefined || sqlite === undefined) return undefined;
  const database = opened(sqlite.DatabaseSync, path);
  if (database === undefined) return undefined;
  try {
    if (hasSchema(database, path)) {
      if (isOld(database)) throw ofEarlierVersion(path);
      return {
        database,
        change: () => (stateOf(path) === state ? undefined : 'the file was written to while it was read without locks'),
      };
    }
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

function opened(Database: typeof DatabaseSync, path: string): DatabaseSync | undefined {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  try {
    return new Database(url, { readOnly: true });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_INVALID_ARG_TYPE') return undefined;
    throw error;
  }
}

/** Changes with every write; `undefined` where there is no file, or a write-ahead log beside it. */
function stateOf(path: string): string | undefined {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return undefined;
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  return file && [file.ino, file.size, file.mtimeNs].join(' ');
}

function ofEarlierVersion(path: string): RouterError {
  return new RouterError('store-unusable', 'the file is of an earlier outcome-router, and this user may not write it', {
    path,
    accepted: 'a file that was opened by this version once, by a user who may write it (`outcome-router maintain`)',
  });
}
