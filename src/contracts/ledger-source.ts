/** The read methods of a store that an export needs. */
import type { RouterError } from '../errors.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';

/** A part of a ledger. */
export interface LedgerRange {
  readonly feature?: string;
  /** Records or intents at or after `fromMs`, and before `toMs`: milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Records of a part of a ledger, by the time at which each was appended. */
export interface ScanRange extends LedgerRange {
  readonly kind?: LedgerRecord['kind'];
  /** Called for each record that cannot be read, which is then left out. Without it the scan rejects there. */
  readonly damaged?: (error: RouterError, intentId: string) => void;
}

export interface LedgerSource {
  /** The records that exist when the scan begins, in append order, in constant memory. Writers are not blocked. */
  scan(range?: ScanRange): AsyncIterable<LedgerRecord>;
  /**
   * The intent's records in revision order; empty for an unknown id. Rejects with `intent-removed` where they were removed
   * (`Store.prune`), unless the store keeps no ids of those.
   */
  load(intentId: string): Promise<readonly LedgerRecord[]>;
  /** The pruned base: what pruned intents contributed to the statistics of one feature, or of all. */
  prunedCells(feature?: string): Promise<readonly Cell[]>;
  /**
   * Errors that name each damaged row of acknowledged changes that the store could not apply. It keeps the row; ledger and
   * statistics go on without the changes in it. Optional.
   */
  setAside?(): Promise<readonly RouterError[]>;
}
