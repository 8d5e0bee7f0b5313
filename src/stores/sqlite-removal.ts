/** Removes closed intents from the SQLite store, in the caller's transaction: for pruning, or after a move to an archive. */
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type {
  ArchivedIntent,
  ArchiveRemoval,
  ArchiveState,
  ClosedIntent,
  ClosedIntentsQuery,
  RemovedIntent,
} from '../contracts/archiving.ts';
import type { PruneResult } from '../contracts/store.ts';
import { mergeCells } from './sqlite-cell-sums.ts';
import type { Statements } from './sqlite-statements.ts';
import type { PageRange } from './sqlite-steps.ts';
import { boundsOf, recordsOf } from './sqlite-steps.ts';

const DAY_MS = 86_400_000;

/** Moves the closed intents that began in a page of the ledger into the pruned base. */
export function prunePage(statements: Statements, range: PageRange & { readonly beforeMs: number }): PruneResult {
  const closed = statements.closed.all({ ...range }) as { intent_id: string }[];
  const ids = closed.map(row => row.intent_id);
  return { intents: ids.length, records: removeIntents(statements, ids, { isArchived: false }) };
}

/** @returns how many records were removed */
function removeIntents(
  statements: Statements,
  ids: readonly string[],
  { isArchived }: { readonly isArchived: boolean },
): number {
  const { last } = boundsOf(statements);
  let removed = 0;
  const base: Cell[] = [];
  for (const id of ids) {
    const intent = foldIntent(recordsOf(statements, id));
    if (intent !== undefined) base.push(...contribution(intent));
    const { ms } = statements.lastTime.get(id) as { ms: number };
    statements.setRemoved.run(id, ms, Number(isArchived));
    removed += Number(statements.remove.run(id).changes);
  }
  mergeCells(statements.prunedCells, base, { serialOf: () => 0 });
  const end = boundsOf(statements).last;
  if (end < last) statements.setEnd.run(end);
  return removed;
}

/** Removes replies of attempts before that time. Reads all of them, so it is not done for every page. */
export function pruneReplies(statements: Statements, beforeMs: number): void {
  statements.removeReplies.run(beforeMs);
  statements.removeAwaited.run(beforeMs);
}

/** Removed intents that are examined at a time. */
const REMOVED_IDS = 5_000;

/** Greater than every id. */
const LAST_ID = '\u{10ffff}';

/**
 * Examines a few thousand removed intents, and forgets those whose last record is before a time.
 *
 * @param after - The last id that was examined before; `''` at first
 * @returns the last id that was examined; `undefined`: all of them were
 */
export function forgetRemoved(
  statements: Statements,
  { after, beforeMs }: { readonly after: string; readonly beforeMs: number },
): string | undefined {
  const last = statements.removedAfter.get(after, REMOVED_IDS - 1) as { intent_id: string } | undefined;
  statements.forgetRemoved.run(after, last?.intent_id ?? LAST_ID, beforeMs);
  return last?.intent_id;
}

/** Removed intents that a copy takes over at a time. */
const REMOVED_AT_ONCE = 500;

export function removedPage(statements: Statements, after: string): readonly RemovedIntent[] {
  const rows = statements.removedPage.all(after, REMOVED_AT_ONCE) as unknown as RemovedRow[];
  return rows.map(row => ({ id: row.intent_id, lastMs: row.last_ms, isArchived: row.is_archived === 1 }));
}

interface RemovedRow {
  readonly intent_id: string;
  readonly last_ms: number;
  readonly is_archived: number;
}

/** Remembers intents that the ledger of which this is a copy has removed. */
export function adoptRemoved(statements: Statements, removed: readonly RemovedIntent[]): void {
  const isHere = ({ id }: RemovedIntent): boolean =>
    (statements.revisions.get(id, id) as { revisions: number }).revisions > 0;
  removeIntents(
    statements,
    removed.filter(isHere).map(({ id }) => id),
    { isArchived: false },
  );
  for (const { id, lastMs, isArchived } of removed) {
    statements.clearDue.run(id);
    statements.setRemoved.run(id, lastMs, Number(isArchived));
  }
}

export function archiveOf(statements: Statements): ArchiveState | undefined {
  const row = statements.archive.get() as { id: string } | undefined;
  if (row === undefined) return undefined;
  return { archive: row.id, runs: new Set((statements.archiveRuns.all() as { id: string }[]).map(({ id }) => id)) };
}

/** Names the archive, unless the ledger has one, and notes its runs. */
export function claimArchive(statements: Statements, archive: string, runs: readonly string[]): string {
  statements.claimArchive.run(archive);
  const { id } = statements.archive.get() as { id: string };
  if (id === archive) for (const run of runs) statements.addRun.run(run);
  return id;
}

/** Ids of closed intents of the first day that has some, in the order of their decisions. */
export function closedOnFirstDay(
  statements: Statements,
  { fromMs, beforeMs, limit }: ClosedIntentsQuery,
): readonly string[] {
  for (let from = fromMs; ; ) {
    const { ms } = statements.firstDecided.get(from) as { ms: number | null };
    if (ms === null || ms >= beforeMs) return [];
    const end = (Math.floor(ms / DAY_MS) + 1) * DAY_MS;
    const rows = statements.closedOnDay.all({ fromMs: ms, toMs: end, beforeMs, limit }) as { id: string }[];
    if (rows.length > 0) return rows.map(({ id }) => id);
    from = end;
  }
}

/** The records of intents as they are stored. */
export function storedIntents(statements: Statements, ids: readonly string[]): readonly ClosedIntent[] {
  const positionOf = positions(statements);
  return ids.map(id => ({
    id,
    records: (statements.recordsOf.all(id) as { seq: number; json: string }[]).map(({ seq, json }) => ({
      json,
      position: positionOf(seq),
    })),
  }));
}

/** Upper limit of row numbers: larger ones would need positions that a double cannot hold. */
const MAX_SEQ = 2 ** 36;

/**
 * Positions of rows by their numbers. Where pruning removed the last rows, later ones got their numbers again: a row above
 * the last number that was left then is of a later epoch.
 */
export function positions(statements: Statements): (seq: number) => number {
  const ends = statements.ends.all() as { epoch: number; seq: number }[];
  return seq => ends.reduce((epoch, end) => (end.seq < seq ? Math.max(epoch, end.epoch) : epoch), 0) * MAX_SEQ + seq;
}

/** Removes archived intents if all are unchanged since they were written. Returns whether it did. */
export function removeRun(
  statements: Statements,
  {
    run,
    intents,
    runsBefore,
    evenOpen = false,
  }: { readonly run: string; readonly intents: readonly ArchivedIntent[] } & ArchiveRemoval,
): boolean {
  const isAsWritten = ({ id, revisions }: ArchivedIntent): boolean =>
    (statements.revisions.get(id, id) as { revisions: number }).revisions === revisions &&
    (evenOpen || statements.isPending.get(id) === undefined);
  // The answer to an earlier try was lost.
  if (statements.archiveRun.get(run) !== undefined) return true;
  if (runsBefore !== undefined && archiveOf(statements)?.runs.size !== runsBefore) return false;
  if (!intents.every(isAsWritten)) return false;
  statements.addRun.run(run);
  for (const { id } of intents) statements.clearDue.run(id);
  removeIntents(
    statements,
    intents.map(({ id }) => id),
    { isArchived: true },
  );
  return true;
}
