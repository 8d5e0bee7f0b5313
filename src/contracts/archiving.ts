/** The methods that an archive needs of a store, and the error of an intent whose records are no longer in it. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { RouterError } from '../errors.ts';
import type { LedgerSource } from './ledger-source.ts';

/** An intent with its records as the store keeps them, in revision order. */
export interface ClosedIntent {
  readonly id: string;
  readonly records: readonly ClosedRecord[];
}

/** The text of a record, byte for byte, and its place among all records. */
export interface ClosedRecord {
  readonly json: string;
  /** As in `LedgerPage.positions`. */
  readonly position: number;
}

export interface ClosedIntentsQuery {
  /** Only intents decided at or after this time, milliseconds since the epoch. */
  readonly fromMs: number;
  /** Only intents whose records are all from before this time, milliseconds since the epoch. */
  readonly beforeMs: number;
  /** Maximum number of intents. */
  readonly limit: number;
}

/** The archive of a ledger, as the ledger knows it. */
export interface ArchiveState {
  /** Name of the archive. */
  readonly archive: string;
  /** The archive's runs, whose records have been removed from the ledger. */
  readonly runs: ReadonlySet<string>;
}

/** An intent whose records were removed. */
export interface RemovedIntent {
  readonly id: string;
  /** Time of its last record, milliseconds since the epoch. */
  readonly lastMs: number;
  /** The intent's records are in the archive; otherwise they were pruned. */
  readonly isArchived: boolean;
}

/** What {@link Archiving.remove} is to remove: an intent with this many records. */
export interface ArchivedIntent {
  readonly id: string;
  readonly revisions: number;
}

export interface ArchiveRemoval {
  /** Number of runs that the ledger must have. */
  readonly runsBefore?: number;
  /** Also removes intents that are not closed, where a person asks for it: nothing is due for them from then on. */
  readonly evenOpen?: boolean;
}

/** A store's side of an archive. */
export interface Archiving {
  /**
   * Names the ledger's archive, unless it has one. From then on `prune` rejects: what it removes would be missing from the
   * archive.
   * @param runs for a copied ledger: the runs that its archive has already. They are noted unless the ledger has another
   * archive
   * @returns the name of the ledger's archive
   */
  claim(archive: string, runs?: readonly string[]): Promise<string>;
  /** Closed intents, as for {@link Store.prune}: of the first UTC day that has some, in the order of their decisions. */
  closed(query: ClosedIntentsQuery): Promise<readonly ClosedIntent[]>;
  /** The intents with these ids that have records here, closed or not. */
  stored(ids: readonly string[]): Promise<readonly ClosedIntent[]>;
  /**
   * In one transaction: removes the intents with all their records, adds what they contributed to the pruned base and notes the run. If an
   * intent is not closed any more, or has another number of records, nothing happens. Nothing happens either if the ledger does not have
   * `runsBefore` runs: another process then writes to another folder.
   * @returns whether it was done
   */
  remove(run: string, intents: readonly ArchivedIntent[], options?: ArchiveRemoval): Promise<boolean>;
  /**
   * For a copy: remembers intents that the copied ledger has removed. Records of them that are here are removed too, and what
   * they contributed is added to the pruned base. One that is removed here already is noted as it is given.
   */
  adopt(removed: readonly RemovedIntent[]): Promise<void>;
  /** Forgets replies from before `repliesBeforeMs`, and ids of removed intents whose last record is before `idsBeforeMs`. */
  forget(times: { readonly repliesBeforeMs: number; readonly idsBeforeMs: number }): Promise<void>;
}

/**
 * Ids of removed intents are forgotten when they are this much older than the intents that are removed now. Longer: an id
 * that is used again after years is still refused. Shorter: a smaller store.
 */
const REMEMBERED_MS = 365 * 86_400_000;

/**
 * The time before which ids of removed intents are forgotten, unless a caller gives one. Without a time, none is
 * forgotten.
 */
export function forgottenBefore(beforeMs: number): number {
  return Number.isFinite(beforeMs) ? beforeMs - REMEMBERED_MS : -Infinity;
}

/** The error of an intent whose records were removed: it must not begin again under its id, and be counted twice. */
export function intentRemovedError(id: string, isArchived: boolean): RouterError {
  const where = isArchived ? 'are in the archive of this ledger' : 'were pruned';
  return new RouterError('intent-removed', `the records of the intent "${id}" ${where}`, {
    path: 'intentId',
    accepted: `another id${isArchived ? '; commands read its records with --archive' : ''}`,
  });
}

/** True for the error of an intent whose records were removed: another try would fail in the same way. */
export function isIntentRemoved(error: unknown): error is RouterError {
  return RouterError.isInstance(error) && error.code === 'intent-removed';
}

/** The intent's records, or none where they were removed: for readers of a list that may be older than a removal. */
export async function recordsLeft(source: Pick<LedgerSource, 'load'>, id: string): Promise<readonly LedgerRecord[]> {
  return source.load(id).catch((error: unknown) => {
    if (isIntentRemoved(error)) return [];
    throw error;
  });
}

/** {@link recordsLeft} of several intents, at once where the store can. */
export async function allRecordsLeft(
  source: Pick<LedgerSource, 'load'> & {
    loadAll?(ids: readonly string[]): Promise<readonly (readonly LedgerRecord[])[]>;
  },
  ids: readonly string[],
): Promise<readonly (readonly LedgerRecord[])[]> {
  return source.loadAll?.(ids) ?? Promise.all(ids.map(async id => recordsLeft(source, id)));
}

/** The error of pruning a ledger that has an archive. */
export function archiveExistsError(): RouterError {
  return new RouterError('store-unusable', 'the ledger has an archive, which would lack what is pruned', {
    accepted: '`outcome-router archive`, which removes old intents too',
  });
}
