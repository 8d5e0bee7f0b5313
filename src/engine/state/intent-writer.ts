/**
 * Writes intents to the store. Records added within a moment of each other are written as one change. Against other
 * processes the store's compare-and-set decides: the loser loads the winner's records and makes its own again on top of them.
 * Records that the store does not take stay in memory, up to a limit, and are tried again.
 */
import { MAX_CAS_RETRIES, tooManyRaces } from '../../contracts/commit-on-latest.ts';
import type { Change, Store } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import { errorLabel, RouterError } from '../../errors.ts';
import type { CachedIntent, IntentCache, MakeRecords, PendingRecords } from './intent-cache.ts';

/** Intents with records in memory that the store does not take. More survive a longer outage without a spool and use more memory. */
const MAX_KEPT_INTENTS = 10_000;

/** The number of kept intents at which a fault says that the limit is near. */
const NEARLY_TOO_MANY = 0.8 * MAX_KEPT_INTENTS;

export interface Committed {
  readonly intent: Intent;
  readonly records: readonly LedgerRecord[];
  readonly delta: readonly Cell[];
}

export interface IntentWriterOptions {
  readonly store: Store;
  /** Calls `callback` once, after the current task. */
  readonly soon: (callback: () => void) => void;
  /** When silence labels the intent; `null`: never. */
  readonly dueAtMs: (intent: Intent) => number | null;
  /** Called before every commit to a feature, as `endCommit` is after it. The commit waits for the promise, where there is one. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  readonly endCommit: (feature: string) => void;
  /** Called with every change that is in the ledger, or that the store has rejected for now: once for each record. */
  readonly committed: (change: Committed) => void;
  /** Called when records could not be stored: they are kept in memory, or the error says that they are lost. */
  readonly faulted: (error: unknown, intentId: string) => void;
}

export interface IntentWriter {
  /** Adds records to the intent in memory at once; they are written to the store soon. */
  add(entry: CachedIntent, make: MakeRecords): void;
  /**
   * Writes an entry's pending records, and those that are added while it writes. Resolves to the error when one of them is
   * not in the store.
   */
  write(entry: CachedIntent): Promise<RouterError | undefined>;
  /** Tries once more to write what the store has not taken. */
  retry(): Promise<void>;
  /**
   * Resolves when all that was added so far is in the store.
   * @throws RouterError when some of it is not; once, when records were lost, and then of how many intents
   */
  flush(): Promise<void>;
}

export function intentWriter(
  cache: Pick<IntentCache, 'protect' | 'releaseIfIdle'>,
  { store, soon, dueAtMs, beginCommit, endCommit, committed, faulted }: IntentWriterOptions,
): IntentWriter {
  const unwritten = new Set<CachedIntent>();
  /** Entries whose records the store did not take, by the time of the last try. */
  const kept = new Map<CachedIntent, RouterError>();
  /** Until a flush has said so. */
  let lost: { readonly last: RouterError; readonly intents: number } | undefined;
  let isScheduled = false;

  function add(entry: CachedIntent, make: MakeRecords): void {
    const records = make(entry.intent);
    if (records.length === 0) return;
    for (const record of records) {
      record.revision = entry.intent?.revision ?? 0;
      entry.intent = appendRecord(entry.intent, record as LedgerRecord);
    }
    entry.pending = joined(entry.pending, { records: records as readonly LedgerRecord[], makers: [make] });
    cache.protect(entry);
    unwritten.add(entry);
    if (isScheduled) return;
    isScheduled = true;
    soon(writeAll);
  }

  function writeAll(): void {
    isScheduled = false;
    for (const entry of unwritten) void write(entry);
  }

  function write(entry: CachedIntent): Promise<RouterError | undefined> {
    entry.writing ??= writePending(entry);
    return entry.writing;
  }

  async function writePending(entry: CachedIntent): Promise<RouterError | undefined> {
    unwritten.add(entry);
    kept.delete(entry);
    let lostRaces = 0;
    let failure: RouterError | undefined;
    try {
      while (entry.pending !== undefined && entry.intent !== undefined) {
        if (entry.isUncertain || lostRaces > 0) failure = (await readAgain(entry)) ?? failure;
        if (entry.pending === undefined) break;
        if (await commit(entry, entry.intent, entry.pending)) lostRaces = 0;
        else if (++lostRaces > MAX_CAS_RETRIES) throw tooManyRaces(store.name, entry.id);
      }
    } catch (error) {
      failure = keep(entry, error);
    }
    entry.writing = undefined;
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
    return failure;
  }

  /** `false`: another process was faster. The records are pending again then, and when the store rejects them. */
  async function commit(entry: CachedIntent, intent: Intent, pending: PendingRecords): Promise<boolean> {
    const { feature } = intent.decided;
    const { records, told } = pending;
    entry.pending = undefined;
    const waiting = beginCommit(feature);
    if (waiting !== undefined) await waiting;
    const { stored } = entry;
    const delta = contributionDelta(stored, intent);
    const expectedRevision = stored?.revision ?? 0;
    const change: Change = { intentId: entry.id, feature, expectedRevision, records, delta, dueAtMs: dueAtMs(intent) };
    let isDone = false;
    try {
      isDone = await store.commit(change);
      if (!isDone) return false;
      committed(told === undefined ? { intent, records, delta } : newsOf(intent, pending, stored));
      entry.stored = intent;
      entry.isUncertain = false;
      return true;
    } catch (error) {
      entry.isUncertain = true;
      throw error;
    } finally {
      if (!isDone) entry.pending = joined(pending, entry.pending);
      endCommit(feature);
    }
  }

  /**
   * Brings the entry up to the store's state. After a lost compare-and-set our records are made again on top of it, with
   * those added meanwhile; resolves to the error where one cannot be.
   */
  async function readAgain(entry: CachedIntent): Promise<RouterError | undefined> {
    if (!entry.isUncertain) entry.stored = foldIntent(await store.load(entry.id));
    else if (await (await import('./reconcile.ts')).reconcile(entry, { store, dueAtMs })) return undefined;
    const makers = entry.pending?.makers ?? [];
    entry.intent = entry.stored;
    entry.pending = undefined;
    let refused: RouterError | undefined;
    for (const make of makers) {
      try {
        add(entry, make);
      } catch (error) {
        refused = lose(entry, error);
      }
    }
    return refused;
  }

  function keep(entry: CachedIntent, cause: unknown): RouterError {
    const error = notStored(cause);
    if (error.code === 'invalid-value') return drop(entry, error);
    kept.set(entry, error);
    faulted(cause, entry.id);
    if (entry.isUncertain) tell(entry);
    if (kept.size === NEARLY_TOO_MANY)
      faulted(tooManyKept(`${kept.size} have records that are only in memory`), entry.id);
    const [oldest] = kept.size > MAX_KEPT_INTENTS ? kept.keys() : [];
    if (oldest !== undefined) drop(oldest, tooManyKept('records that were only in memory are lost'));
    return error;
  }

  /** Statistics, budgets and observers of this process do not wait for the store. */
  function tell(entry: CachedIntent): void {
    const { intent, pending, stored } = entry;
    if (intent === undefined || pending === undefined) return;
    committed(newsOf(intent, pending, stored));
    entry.pending = { ...pending, told: { intent, records: pending.records.length } };
  }

  /** Gives up the pending records: the intent is again what the store has. */
  function drop(entry: CachedIntent, error: RouterError): RouterError {
    entry.pending = undefined;
    entry.intent = entry.stored;
    kept.delete(entry);
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
    return lose(entry, error);
  }

  function lose(entry: CachedIntent, cause: unknown): RouterError {
    faulted(cause, entry.id);
    lost = { last: notStored(cause), intents: (lost?.intents ?? 0) + 1 };
    return lost.last;
  }

  return {
    add,
    write,
    async retry() {
      const [first] = kept.keys();
      if (first === undefined || (await write(first)) !== undefined) return;
      await Promise.all([...kept.keys()].map(write));
    },
    async flush() {
      await Promise.all([...kept.keys()].map(write));
      while (unwritten.size > 0) await Promise.all([...unwritten].map(write));
      const [failure] = kept.values();
      if (failure !== undefined) throw failure;
      const loss = lost;
      lost = undefined;
      if (loss !== undefined) throw lossError(loss.last, loss.intents);
    },
  };
}

function joined(first: PendingRecords | undefined, second: PendingRecords | undefined): PendingRecords | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { ...first, records: [...first.records, ...second.records], makers: [...first.makers, ...second.makers] };
}

/** What this process has not been told yet about records that the store did not take at once. */
function newsOf(intent: Intent, { records, told }: PendingRecords, stored: Intent | undefined): Committed {
  const delta = contributionDelta(told === undefined ? stored : told.intent, intent);
  return { intent, records: records.slice(told?.records ?? 0), delta };
}

/** Names the store's path where its error does; messages of other errors may say anything. */
function notStored(error: unknown): RouterError {
  if (RouterError.isInstance(error)) return error;
  return new RouterError('store-unusable', `records could not be stored: ${errorLabel(error)}`, { cause: error });
}

function lossError(last: RouterError, intents: number): RouterError {
  if (intents === 1) return last;
  return new RouterError(last.code, `records of ${intents} intents are lost; the last: ${last.message}`, {
    cause: last,
  });
}

function tooManyKept(what: string): RouterError {
  return new RouterError('store-unusable', `${what}; at most ${MAX_KEPT_INTENTS} intents wait for the store`, {
    accepted: 'a store that can be reached, or a spool on a disk with space',
  });
}
