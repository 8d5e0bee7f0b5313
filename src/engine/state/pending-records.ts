/** Records of an intent that the store does not have yet, and the change that takes them there. */
import type { Change } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';

/** A record without its revision number: the book sets that when it appends the record. */
export type NewRecord = DistributiveOmit<LedgerRecord, 'revision'> & { revision?: number };
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Returns the records to append to the given intent; none to leave it unchanged. Called again when another process commits first. */
export type MakeRecords = (intent: Intent | undefined) => readonly NewRecord[];

export interface PendingRecords {
  readonly records: readonly LedgerRecord[];
  /** The functions that made them. */
  readonly makers: readonly MakeRecords[];
  /**
   * Of records that the store did not accept at once: the part that this process's statistics and observers have
   * received already.
   */
  readonly told?: { readonly intent: Intent; readonly records: number };
}

/** A change made of the first pending records, as it was sent to the store. */
export interface SentChange {
  readonly change: Change;
  /** The intent with the change. */
  readonly intent: Intent;
  /** Number of the pending makers that made the change's records. */
  readonly makers: number;
}

/** News for this process's statistics and observers. */
export interface Committed {
  readonly intent: Intent;
  readonly records: readonly LedgerRecord[];
  readonly delta: readonly Cell[];
}

export function joined(first: PendingRecords | undefined, second: PendingRecords): PendingRecords {
  if (first === undefined) return second;
  return { ...first, records: [...first.records, ...second.records], makers: [...first.makers, ...second.makers] };
}

/** The records that still wait once the store has the change; `undefined` if none do. */
export function pendingAfter(
  { records, makers, told }: PendingRecords,
  { change, makers: sentMakers }: SentChange,
): PendingRecords | undefined {
  const sent = change.records.length;
  if (records.length === sent) return undefined;
  const rest = { records: records.slice(sent), makers: makers.slice(sentMakers) };
  return told === undefined || told.records <= sent
    ? rest
    : { ...rest, told: { ...told, records: told.records - sent } };
}

/**
 * The records between the stored intent and this one that this process's statistics and observers have not received
 * yet.
 */
export function newsOf(
  { records, told }: PendingRecords,
  { intent, stored }: { readonly intent: Intent; readonly stored: Intent | undefined },
): Committed {
  const before = told === undefined ? stored : told.intent;
  return { intent, records: records.slice(told?.records ?? 0), delta: contributionDelta(before, intent) };
}
