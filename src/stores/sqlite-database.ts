/** Opens the SQLite file, checks its schema, and turns SQLite's errors into advice. */
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { RouterError } from '../errors.ts';

/**
 * Version of the tables below and of the records in them, in the file's `user_version`. In version 1 an intent's first
 * evidence has the kind `settled`, from version 2 on `labelled`; a later file may hold records of both. Version 3 adds the
 * table `replies`, version 4 `awaited_replies`, version 5 `controls`.
 */
const SCHEMA_VERSION = 5;

/** "ORtr": marks the file as ours, so that we never write to another program's database. */
const APPLICATION_ID = 0x4f52_7472;

/**
 * How long one statement waits for another process's lock. The wait blocks the event loop, so it is short; the store
 * retries, between other work, up to `lockTimeoutMs`. Longer: fewer retries, longer pauses.
 */
export const LOCK_SLICE_MS = 20;

/** The tables that were added later. */
const LATER_TABLES = `CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, model TEXT NOT NULL, at_ms REAL NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS awaited_replies (key TEXT PRIMARY KEY, intent_id TEXT NOT NULL, at_ms REAL NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS controls (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL)
    STRICT, WITHOUT ROWID;`;

/**
 * `seq` is the append order. (intent_id, revision) makes appending a compare-and-set. `cells` has the statistics,
 * `pruned_cells` what pruned intents contributed, `pending` the intents that silence will label.
 * `intents_by_time` lists a feature's intents without reading the ledger, `replies` the models that later requests are bound to,
 * `awaited_replies` the intents of replies that were not finished, `controls` what operators have set.
 */
const SCHEMA = `
  CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    intent_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    feature TEXT NOT NULL,
    at_ms REAL NOT NULL,
    kind TEXT NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (intent_id, revision)
  ) STRICT;
  CREATE INDEX intents_by_time ON ledger (feature, at_ms, intent_id) WHERE revision = 0;
  CREATE TABLE cells (key TEXT PRIMARY KEY, feature TEXT NOT NULL, sums TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX cells_by_feature ON cells (feature);
  CREATE TABLE pruned_cells (key TEXT PRIMARY KEY, feature TEXT NOT NULL, sums TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE pending (intent_id TEXT PRIMARY KEY, due_at_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX pending_by_due ON pending (due_at_ms);
  ${LATER_TABLES}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

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
  checkSize(path);
  const isNewFile = !existsSync(path);
  const database = new sqlite.DatabaseSync(path);
  try {
    // SQLite gives its companions the mode of the file.
    if (isNewFile && existsSync(path)) chmodSync(path, 0o600);
    database.exec(`PRAGMA busy_timeout = ${LOCK_SLICE_MS}`);
    // Check first, write later: a file that is not ours stays byte for byte as it is.
    const isNew = !hasSchema(database, path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 67108864`);
    if (isNew) createSchema(database, path);
    else if (readHeader(database).version < SCHEMA_VERSION) upgrade(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The least that begins with a header of SQLite. */
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

/** Whether the spool, encoded by `encodeLine`, continues no intent of an earlier ledger. */
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

function upgrade(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${LATER_TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

/** If it throws, the caller closes the database, which rolls the transaction back. */
function createSchema(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  // Another process may have created it meanwhile.
  if (!hasSchema(database, path)) database.exec(SCHEMA);
  database.exec('COMMIT');
}

/** All three in one statement, which reads one state of the file: another process may be creating the schema. */
const READ_HEADER = `SELECT application_id AS application, (SELECT user_version FROM pragma_user_version) AS version,
  (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_application_id`;

function readHeader(database: DatabaseSync): { application: number; version: number; tables: number } {
  return database.prepare(READ_HEADER).get() as { application: number; version: number; tables: number };
}

function hasSchema(database: DatabaseSync, path: string): boolean {
  const { application, version, tables } = readHeader(database);
  if (application === APPLICATION_ID && version >= 1 && version <= SCHEMA_VERSION) return true;
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
