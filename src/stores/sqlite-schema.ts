/** The tables of the SQLite store, and how a file of an earlier version gets them. */
import type { DatabaseSync } from 'node:sqlite';

/**
 * Version of the tables below and of the records in them, in the file's `user_version`. In version 1 an intent's first evidence has the
 * kind `settled`, from version 2 on `labelled`; a later file may hold records of both. Version 3 adds the table `replies`, version 4
 * `awaited_replies`, version 5 `controls`, version 6 everything that several processes need to read only what changed, version 7 the
 * packed cells that decisions are made from, the ids of removed intents and the runs of an archive, version 8 the journal and the states
 * of users' sessions, version 9 an index of intents by session, version 10 an index of intents that have not succeeded.
 */
export const SCHEMA_VERSION = 10;

/** "ORtr": marks the file as ours, so that we never write to another program's database. */
export const APPLICATION_ID = 0x4f52_7472;

/** Tables of versions 3 to 5. */
const LATER_TABLES = `CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, model TEXT NOT NULL, at_ms REAL NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS awaited_replies (key TEXT PRIMARY KEY, intent_id TEXT NOT NULL, at_ms REAL NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS controls (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL)
    STRICT, WITHOUT ROWID;`;

/**
 * Serial numbers per block, a power of 2. A cell that changes again within a block leaves the index of changes untouched, which saves a
 * page. A reader of what changed since a number goes through the cells of its block.
 */
export const BLOCK_SERIALS = 256;

export const blockOf = (serial: number): number => Math.floor(serial / BLOCK_SERIALS);

/**
 * The rows of a place are additive: it may have an hour, its day and its week at once (`canonical`). `start` and `grain` are
 * those of the key, `block` is that of the serial number.
 */
const cellTable = (name: string): string => `CREATE TABLE ${name} (
    id INTEGER PRIMARY KEY,
    feature TEXT NOT NULL,
    key TEXT NOT NULL,
    serial INTEGER NOT NULL,
    block INTEGER NOT NULL,
    grain TEXT NOT NULL,
    start INTEGER NOT NULL,
    sums TEXT NOT NULL,
    UNIQUE (feature, key)
  ) STRICT;
  CREATE INDEX ${name}_by_age ON ${name} (feature, grain, start);`;

/**
 * Tables of version 6. A table that a process of an earlier version would read or write wrongly has the number in its name:
 * with the file open, such a process fails at its next statement, spools, and is refused when it opens the file again.
 *
 * `store` has one row: an id that tells cursors of another store apart, and the boundaries of older buckets. `features`
 * counts the commits of each feature: a cell has the number of the last one that changed it. Cells that became empty stay for
 * a day, so that readers notice it; those up to `forgotten_serial` are gone, so an earlier reader has to read everything.
 * `corrections` are those that were applied. Where pruning removes the last records of the ledger, SQLite gives their numbers
 * to later ones: `ledger_ends` has the last number that was left, and a cursor of an earlier epoch continues there.
 */
const NEW_TABLES = `CREATE TABLE store (
    id TEXT NOT NULL,
    day_before REAL NOT NULL DEFAULT -9e999,
    week_before REAL NOT NULL DEFAULT -9e999
  ) STRICT;
  INSERT INTO store (id) VALUES (lower(hex(randomblob(8))));
  CREATE TABLE features (
    feature TEXT PRIMARY KEY,
    serial INTEGER NOT NULL,
    forgotten_serial INTEGER NOT NULL DEFAULT 0,
    marked_serial INTEGER NOT NULL DEFAULT 0,
    marked_at_ms REAL NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  ${cellTable('cells_6')}
  CREATE INDEX cells_6_by_change ON cells_6 (feature, block);
  CREATE INDEX cells_6_empty ON cells_6 (feature) WHERE sums = '{}';
  ${cellTable('pruned_cells_6')}
  CREATE TABLE ledger_ends (epoch INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE corrections (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`;

/**
 * Tables of version 7. `packed_cells` has the cells that decisions are made from, packed by feature for processes that
 * start. `removed_intents` has the intents that were pruned or archived, so that none begins again. `archive` has one row
 * from the first run of an archive on, `archive_runs` those whose records were removed.
 */
const TABLES_7 = `CREATE TABLE packed_cells (
    feature TEXT PRIMARY KEY,
    cursor TEXT NOT NULL,
    made_at_ms REAL NOT NULL,
    totals TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE removed_intents (
    intent_id TEXT PRIMARY KEY,
    last_ms REAL NOT NULL,
    is_archived INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE archive (id TEXT NOT NULL) STRICT;
  CREATE TABLE archive_runs (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`;

/**
 * Tables of version 8. `journal` has changes as they were acknowledged, a row for each transaction, until they are filed into the
 * other tables: the journal has to be filed before those are read. `sessions` has the state of each session as of its last reply,
 * at `at_ms`.
 */
const TO_8 = `CREATE TABLE journal (seq INTEGER PRIMARY KEY, at_ms REAL NOT NULL, changes TEXT NOT NULL) STRICT;
  CREATE TABLE sessions (id TEXT PRIMARY KEY, at_ms REAL NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_time ON sessions (at_ms);
  ${['ledger', 'cells', 'pruned_cells'].map(name => `ALTER TABLE ${name}_6 RENAME TO ${name}_8;`).join(' ')}`;

/** Session of an intent, from the record of its decision. A record that was damaged does not keep others from being written. */
export const SESSION = `CASE WHEN json_valid(json) THEN json ->> '$.session' END`;

/** Rows in the index. Looking for the name costs less than reading the record, and most intents may have no session. */
export const HAS_SESSION = `revision = 0 AND instr(json, '"session":') > 0`;

const TO_9 = `CREATE INDEX intents_by_session ON ledger_8 (${SESSION}) WHERE ${HAS_SESSION};`;

/** True for a record of evidence that says that the intent failed. A text search costs less than reading the record. */
export const IS_FAILURE = `instr(json, '"success":false') > 0`;

/**
 * The rows of the index: evidence of failure, and of neither success nor failure. Most intents succeed, so success is found without an
 * index.
 */
export const HAS_NO_SUCCESS = `kind IN ('settled', 'labelled', 'corrected') AND instr(json, '"success":true') = 0`;

const TO_10 = `CREATE INDEX intents_without_success ON ledger_8 (feature, ${IS_FAILURE}) WHERE ${HAS_NO_SUCCESS};`;

/**
 * `seq` is the append order. (intent_id, revision) makes appending a compare-and-set. `cells_8` has the statistics,
 * `pruned_cells_8` what pruned intents contributed, `pending` the intents that silence will label and until when one process
 * has taken each. `intents_by_time` lists a feature's intents without reading the ledger, `replies` the models that later
 * requests are bound to, `awaited_replies` the intents of replies that were not finished, `controls` what operators have set.
 */
export const SCHEMA = `
  CREATE TABLE ledger_6 (
    seq INTEGER PRIMARY KEY,
    intent_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    feature TEXT NOT NULL,
    at_ms REAL NOT NULL,
    kind TEXT NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (intent_id, revision)
  ) STRICT;
  CREATE INDEX intents_by_time ON ledger_6 (feature, at_ms, intent_id) WHERE revision = 0;
  CREATE TABLE pending (intent_id TEXT PRIMARY KEY, due_at_ms REAL NOT NULL, claimed_until_ms REAL NOT NULL DEFAULT 0)
    STRICT, WITHOUT ROWID;
  CREATE INDEX pending_by_due ON pending (due_at_ms);
  ${LATER_TABLES}
  ${NEW_TABLES}
  ${TABLES_7}
  ${TO_8}
  ${TO_9}
  ${TO_10}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Copies cells of version 5, whose key ends with a tab and the hour. */
const copyCells = (from: string): string => `INSERT INTO ${from}_6 (feature, key, serial, block, grain, start, sums)
    SELECT feature, key, 1, 0, 'hour', CAST(substr(key, length(rtrim(key, replace(key, char(9), ''))) + 1) AS INTEGER), sums
    FROM ${from};
  INSERT OR IGNORE INTO features (feature, serial) SELECT DISTINCT feature, 1 FROM ${from};
  DROP TABLE ${from};`;

/** Brings the tables of versions 1 to 5 to version 6. */
const TO_6 = `${LATER_TABLES} ${NEW_TABLES} ${copyCells('cells')} ${copyCells('pruned_cells')}
  ALTER TABLE ledger RENAME TO ledger_6;
  ALTER TABLE pending ADD COLUMN claimed_until_ms REAL NOT NULL DEFAULT 0;`;

/** Brings a file of an earlier version up to date, inside the caller's transaction. */
export function migrate(database: DatabaseSync, version: number): void {
  const steps = [
    version < 6 ? TO_6 : '',
    version < 7 ? TABLES_7 : '',
    version < 8 ? TO_8 : '',
    version < 9 ? TO_9 : '',
    TO_10,
  ];
  database.exec(`${steps.join(' ')} PRAGMA user_version = ${SCHEMA_VERSION};`);
}
