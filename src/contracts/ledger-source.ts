/** What an export reads: every store is one. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';

/** Which part of a ledger. */
export interface LedgerRange {
  readonly feature?: string;
  /** At or after, and before, milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface LedgerSource {
  /** Records in the order they were appended. */
  scan(range?: LedgerRange & { readonly kind?: LedgerRecord['kind'] }): AsyncIterable<LedgerRecord>;
  /** An intent's records in revision order. */
  load(intentId: string): Promise<readonly LedgerRecord[]>;
  /** What pruned intents contributed to the statistics. */
  prunedCells(feature?: string): Promise<readonly Cell[]>;
}
