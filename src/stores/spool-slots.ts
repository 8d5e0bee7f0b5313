/** Gives each user of a spool path a file of its own, by locks that the operating system drops when their process ends. */
import { chmodSync, existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { RouterError } from '../errors.ts';

/** Maximum number of routers that may use one spool path at the same time. */
const MAX_SLOTS = 64;

/** Result code of SQLite: another connection has the lock. */
const SQLITE_BUSY = 5;

/** A file that only this claim may use, until it is released or its process ends. */
export interface ClaimedFile {
  readonly path: string;
  release(): void;
}

/**
 * How long a claim waits for a lock, milliseconds. Processes that try in the same moment each see another's try, and without a
 * wait none of them may get a file that is left. Longer: a start beside many living processes waits for each of their files.
 */
const LOCK_WAIT_MS = 5;

/** Keeps the locks' connections alive: one that is garbage-collected would give up its lock. */
const held = new Set<DatabaseSync>();

/** Claims the files at `path`, `path.1`, `path.2` … that exist and that no living process uses. */
export function claimLeft(path: string): readonly ClaimedFile[] {
  const claimed: ClaimedFile[] = [];
  try {
    for (const file of slotsOf(path)) {
      const left = existsSync(file) ? claim(file, existsSync) : undefined;
      if (left !== undefined) claimed.push(left);
    }
    return claimed;
  } catch (error) {
    // A later try could not claim what this one still holds.
    for (const file of claimed) file.release();
    throw error;
  }
}

/**
 * Claims the first name of `path`, `path.1`, `path.2` … that is free and has no file yet.
 *
 * @throws RouterError `store-unusable` when there is none
 */
export function claimNew(path: string): ClaimedFile {
  for (const file of slotsOf(path)) {
    const claimed = existsSync(file) ? undefined : claim(file, name => !existsSync(name));
    if (claimed !== undefined) return claimed;
  }
  throw new RouterError('store-unusable', `the spool has ${MAX_SLOTS} files already`, {
    path,
    accepted: 'another path, or fewer processes; a restart takes over what ended processes left',
  });
}

function slotsOf(path: string): readonly string[] {
  return Array.from({ length: MAX_SLOTS }, (_, slot) => (slot === 0 ? path : `${path}.${slot}`));
}

/** `isAsFound` is asked again under the lock: the file's former owner may have been at work until then. */
function claim(file: string, isAsFound: (file: string) => boolean): ClaimedFile | undefined {
  const release = lock(`${file}.owner`);
  if (release === undefined) return undefined;
  if (isAsFound(file)) return { path: file, release };
  release();
  return undefined;
}

/**
 * Takes SQLite's lock on an empty database, `undefined` when it is taken: by another process, thread or claim of this one.
 * The kernel drops the lock with the process, however it ends, so no lock is ever stale, and a process id that is used
 * again means nothing. The file stays when the lock is released: if it were deleted, two processes could lock two files
 * of one name.
 */
function lock(file: string): (() => void) | undefined {
  const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (sqlite === undefined)
    throw new RouterError(
      'unsupported-runtime',
      `${process.version} has no node:sqlite, by which the spool is locked`,
      {
        accepted: 'Node 22.13 or later',
      },
    );
  const isNew = !existsSync(file);
  const database = new sqlite.DatabaseSync(file);
  try {
    if (isNew) chmodSync(file, 0o600);
    // The journal is in memory and nothing is ever written: a lock needs no space on a full disk.
    database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: unknown }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}
