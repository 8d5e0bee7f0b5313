/** The contract of a store: the append-only ledger and, in the same transaction, the statistics made from it. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';

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
  readonly kind?: LedgerRecord['kind'];
}

/** Which intents {@link Store.intents} lists: those decided at or after, and before, milliseconds since the epoch. */
export interface IntentRange {
  readonly feature: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
}

export interface ReplaceCellsOptions {
  /** Replaces the pruned base as well (an import); without it the base stays. */
  readonly pruned?: readonly Cell[];
  /** Replaces only while {@link Store.generation} still has this value, checked in the same transaction. */
  readonly ifGeneration?: number;
}

export interface PruneOptions {
  /** Called now and then with the intents removed so far. */
  readonly progress?: (intents: number) => void;
}

/** What {@link Store.prune} removed. */
export interface Pruned {
  readonly intents: number;
  readonly records: number;
}

/**
 * Durable once a promise resolves. Every method may reject; the router then spools and goes on.
 *
 * Conformance: `test/stores/conformance.ts` runs against every adapter.
 */
export interface Store {
  readonly name: string;
  /** Nobody but this process can see it: a reply need not wait until the store has its intent. */
  readonly isPrivate?: boolean;
  /**
   * Where a router keeps what the store would not take, unless it is told another path: a JSONL file of this machine,
   * beside the store's own or named after what it is connected to. Absent for a store that ends with its process.
   */
  readonly spoolPath?: string;
  /** Names of the features that have statistics, sorted. */
  features(): Promise<readonly string[]>;
  /** All cells of a feature, merged over every process that writes here. A cell whose sums are all 0 is left out. */
  cells(feature: string): Promise<readonly Cell[]>;
  /** The intent's records in revision order; empty for an unknown id. */
  load(intentId: string): Promise<readonly LedgerRecord[]>;
  /** Ids of a feature's intents in the ledger, the one decided last first; without reading the rest of the ledger. */
  intents(range: IntentRange): Promise<readonly string[]>;
  /**
   * Compare-and-set. `false`: the intent has moved on (or exists already, for revision 0): load, settle again, retry.
   * Rejects with `invalid-value` when the records do not continue the intent at `expectedRevision`.
   */
  commit(change: Change): Promise<boolean>;
  /** Ids of intents whose `dueAtMs` has come, oldest first. */
  due(atMs: number, limit: number): Promise<readonly string[]>;
  /** The records there are when the scan begins, in the order they were appended. Constant memory; writers go on. */
  scan(range?: ScanRange): AsyncIterable<LedgerRecord>;
  /** Replaces the statistics (rebuilt from the ledger, say) in one transaction. `false`: see `ifGeneration`. */
  replaceCells(feature: string, cells: readonly Cell[], options?: ReplaceCellsOptions): Promise<boolean>;
  /**
   * Removes the records of closed intents: nothing is due for them and their last record is before `beforeMs`. The
   * statistics stay, and what those intents contributed is kept as the pruned base: cells = base + ledger, always.
   */
  prune(beforeMs: number, options?: PruneOptions): Promise<Pruned>;
  /** The pruned base of one feature, or of all. */
  prunedCells(feature?: string): Promise<readonly Cell[]>;
  /** Changes with every commit of any process; equal values mean nothing new. */
  generation(): Promise<number>;
  /** Waits for what is under way, then lets go. */
  close(): Promise<void>;
}
