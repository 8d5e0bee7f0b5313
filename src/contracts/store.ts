/** The contract of a store: the append-only ledger and, in the same transaction, the statistics made from it. */
import type { AnsweredIntent } from '../core/ledger/answered-intent.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell, RoundedCell } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import type { RouterError } from '../errors.ts';
import type { ArchiveState, Archiving, RemovedIntent } from './archiving.ts';
import type { ControlStore } from './control-store.ts';
import type { LedgerRange, LedgerSource, ScanRange } from './ledger-source.ts';
import type { SessionStore } from './session-store.ts';

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

/** The result of one change. */
export type ChangeResult =
  | { readonly kind: 'committed' }
  /** These very records are in the ledger already: an acknowledgement was lost. Nothing was counted twice. */
  | { readonly kind: 'known' }
  /** The intent has another revision by now, or exists already: load it, compute the change again, retry. */
  | { readonly kind: 'conflict' }
  /** This change is invalid (`invalid-value`), or its intent was removed (`intent-removed`). Others are not affected. */
  | { readonly kind: 'refused'; readonly error: RouterError };

/** The type of {@link Store.commitAll}: a plain function is enough. */
export interface CommitAll {
  (changes: readonly Change[]): Promise<readonly ChangeResult[]>;
  /**
   * Does the same at once and durably, or does nothing and returns `undefined`. Optional. It is a member of the function, so that
   * a store around this one (that counts, delays or refuses commits) is never bypassed.
   */
  readonly now?: CommitNow;
  /** Takes new intents of a feature at once, with what they all add to the statistics. Optional, for a private store that never fails. */
  readonly answered?: CommitAnswered;
}

/** The type of {@link CommitAll.now}. */
export type CommitNow = (changes: readonly Change[]) => readonly ChangeResult[] | undefined;

/** The type of {@link CommitAll.answered}. */
export type CommitAnswered = (feature: string, intents: readonly AnsweredIntent[], delta: readonly Cell[]) => void;

/**
 * Changes with every commit to a feature and every correction of its cells, and only then. Opaque: compare it with another of
 * the same feature and the same connection, and only for equality.
 */
export type Generation = string;

/** Where a reading ended. Opaque; may be kept on disk for another process. Another store rejects it with `cursor-expired`. */
export type Cursor = string;

/** What {@link Store.cellsSince} answers. */
export interface CellsRead {
  /** Whole sums per place and bucket, to set, never to add. Empty sums: nothing is left there. */
  readonly cells: readonly Cell[];
  /** True: these are all cells; discard what was read before. False: cells that are not listed here are unchanged. */
  readonly complete: boolean;
  /** Where the reading is not complete: fold the cells already held to these boundaries first (`foldCells`). */
  readonly grains: Grains;
  /** The cursor for the next reading. */
  readonly next: Cursor;
}

/** What {@link Store.routingCells} answers. Its cells can be iterated several times, and may be computed only then. */
export type RoutingRead = Omit<CellsRead, 'cells'> & {
  readonly cells: Iterable<RoundedCell>;
  /** Optional: the same sums in fewer cells, older hours as days. A later reading is compared with `cells`. */
  readonly merged?: Iterable<RoundedCell>;
};

/** A part of the ledger, and where to go on. */
export interface LedgerPage {
  readonly records: readonly LedgerRecord[];
  readonly next: Cursor;
  /** The place of each record in the ledger, as a whole number that never falls: stated by a store that can be archived. */
  readonly positions?: readonly number[];
}

/** Which intents {@link Store.intents} lists, by the time of their decision. */
export interface IntentRange extends LedgerRange {
  readonly feature: string;
  /** Only intents of this session. A store may ignore this option: the caller checks the records too. */
  readonly session?: string;
  /**
   * `false`: only intents with evidence of a failure. `null`: only intents with evidence of neither a success nor a failure. A store may
   * ignore this option, and the session too.
   */
  readonly evidence?: false | null;
  readonly limit: number;
  /**
   * The last id of the page before: only intents that are listed after it. If that intent is not there, the list is empty, so
   * a list of many pages is read from a view (`consistently`), where no pruning removes it meanwhile.
   */
  readonly after?: string;
}

export interface CorrectCellsOptions {
  /** Names the correction: the same one is applied once, however often it is asked for within 90 days. */
  readonly id: string;
  /** What to add to the pruned base (an import). */
  readonly pruned?: readonly Cell[];
}

export interface PruneOptions {
  /** Called repeatedly with the number of intents removed so far. */
  readonly progress?: (intents: number) => void;
  /** Ids of removed intents are forgotten once their last record is before this time: default a year before `beforeMs`. */
  readonly forgetBeforeMs?: number;
}

export interface MaintainedSlice {
  /** There is more to do now. */
  readonly more: boolean;
  /** Work is left that this user of the database may not do; the error says who may. Only the command `maintain` ends with it. */
  readonly refused?: RouterError | undefined;
}

/** What {@link Store.prune} removed. */
export interface PruneResult {
  readonly intents: number;
  readonly records: number;
}

/** The read methods of a store. */
export interface StoreView extends LedgerSource {
  /** Names of the features that have statistics, sorted. */
  features(): Promise<readonly string[]>;
  /**
   * All cells of a feature, merged over every process that writes here. A cell whose sums are all 0 is left out.
   * @param damaged Called with the error of each cell that cannot be read, which is then left out; without it, rejects
   */
  cells(feature: string, damaged?: (error: unknown) => void): Promise<readonly Cell[]>;
  /**
   * The cells of a feature that changed since a cursor; all of them without one, and for one that is too old. A reader
   * that starts without a cursor and follows `complete` and `grains` has the same cells as `cells(feature)`.
   * @param damaged As for {@link StoreView.cells}
   */
  cellsSince(feature: string, since?: Cursor, damaged?: (error: unknown) => void): Promise<CellsRead>;
  /**
   * For a process that starts: the node cells of `cellsSince(feature)`, with the sums that routing reads (`routingPart`). A store
   * that packs them reads them in a short time. Optional: without it, a process that starts reads all cells.
   */
  routingCells?(feature: string): Promise<RoutingRead>;
  /**
   * The sums of every node over segments, versions and time, as of the last maintenance: what the priors of one feature take
   * from others that this process has not read. Optional.
   */
  nodeTotals?(): Promise<readonly Cell[]>;
  /** Ids of a feature's intents, latest decision first, equal times by id, descending. Does not read the whole ledger. */
  intents(range: IntentRange): Promise<readonly string[]>;
  /**
   * The records of several intents, as many lists in the same order: what `load` answers, and none of an intent that was removed.
   * Optional: for a store that answers for many sooner than for one at a time.
   */
  loadAll?(intentIds: readonly string[]): Promise<readonly (readonly LedgerRecord[])[]>;
  /**
   * Pages of records, each with the cursor to go on from, also later and in another process. Every record that was
   * acknowledged before the call comes exactly once; records of one intent come in revision order, also across pages and
   * resumptions; a record that is committed later is never passed over by `next`. Between intents no order is promised.
   */
  scanPages(range?: ScanRange & { readonly after?: Cursor }): AsyncIterable<LedgerPage>;
  /** The ledger's archive; `undefined` where it has none. Optional, together with {@link Store.archiving}. */
  archive?(): Promise<ArchiveState | undefined>;
  /** A page of the removed intents whose ids are still remembered, in order of id, after the given one. Optional, with the archive. */
  removed?(after: string): Promise<readonly RemovedIntent[]>;
}

/**
 * What a method stores is durable once its promise resolves. Every method may reject; the router then spools and continues. Conformance:
 * `test/stores/conformance.ts` runs against every adapter.
 */
export interface Store extends StoreView, SessionStore, ControlStore {
  readonly name: string;
  /**
   * Only one router uses the store: a reply need not wait until its intent is committed, and the router reads the statistics
   * and the controls once.
   */
  readonly isPrivate?: boolean;
  /**
   * Where a router spools commits while the store fails, unless it is configured otherwise: a JSONL file on this machine,
   * beside the store's own file or named after its connection. Absent for a store that ends with its process.
   */
  readonly spoolPath?: string;
  /**
   * Appends the records and adds the statistics. One answer per change, in their order. Each change is a compare-and-set of
   * its intent, and atomic; all of them together are not. Changes of one intent are applied in the order given: if one is
   * not committed, the later ones of that intent answer `conflict`.
   * Rejects only when nothing is known about any of them (no connection, a time limit): ask again with the same records, which
   * answer `known` if they are there.
   */
  readonly commitAll: CommitAll;
  /** The generation of each feature; one without a commit may be left out. */
  generations(features: readonly string[]): Promise<ReadonlyMap<string, Generation>>;
  /**
   * Ids of intents whose `dueAtMs` is `nowMs` or earlier, oldest first, each handed to one caller for `leaseMs`. A store
   * that several machines share uses its own clock. A lease saves work; the compare-and-set makes the result exact.
   * @param features of the intents to claim, so that no process takes intents that others label. A store may ignore it
   */
  claimDue(nowMs: number, limit: number, leaseMs: number, features?: readonly string[]): Promise<readonly string[]>;
  /**
   * Adds a difference to a feature's statistics (after a recount, say), also while others write. A cell that cannot be read
   * counts as empty: it is replaced, or removed if the difference does not name it. `false`: the correction of this id was
   * applied before.
   */
  correctCells(feature: string, difference: readonly Cell[], options: CorrectCellsOptions): Promise<boolean>;
  /**
   * Removes the records of closed intents: nothing is due for them and their last record is before `beforeMs`. The
   * statistics stay, and what those intents contributed is kept as the pruned base: cells = base + ledger, always. Intents
   * that are being written are skipped. Loading or changing a removed intent is an error, `intent-removed`. A store that
   * ends with its process may forget the id at once: the intent is then unknown, and a further request begins another one.
   */
  prune(beforeMs: number, options?: PruneOptions): Promise<PruneResult>;
  /**
   * One slice (50 ms at most) of what a store does in the background, such as making older buckets coarser, by any process.
   * @param nowMs where the time is not the system's, as in a simulation; a store that several machines share ignores it
   */
  maintain(nowMs?: number): Promise<MaintainedSlice>;
  /**
   * All that `work` reads from the view is of one moment; writers go on. Resolves to the result of `work`; the view ends then.
   */
  consistently<Result>(work: (view: StoreView) => Promise<Result>): Promise<Result>;
  /**
   * Configured name of the model that wrote the reply with this key (`Attempt.replyKeys`), from the latest attempt that has
   * it; `undefined` for an unknown or pruned one. Optional: without it, a process knows the replies that it has had itself.
   */
  modelOfReply?(key: string): Promise<string | undefined>;
  /**
   * Id of the intent with an attempt that had this key (`Attempt.replyKeys`) and was not finished then (`isPending`), even if it has
   * finished since. Optional: without it, a background response is billed only where the process that asked for it retrieves it.
   */
  intentOfReply?(key: string): Promise<string | undefined>;
  /** What the archive of old intents needs. Optional: without it, a ledger cannot be archived. */
  readonly archiving?: Archiving;
  /** Waits for work under way, at most `withinMs` (default 5,000), then closes the connection. A second call does nothing. */
  close(withinMs?: number): Promise<void>;
}
