/** The contract of a store: the append-only ledger and, in the same transaction, the statistics made from it. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import type { LedgerRange, LedgerSource } from './ledger-source.ts';

/** One atomic commit: the next records of one intent, and what they add to the statistics. */
export interface Change {
  readonly intentId: string;
  readonly feature: string;
  /** The intent's revision this change was computed from: its number of records in the ledger. */
  readonly expectedRevision: number;
  /** The next records, with revisions `expectedRevision`, `expectedRevision + 1` … */
  readonly records: readonly LedgerRecord[];
  /** What the change adds to the statistics. */
  readonly delta: readonly Cell[];
  /** When silence will label the intent, milliseconds since the epoch; `null`: nothing is due. */
  readonly dueAtMs: number | null;
}

/** What an operator has set for every process on the store: a model that is switched off, a feature's pinned plan. */
export interface Control {
  readonly kind: 'disabled' | 'pinned';
  /** The configured name of the model, or of the feature. */
  readonly subject: string;
  /** False: lifted again. */
  readonly isSet: boolean;
  /** The pinned plan. */
  readonly plan?: PlanKey;
  /** How often it was set or lifted: 1 for the first time. */
  readonly revision: number;
  readonly atMs: number;
  /** Who set it, and why, as far as that was said. */
  readonly by?: string;
  readonly why?: string;
}

/** Which intents {@link Store.intents} lists, by the time of their decision. */
export interface IntentRange extends LedgerRange {
  readonly feature: string;
  readonly limit: number;
}

export interface ReplaceCellsOptions {
  /** Replaces the pruned base too (an import); without it the base stays. */
  readonly pruned?: readonly Cell[];
  /** Replaces only while {@link Store.generation} still has this value, checked in the same transaction. */
  readonly ifGeneration?: number;
}

export interface PruneOptions {
  /** Called repeatedly with the number of intents removed so far. */
  readonly progress?: (intents: number) => void;
}

/** What {@link Store.prune} removed. */
export interface Pruned {
  readonly intents: number;
  readonly records: number;
}

/**
 * Durable once a promise resolves. Every method may reject; the router then spools and continues.
 *
 * Conformance: `test/stores/conformance.ts` runs against every adapter.
 */
export interface Store extends LedgerSource {
  readonly name: string;
  /** Only this process can read the store, so a reply need not wait until its intent is committed. */
  readonly isPrivate?: boolean;
  /**
   * Where a router spools commits while the store fails, unless it is configured otherwise: a JSONL file on this machine,
   * beside the store's own file or named after its connection. Absent for a store that ends with its process.
   */
  readonly spoolPath?: string;
  /** Names of the features that have statistics, sorted. */
  features(): Promise<readonly string[]>;
  /** All cells of a feature, merged over every process that writes here. A cell whose sums are all 0 is left out. */
  cells(feature: string): Promise<readonly Cell[]>;
  /**
   * Configured name of the model that wrote the reply with this key (`Attempt.replyKeys`), from the latest attempt that has
   * it; `undefined` for an unknown or pruned one. Optional: without it, a process knows the replies that it has had itself.
   */
  modelOfReply?(key: string): Promise<string | undefined>;
  /**
   * Id of the intent with an attempt that had this key (`Attempt.replyKeys`) and was not finished (`isPending`), whether or
   * not it is by now. Optional: without it, a background response is billed only where the process that asked for it
   * retrieves it.
   */
  intentOfReply?(key: string): Promise<string | undefined>;
  /**
   * The latest revision of every control, in any order. Optional, together with {@link Store.setControl}: without them a
   * switch or a pin is refused, because it could not hold in every process and after a restart.
   * @param damaged Called with the error of each control that cannot be read, which is then left out; without it, rejects
   */
  controls?(damaged?: (error: unknown) => void): Promise<readonly Control[]>;
  /**
   * Compare-and-set of one control. `false`: its latest revision is not the one before by now. One that cannot be read is
   * replaced, with the revision after its own.
   */
  setControl?(control: Control): Promise<boolean>;
  /** Ids of a feature's intents, latest decision first, equal times by id, descending. Does not read the whole ledger. */
  intents(range: IntentRange): Promise<readonly string[]>;
  /**
   * Compare-and-set. `false`: the intent has another revision by now (or exists already, for revision 0): load it, compute
   * the change again, retry. Rejects with `invalid-value` when the records do not continue the intent at
   * `expectedRevision`. Another rejection does not say whether the change was committed: the caller reads the intent again.
   */
  commit(change: Change): Promise<boolean>;
  /** Ids of intents whose `dueAtMs` is `nowMs` or earlier, oldest first. */
  due(nowMs: number, limit: number): Promise<readonly string[]>;
  /** Replaces the statistics (rebuilt from the ledger, say) in one transaction. `false`: see `ifGeneration`. */
  replaceCells(feature: string, cells: readonly Cell[], options?: ReplaceCellsOptions): Promise<boolean>;
  /**
   * Removes the records of closed intents: nothing is due for them and their last record is before `beforeMs`. The
   * statistics stay, and what those intents contributed is kept as the pruned base: cells = base + ledger, always.
   */
  prune(beforeMs: number, options?: PruneOptions): Promise<Pruned>;
  /** Differs after every commit of any process; equal values mean that nothing was committed in between. */
  generation(): Promise<number>;
  /** Waits for pending commits, then closes the connection. */
  close(): Promise<void>;
}
