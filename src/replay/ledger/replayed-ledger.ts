/** The part of a store that a replay reads. */
import type { LedgerRecord } from '../../core/ledger/records.ts';

/** The method of a store that a replay uses. */
export interface ReplayedLedger {
  scan(range?: {
    readonly feature?: string;
    readonly fromMs?: number;
    readonly toMs?: number;
  }): AsyncIterable<LedgerRecord>;
}
