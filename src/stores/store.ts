/** The contract of a store: the append-only ledger and, in the same transaction, the statistics made from it. */
import type { LedgerRecord } from '../core/ledger.ts';
import type { Cell } from '../core/statistics.ts';

/** One atomic step of one intent. */
export interface Change {
  readonly intentId: string;
  readonly feature: string;
  /** The intent's revision this change was computed from: its number of records in the ledger. */
  readonly expectedRevision: number;
  /** The next records, with revisions `expectedRevision`, `expectedRevision + 1` … */
  readonly records: readonly LedgerRecord[];
  /** What the change adds to the statistics. */
  readonly delta: readonly Cell[];
  /** When silence will settle the intent, milliseconds since the epoch; `null`: nothing is due. */
  readonly dueAtMs: number | null;
}

export interface ScanRange {
  readonly feature?: string;
  /** Records at or after, and before, milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/**
 * Durable once a promise resolves. Every method may reject; the router then spools and goes on.
 *
 * Conformance: `test/stores/conformance.ts` runs against every adapter.
 */
export interface Store {
  readonly name: string;
  /** All cells of a feature, merged over every process that writes here. */
  cells(feature: string): Promise<readonly Cell[]>;
  /** The intent's records in revision order; empty for an unknown id. */
  load(intentId: string): Promise<readonly LedgerRecord[]>;
  /** Compare-and-set. `false`: the intent has moved on (or exists already, for revision 0): load, settle again, retry. */
  commit(change: Change): Promise<boolean>;
  /** Ids of intents whose `dueAtMs` has come, oldest first. */
  due(atMs: number, limit: number): Promise<readonly string[]>;
  /** Records in the order they were appended. Constant memory. */
  scan(range?: ScanRange): AsyncIterable<LedgerRecord>;
  /** Replaces the statistics (rebuilt from the ledger, say) in one transaction. */
  replaceCells(feature: string, cells: readonly Cell[]): Promise<void>;
  /** Changes whenever another process may have committed; equal values mean nothing new. */
  generation(): Promise<number>;
  /** Waits for what is under way, then lets go. */
  close(): Promise<void>;
}
