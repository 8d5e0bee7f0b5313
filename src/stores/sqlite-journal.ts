/**
 * The journal of the SQLite store. A few changes are acknowledged as one row of one page, and filed into ledger and cells
 * later, off the call and before anything reads ledger or cells. Many changes at once are filed immediately: they share pages
 * there as they would in the journal.
 */
import type { Change, ChangeResult } from '../contracts/store.ts';
import type { KnownCells } from './sqlite-cell-sums.ts';
import { readRows } from './sqlite-cell-sums.ts';
import type { Call } from './sqlite-commit.ts';
import { appending, COMMITTED, commitGroup, type EncodedChange, revisionsOf } from './sqlite-commit.ts';
import type { NotedRow, StoredRow } from './sqlite-noted-rows.ts';
import { readRow, rowOf } from './sqlite-noted-rows.ts';
import type { Statements } from './sqlite-statements.ts';

/** From this many changes at once, filing them costs less than noting them first. */
const MIN_FILED_AT_ONCE = 16;

/** With this many changes in the journal, the next ones are filed at once. More would make a reader wait longer. */
const MAX_NOTED = 512;

/** Intents whose number of records is remembered: most are continued soon. */
const MAX_KNOWN_INTENTS = 4_096;

/** Cells that are remembered: about a kilobyte each. */
const MAX_KNOWN_CELLS = 4_096;

/** What this connection knows of the journal, and of the cells, while no other one commits. */
export interface Journal {
  /** SQLite's `data_version` for which the rest is valid. */
  version: number;
  /** Rows that are not filed yet, in order. */
  noted: NotedRow[];
  /** Number of changes in them. */
  size: number;
  /** Number of records of the noted intents, and of others that were committed lately. */
  readonly revisions: Map<string, number>;
  readonly cells: KnownCells;
}

/** The part of a connection that commits need. */
export interface Journaled {
  readonly statements: Statements;
  readonly journal: Journal;
}

export function newJournal(): Journal {
  return { version: Number.NaN, noted: [], size: 0, revisions: new Map(), cells: new Map() };
}

/** Discards the cached state: a transaction was undone, or changed cells in another way. */
export function forgetJournal(journal: Journal): void {
  journal.version = Number.NaN;
}

/** Commits changes in the caller's transaction, which holds the write lock. */
export function commitChanges(
  connection: Journaled,
  calls: readonly Call[],
  atMs: number,
): readonly (readonly ChangeResult[])[] {
  const { statements, journal } = connection;
  const isAlone = refresh(connection);
  let size = 0;
  for (const { changes } of calls) size += changes.length;
  if (isAlone && size < MIN_FILED_AT_ONCE && journal.size < MAX_NOTED) {
    const answers = note(connection, calls, atMs);
    if (answers !== undefined) return answers;
  }
  fileNoted(connection);
  return commitGroup(statements, calls, { known: journal.cells, revisions: journal.revisions });
}

/**
 * Discards what other connections may have changed, and reads what they noted. Returns whether none of their changes is
 * noted.
 */
function refresh({ statements, journal }: Journaled): boolean {
  const { data_version: version } = statements.dataVersion.get() as { data_version: number };
  if (journal.cells.size > MAX_KNOWN_CELLS) journal.cells.clear();
  if (version === journal.version) return true;
  journal.version = version;
  journal.revisions.clear();
  journal.cells.clear();
  const follows = ({ intentId: id, expectedRevision, records }: Change): boolean => {
    if ((journal.revisions.get(id) ?? revisionsOf(statements, id)) !== expectedRevision) return false;
    journal.revisions.set(id, expectedRevision + records.length);
    return true;
  };
  journal.noted = (statements.noted.all() as unknown as StoredRow[]).map(row => readRow(row, follows));
  journal.size = journal.noted.reduce((size, { changes }) => size + changes.length, 0);
  return journal.noted.length === 0;
}

/** Notes the changes, each of which must be the next one of its intent; `undefined`: nothing is noted. @throws DamagedRow */
function note(
  { statements, journal }: Journaled,
  calls: readonly Call[],
  atMs: number,
): readonly (readonly ChangeResult[])[] | undefined {
  const revisions = new Map<string, number>();
  const noted: EncodedChange[] = [];
  for (const { changes, lost } of calls) {
    for (const encoded of changes) {
      const { change, json } = encoded;
      const { intentId: id, expectedRevision } = change;
      if (!Array.isArray(json) || lost.has(id)) return undefined;
      if ((revisions.get(id) ?? journal.revisions.get(id) ?? revisionsOf(statements, id)) !== expectedRevision)
        return undefined;
      // A change that cannot be filed later must not be acknowledged now.
      readRows(statements.cells, change.delta, journal.cells);
      revisions.set(id, expectedRevision + json.length);
      noted.push(encoded);
    }
  }
  if (noted.length > 0) {
    const { lastInsertRowid } = statements.note.run(atMs, rowOf(noted));
    journal.noted.push({ seq: Number(lastInsertRowid), changes: noted });
    journal.size += noted.length;
    for (const [id, revision] of revisions) journal.revisions.set(id, revision);
  }
  return calls.map(({ changes }) => changes.map(() => COMMITTED));
}

/** Identifies a row of the journal. Numbers start again when it is empty, so the time is included. */
export interface NotedId {
  readonly seq: number;
  readonly at_ms: number;
}

/** The last row that is not filed yet. Takes no lock. */
export function lastNoted({ statements }: Journaled): NotedId | undefined {
  return statements.lastNoted.get() as NotedId | undefined;
}

/** Whether the row is still waiting to be filed; rows are filed in order. Takes no lock. */
export function isStillNoted({ statements }: Journaled, { seq, at_ms: atMs }: NotedId): boolean {
  return statements.isStillNoted.get(seq, atMs) !== undefined;
}

/**
 * Files changes of the journal in the caller's transaction: as many as `limit`, and the rest of the last row. A cell that cannot be
 * read any more stays as it is, because a recount, which replaces it, finds the records. Changes that cannot be filed stay in their
 * row, which is set aside: the others are filed, and `LedgerSource.setAside` reports the row.
 */
export function fileNoted(connection: Journaled, limit = Infinity): void {
  refresh(connection);
  const { statements, journal } = connection;
  if (journal.size === 0 && journal.revisions.size > MAX_KNOWN_INTENTS) journal.revisions.clear();
  const group = appending(statements, { known: journal.cells, damaged: () => {} });
  let rows = 0;
  let filed = 0;
  for (const { seq, changes, damaged } of journal.noted) {
    if (filed >= limit) break;
    for (const { change, json } of changes) group.append(change, json as readonly string[]);
    if (damaged !== undefined) statements.setNotedAside.run(seq);
    if (damaged !== undefined && changes.length > 0) statements.setNoted.run(damaged, seq);
    filed += changes.length;
    rows++;
  }
  const [last] = journal.noted.splice(0, rows).slice(-1);
  if (last === undefined) return;
  group.end();
  statements.forgetNoted.run(last.seq);
  journal.size -= filed;
}
