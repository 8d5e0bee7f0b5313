/**
 * Writes intents to the store. Records added within a moment of each other are written as one change. Against other
 * processes the store's compare-and-set decides: the loser loads the winner's records and makes its own again on top of them.
 * Records that the store does not take stay in memory, up to a limit, and are tried again.
 */
import { isIntentRemoved } from '../../contracts/archiving.ts';
import { MAX_CAS_RETRIES, tooManyRaces } from '../../contracts/commit-on-latest.ts';
import type { ChangeResult, Store } from '../../contracts/store.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import { errorLabel, RouterError } from '../../errors.ts';
import { groupedCommits } from './grouped-commits.ts';
import type { CachedIntent, IntentCache } from './intent-cache.ts';
import type { Committed, MakeRecords, PendingRecords, SentChange } from './pending-records.ts';
import { joined, newsOf, pendingAfter } from './pending-records.ts';

/** Intents with records in memory that the store does not take. More survive a longer outage without a spool and use more memory. */
const MAX_KEPT_INTENTS = 10_000;

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
  /** A caller has had this error of {@link IntentWriter.write}: flush need not say again what it says. */
  told(entry: CachedIntent, failure: RouterError): void;
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
  const send = groupedCommits(store);
  const unwritten = new Set<CachedIntent>();
  /** Entries whose records the store did not take, by the time of the last try. */
  const kept = new Map<CachedIntent, RouterError>();
  /** Errors of intents with lost records, until a caller or a flush has had them. */
  const lost = new Map<string, RouterError>();
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
        const answer = await commit(entry, (entry.unanswered ??= nextChange(entry, entry.intent, entry.pending)));
        if (answer.kind === 'refused') failure = drop(entry, answer.error);
        if (answer.kind !== 'conflict') lostRaces = 0;
        else if (++lostRaces > MAX_CAS_RETRIES) throw tooManyRaces(store.name, entry.id);
        else failure = (await readAgain(entry)) ?? failure;
      }
    } catch (error) {
      failure = isIntentRemoved(error) ? drop(entry, error) : keep(entry, error);
    }
    entry.writing = undefined;
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
    return failure;
  }

  function nextChange({ id, stored }: CachedIntent, intent: Intent, { records, makers }: PendingRecords): SentChange {
    const { feature } = intent.decided;
    const delta = contributionDelta(stored, intent);
    const expectedRevision = stored?.revision ?? 0;
    const change = { intentId: id, feature, expectedRevision, records, delta, dueAtMs: dueAtMs(intent) };
    return { change, intent, makers: makers.length };
  }

  /** Where it rejects, the store may have the change: the entry keeps it to be sent again as it is. */
  async function commit(entry: CachedIntent, sent: SentChange): Promise<ChangeResult> {
    const { change } = sent;
    const waiting = beginCommit(change.feature);
    if (waiting !== undefined) await waiting;
    try {
      const answer = await send(change);
      entry.unanswered = undefined;
      if (answer.kind === 'committed' || answer.kind === 'known') taken(entry, sent);
      return answer;
    } finally {
      endCommit(change.feature);
    }
  }

  /** The change is in the ledger. */
  function taken(entry: CachedIntent, sent: SentChange): void {
    const { pending, stored } = entry;
    const { change, intent } = sent;
    const { records, delta } = change;
    entry.stored = intent;
    if (pending === undefined) return;
    entry.pending = pendingAfter(pending, sent);
    if (pending.told === undefined) committed({ intent, records, delta });
    else if (pending.told.records < records.length) committed(newsOf({ ...pending, records }, { intent, stored }));
  }

  /**
   * After a lost race our records are made again on top of the store's, with those added meanwhile; resolves to the error
   * where one cannot be. Records that were sent before without an answer may be in the store at other revisions.
   */
  async function readAgain(entry: CachedIntent): Promise<RouterError | undefined> {
    if (entry.pending?.told === undefined) entry.stored = foldIntent(await store.load(entry.id));
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
    kept.set(entry, error);
    faulted(cause, entry.id);
    if (entry.unanswered !== undefined) tell(entry);
    if (kept.size === 0.8 * MAX_KEPT_INTENTS)
      faulted(tooManyKept(`${kept.size} have records that are only in memory`), entry.id);
    const [oldest] = kept.size > MAX_KEPT_INTENTS ? kept.keys() : [];
    if (oldest !== undefined) drop(oldest, tooManyKept('records that were only in memory are lost'));
    return error;
  }

  /** Statistics, budgets and observers of this process do not wait for the store. */
  function tell(entry: CachedIntent): void {
    const { intent, pending, stored } = entry;
    if (intent === undefined || pending === undefined) return;
    committed(newsOf(pending, { intent, stored }));
    entry.pending = { ...pending, told: { intent, records: pending.records.length } };
  }

  /** Gives up the pending records: the intent is again what the store has. If that was removed, the next request asks the store. */
  function drop(entry: CachedIntent, error: RouterError): RouterError {
    entry.pending = undefined;
    entry.unanswered = undefined;
    if (isIntentRemoved(error)) entry.stored = undefined;
    entry.intent = entry.stored;
    kept.delete(entry);
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
    return lose(entry, error);
  }

  function lose(entry: CachedIntent, cause: unknown): RouterError {
    faulted(cause, entry.id);
    const error = notStored(cause);
    if (lost.size < MAX_KEPT_INTENTS && !lost.has(entry.id)) lost.set(entry.id, error);
    return error;
  }

  return {
    add,
    write,
    told({ id }, failure) {
      if (lost.get(id) === failure) lost.delete(id);
    },
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
      const loss = lossError([...lost.values()]);
      lost.clear();
      if (loss !== undefined) throw loss;
    },
  };
}

/** Names the store's path where its error does; messages of other errors may say anything. */
function notStored(error: unknown): RouterError {
  if (RouterError.isInstance(error)) return error;
  return new RouterError('store-unusable', `records could not be stored: ${errorLabel(error)}`, { cause: error });
}

function lossError(losses: readonly RouterError[]): RouterError | undefined {
  const last = losses.at(-1);
  if (last === undefined || losses.length === 1) return last;
  const count = losses.length < MAX_KEPT_INTENTS ? losses.length : `${MAX_KEPT_INTENTS} or more`;
  const message = `records of ${count} intents are lost; the last: ${last.message}`;
  return new RouterError(last.code, message, { cause: last });
}

function tooManyKept(what: string): RouterError {
  return new RouterError('store-unusable', `${what}; at most ${MAX_KEPT_INTENTS} intents wait for the store`, {
    accepted: 'a store that can be reached, or a spool on a disk with space',
  });
}
