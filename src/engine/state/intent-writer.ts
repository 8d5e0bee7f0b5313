/**
 * Writes intents to the store. Records added within a moment of each other are written as one change. Against other
 * processes the store's compare-and-set decides: the loser loads the winner's records and makes its own again on top of them.
 * Records that the store does not take stay in memory, up to a limit, and are tried again.
 */
import { isIntentRemoved } from '../../contracts/archiving.ts';
import { MAX_CAS_RETRIES, tooManyRaces } from '../../contracts/commit-on-latest.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import type { RouterError } from '../../errors.ts';
import type { CachedIntent, IntentCache } from './intent-cache.ts';
import type { IntentCommitsOptions } from './intent-commits.ts';
import { intentCommits } from './intent-commits.ts';
import type { MakeRecords } from './pending-records.ts';
import { joined, newsOf } from './pending-records.ts';
import { lossError, MAX_KEPT_INTENTS, notStored, tooManyKept } from './unstored-errors.ts';

export interface IntentWriterOptions extends IntentCommitsOptions {
  /** Calls `callback` once, after the current task. */
  readonly soon: (callback: () => void) => void;
  /** Called when records could not be stored: they are kept in memory, or the error says that they are lost. */
  readonly faulted: (error: unknown, intentId: string) => void;
}

export interface IntentWriter {
  /** Adds records to the intent in memory at once; they are written to the store soon. */
  add(entry: CachedIntent, make: MakeRecords): void;
  /** Adds records that are written with the next ones of the intent, or by {@link IntentWriter.end}. */
  begin(entry: CachedIntent, make: MakeRecords): void;
  end(entry: CachedIntent): void;
  /**
   * Writes an entry's pending records, and those that are added while it writes. Resolves to the error when one of them is
   * not in the store.
   */
  write(entry: CachedIntent): Promise<RouterError | undefined>;
  /** To be called when a caller has received this error of {@link IntentWriter.write}: flush need not report it again then. */
  told(entry: CachedIntent, failure: RouterError): void;
  /** Writes the records that wait for the end of the task, where the store answers at once. */
  writeWaiting(): void;
  /** Tries once more to write what the store has not taken. */
  retry(): Promise<void>;
  /**
   * Resolves when all that was added so far is in the store.
   * @throws RouterError when some of it is not; for lost records only once, with the number of their intents
   */
  flush(): Promise<void>;
}

const WRITTEN: Promise<RouterError | undefined> = Promise.resolve(undefined);

export function intentWriter(
  cache: Pick<IntentCache, 'protect' | 'releaseIfIdle' | 'isAlone'>,
  options: IntentWriterOptions,
): IntentWriter {
  const { store, soon, dueAtMs, committed, faulted } = options;
  const commits = intentCommits(options);
  const unwritten = new Set<CachedIntent>();
  /** Entries whose records are written together with those added next. */
  const begun = new Set<CachedIntent>();
  /** Entries whose records the store did not take, by the time of the last try. */
  const kept = new Map<CachedIntent, RouterError>();
  /** Errors of intents with lost records, until a caller or a flush has received them. */
  const lost = new Map<string, RouterError>();
  /** Callers that wait for the next {@link writeAll}. */
  const waiting = new Map<CachedIntent, (written: typeof WRITTEN) => void>();
  let isScheduled = false;
  /** True when several intents were written in the last turn that wrote any. */
  let isCrowded = false;

  function begin(entry: CachedIntent, make: MakeRecords): void {
    const records = make(entry.intent);
    if (records.length === 0) return;
    for (const record of records) {
      record.revision = entry.intent?.revision ?? 0;
      entry.intent = appendRecord(entry.intent, record as LedgerRecord);
    }
    entry.pending = joined(entry.pending, { records: records as readonly LedgerRecord[], makers: [make] });
    cache.protect(entry);
    begun.add(entry);
  }

  function writeSoon(entry: CachedIntent): void {
    if (!begun.delete(entry)) return;
    unwritten.add(entry);
    schedule();
  }

  function add(entry: CachedIntent, make: MakeRecords): void {
    begin(entry, make);
    writeSoon(entry);
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    soon(writeAll);
  }

  /** All intents of this turn go in one call; a single one need not wait. */
  function write(entry: CachedIntent): Promise<RouterError | undefined> {
    if (entry.writing !== undefined) return entry.writing;
    begun.delete(entry);
    if (!isCrowded && cache.isAlone() && commits.commitNow([entry]).length === 0) {
      ended(entry);
      return WRITTEN;
    }
    unwritten.add(entry);
    entry.writing = new Promise(resolve => waiting.set(entry, resolve));
    schedule();
    return entry.writing;
  }

  function writeAll(): void {
    isScheduled = false;
    const entries = [...unwritten].filter(entry => entry.writing === undefined || waiting.has(entry));
    isCrowded = entries.length > 1;
    const left = new Set(commits.commitNow(entries));
    for (const entry of entries) {
      const resolve = waiting.get(entry);
      waiting.delete(entry);
      if (left.has(entry)) entry.writing = writePending(entry);
      else ended(entry);
      resolve?.(entry.writing ?? WRITTEN);
    }
  }

  function writeWaiting(): void {
    const entries = [...unwritten].filter(entry => entry.writing === undefined);
    const left = new Set(commits.commitNow(entries));
    for (const entry of entries) if (!left.has(entry)) ended(entry);
  }

  function ended(entry: CachedIntent): void {
    entry.writing = undefined;
    kept.delete(entry);
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
  }

  /** Writes one by one what the store did not accept together. */
  async function writePending(entry: CachedIntent): Promise<RouterError | undefined> {
    let lostRaces = 0;
    let failure: RouterError | undefined;
    // The caller sets `entry.writing` before this ends.
    await Promise.resolve();
    kept.delete(entry);
    try {
      while (entry.pending !== undefined && entry.intent !== undefined) {
        const answer = await commits.commit(entry, entry.intent, entry.pending);
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

  /** Gives up the pending records: the intent is again as in the store. If it was removed there, the next request asks the store. */
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
    begin,
    end: writeSoon,
    write,
    told({ id }, failure) {
      if (lost.get(id) === failure) lost.delete(id);
    },
    writeWaiting,
    async retry() {
      const [first] = kept.keys();
      if (first === undefined || (await write(first)) !== undefined) return;
      await Promise.all([...kept.keys()].map(write));
    },
    async flush() {
      for (const entry of begun) writeSoon(entry);
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
