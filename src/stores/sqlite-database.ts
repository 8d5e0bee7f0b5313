/** Opens the SQLite file, checks its schema, and turns SQLite's errors into advice. */
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { RouterError } from '../errors.ts';
import { ledgerOfCompanion } from './companion.ts';
import { warnIfReadableByOthers } from './readable-by-others.ts';
import { APPLICATION_ID, migrate, SCHEMA, SCHEMA_VERSION } from './sqlite-schema.ts';

/**
 * How long one statement waits for another process's lock. The wait blocks the event loop, so it is short; the store
 * retries, between other work, up to `lockTimeoutMs`. Longer: fewer retries, longer pauses.
 */
export const LOCK_SLICE_MS = 20;

export interface OpenOptions {
  /** `FULL` waits for the disk at every commit, `NORMAL` for the operating system. */
  readonly synchronous: 'NORMAL' | 'FULL';
}

/** Opens the file, creating it where its directory exists. Throws what SQLite throws, or a RouterError. */
export function openDatabase(path: string, { synchronous }: OpenOptions): DatabaseSync {
  // Not a static import: a runtime without node:sqlite can still load this module and gets the error below.
  const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (sqlite === undefined)
    throw new RouterError('unsupported-runtime', `${process.version} has no node:sqlite`, {
      accepted: 'Node 22.13 or later',
    });
  checkKind(path);
  checkSize(path);
  const isNewFile = !existsSync(path);
  const database = new sqlite.DatabaseSync(path);
  try {
    // SQLite gives its companions the mode of the file.
    if (isNewFile && existsSync(path)) chmodSync(path, 0o600);
    database.exec(`PRAGMA busy_timeout = ${LOCK_SLICE_MS}`);
    // Check first, write later: a file that is not ours stays byte for byte as it is.
    const isNew = !hasSchema(database, path);
    if (!isNew) warnIfReadableByOthers(path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 67108864`);
    // The schema is checked again under the lock: another process may have created it meanwhile.
    if (isNew) inTransaction(database, () => hasSchema(database, path) || database.exec(SCHEMA));
    if (isOld(database))
      inTransaction(database, () => isOld(database) && migrate(database, readHeader(database).version));
    if (database.prepare('SELECT 1 FROM store').get() === undefined) throw damaged(path, 'its table "store" is empty');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * SQLite opens `/dev/null` too: every commit succeeds there, and nothing is kept. A database in place of another one's log is
 * overwritten with its next commit.
 */
function checkKind(path: string): void {
  const file = statSync(path, { throwIfNoEntry: false });
  const ledger = ledgerOfCompanion(path);
  let problem: string | undefined;
  if (file?.isFile() === false) problem = `a ${file.isDirectory() ? 'folder' : 'device, pipe or socket'}, not a file`;
  else if (ledger !== undefined && existsSync(ledger)) problem = `this file belongs to the database ${ledger}`;
  if (problem === undefined) return;
  throw new RouterError('store-unusable', problem, {
    path,
    accepted: 'the name of a database file of its own, which is made where there is none',
  });
}

/** The size of SQLite's header: no database is smaller. */
const HEADER_BYTES = 100;

/**
 * SQLite makes a new database of an empty file, and deletes the write-ahead log beside it, which may hold the last of a
 * ledger.
 */
function checkSize(path: string): void {
  if (sizeOf(path) >= HEADER_BYTES) return;
  const spool = `${path}.spool.jsonl`;
  const left = [`${path}-wal`, spool].find(file => sizeOf(file, 0) > 0);
  if (left === undefined) return;
  if (left === spool && sizeOf(path) === 0 && beginsItsIntents(spool)) {
    process.emitWarning(`${path} was empty: a new ledger begins there with what its spool has`, {
      type: 'OutcomeRouterWarning',
      code: 'EMPTY_LEDGER',
    });
    return;
  }
  throw new RouterError(
    'store-unusable',
    `the file is empty or too short, and a ledger was there: ${left} is left of it`,
    {
      path,
      accepted: 'the file from a copy; delete it only if nothing was in it',
    },
  );
}

/** Whether the spool, encoded by `encodeLine`, contains no change that continues an intent of an earlier ledger. */
function beginsItsIntents(spool: string): boolean {
  const begun = new Set<unknown>();
  try {
    return readFileSync(spool, 'utf8')
      .trimEnd()
      .split('\n')
      .every(line => {
        const change = JSON.parse(line.slice(line.indexOf(' '))) as { intentId?: unknown; expectedRevision?: unknown };
        if (change.expectedRevision === 0) begun.add(change.intentId);
        return begun.has(change.intentId);
      });
  } catch {
    return false;
  }
}

function sizeOf(path: string, ifMissing = Number.POSITIVE_INFINITY): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? ifMissing;
}

/** If it throws, the caller closes the database, which rolls the transaction back. */
function inTransaction(database: DatabaseSync, step: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  step();
  database.exec('COMMIT');
}

/** All three in one statement, which reads one state of the file: another process may be creating the schema. */
const READ_HEADER = `SELECT application_id AS application, (SELECT user_version FROM pragma_user_version) AS version,
  (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_application_id`;

function readHeader(database: DatabaseSync): { application: number; version: number; tables: number } {
  return database.prepare(READ_HEADER).get() as { application: number; version: number; tables: number };
}

export function isOld(database: DatabaseSync): boolean {
  return readHeader(database).version < SCHEMA_VERSION;
}

/** @throws RouterError `store-unusable` for another program's database, and for a newer version */
export function hasSchema(database: DatabaseSync, path: string): boolean {
  const { application, version, tables } = readHeader(database);
  if (application === APPLICATION_ID && version >= 1 && version <= SCHEMA_VERSION) return true;
  if (application === APPLICATION_ID && version < 1) throw damaged(path, `its schema version is ${version}`);
  if (application === APPLICATION_ID)
    throw new RouterError('store-unusable', `the file was written by a newer outcome-router (schema ${version})`, {
      path,
      accepted: `schema up to ${SCHEMA_VERSION}: upgrade this process, or give it another file`,
    });
  if (application === 0 && version === 0 && tables === 0) return false;
  throw new RouterError('store-unusable', 'the file is a database of another program', {
    path,
    accepted: 'a path of its own: a new file is created there',
  });
}

function damaged(path: string, why: string): RouterError {
  return new RouterError('store-unusable', `the file is damaged: ${why}`, { path, accepted: 'the file from a copy' });
}

/** What to do, by SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'another process keeps it locked: find the one that holds a transaction open',
  6: 'another process keeps it locked: find the one that holds a transaction open',
  8: 'the file or its directory cannot be written: give this process write permission on both',
  10: 'the disk reported an error: check it, and restore the file from a copy if it is damaged',
  11: 'the file is damaged and was left unchanged: move it away together with its -wal and -shm files, and recover it with `sqlite3 file .recover`',
  13: 'the disk is full: make room',
  14: 'the file cannot be opened: its directory must exist and this process must be able to write there',
  26: 'the file is not an SQLite database and was left unchanged: move it away, or give another path',
};

/** True when another connection holds the lock, so that a retry may succeed. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** True where this user may not write the file, or its directory, in which SQLite creates its companions. */
export function isUnwritable(error: unknown): boolean {
  const code = resultCode(error);
  return code === 8 || code === 14;
}

/** True where the disk is full. */
export function isFull(error: unknown): boolean {
  return resultCode(error) === 13;
}

/** The error with which this store rejects: it names the file, SQLite's message and what to do. */
export function unusable(path: string, error: unknown): RouterError {
  if (RouterError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const advice = ADVICE[resultCode(error) ?? 0];
  return new RouterError('store-unusable', `${message}${advice === undefined ? '' : `; ${advice}`}`, {
    path,
    cause: error,
  });
}

function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
