/** A lock between processes that the operating system drops when its owner ends, for whatever reason. */
import type { DatabaseSync } from 'node:sqlite';
import { RouterError } from './errors.ts';
import { nodeModule } from './node-module.ts';

const fs = nodeModule('node:fs', 'a lock between processes');

/** Result codes of SQLite: another connection holds the lock; the file is not a database. */
const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/**
 * How long a try waits for another try, milliseconds: processes that try in the same moment each see another's try, and
 * without a wait none of them may get the lock.
 */
const LOCK_WAIT_MS = 5;

/** Keeps the locks' connections alive: one that is garbage-collected would give up its lock. */
const held = new Set<DatabaseSync>();

/**
 * Takes SQLite's lock on an empty database, `undefined` when it is taken: by another process, thread or owner in this one.
 * The kernel drops the lock with the process, however it ends, so no lock is ever stale, and a reused process id does no
 * harm. The file stays when the lock is released: if it were deleted, two processes could lock two files of one name.
 *
 * @returns a function that releases the lock
 * @throws RouterError `store-unusable` for a file that is not empty: another program may need it, and it is left as it is
 */
export function lockFile(file: string): (() => void) | undefined {
  const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (sqlite === undefined)
    throw new RouterError('unsupported-runtime', `${process.version} has no node:sqlite, by which files are locked`, {
      accepted: 'Node 22.13 or later',
    });
  const isNew = !fs.existsSync(file);
  const database = new sqlite.DatabaseSync(file);
  try {
    if (isNew) fs.chmodSync(file, 0o600);
    // Only an owner, or the attempt that is ahead of all others, keeps readers out: we do not wait for it, so that a start
    // beside many running processes is quick. An attempt that only other attempts block waits for those, and one of them wins.
    database.exec('PRAGMA busy_timeout = 0; SELECT 1 FROM sqlite_schema');
    // The journal is in memory and nothing is ever written: a lock needs no space on a full disk.
    database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    const { errcode } = error as { readonly errcode?: unknown };
    if (errcode === SQLITE_BUSY) return undefined;
    if (errcode !== SQLITE_NOTADB) throw error;
    throw new RouterError('store-unusable', 'this file is not a lock, because it is not empty', {
      path: file,
      accepted: 'an empty file: move this one away while no process uses what it locks',
      cause: error,
    });
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}
