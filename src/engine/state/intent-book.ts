/**
 * Intents in memory, backed by the store: the one place that appends to the ledger. This process sees at once what it
 * adds; the store has it soon after, and a caller who needs it there can wait for it.
 */
import { isIntentRemoved } from '../../contracts/archiving.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import type { DecidedRecord } from '../../core/ledger/records.ts';
import type { AnsweredIntentsOptions } from './answered-intents.ts';
import { answeredIntents } from './answered-intents.ts';
import type { CachedIntent } from './intent-cache.ts';
import type { MakeRecords } from './pending-records.ts';
import { intentCache } from './intent-cache.ts';
import type { IntentWriterOptions } from './intent-writer.ts';
import { intentWriter } from './intent-writer.ts';

export interface IntentBookOptions extends IntentWriterOptions {
  /** Intents kept in memory beyond those that requests work on (default 20,000). */
  readonly capacity?: number | undefined;
  /** Called with what intents of a feature that were answered at once add to the statistics, when they are in the ledger. */
  readonly committedTogether: AnsweredIntentsOptions['answered'];
}

export interface IntentBook {
  /** The intent if it is in memory, with every record added so far. */
  peek(id: string): Intent | undefined;
  /** The intent from memory or the store. Rejects when the store cannot be read. */
  get(id: string): Promise<Intent | undefined>;
  /**
   * The intent as the store has it now, unless records of it wait to be written by this process: another process may have
   * continued it.
   * @throws RouterError `intent-removed` even where this process still has the intent in memory
   */
  latest(id: string): Promise<Intent | undefined>;
  /**
   * Keeps the intent in memory while a request works on it, until {@link IntentBook.release}. After that a named intent
   * stays in the cache; an unnamed one is read from the store if it is used again.
   */
  hold(id: string, isNamed: boolean): void;
  /** True where a new intent that was answered at once can be added as one object. */
  readonly takesAnswered: boolean;
  /**
   * While its first request is under way, a new intent is known by its decision alone, until another caller asks for it or
   * for all.
   */
  open(decided: DecidedRecord): void;
  /**
   * Adds an intent that was answered at once.
   * @param isOpen true where the intent was opened
   * @returns false where another caller has asked for the intent meanwhile: then it is already in the book, and nothing
   * was added
   */
  answered(intent: AnsweredIntent, isOpen: boolean): boolean;
  release(id: string): void;
  /** True while a request of this process works on the intent. */
  isHeld(id: string): boolean;
  /** Adds records to an intent that is in memory, or new; they are written soon. Returns the intent with them. */
  add(id: string, make: MakeRecords): Intent | undefined;
  /**
   * Like `add`, for an intent that no other process can know: the records are written with those that its request adds, or when the
   * request ends.
   */
  begin(id: string, make: MakeRecords): Intent | undefined;
  /**
   * Resolves when the store has the intent, with at least its decision or with all records added so far, and also when the
   * store does not take them; `undefined` where the caller need not wait for that.
   */
  whenStored(id: string, what: 'decision' | 'all'): Promise<unknown> | undefined;
  /**
   * Adds records to an intent of any process; resolves to the intent when they are in the store. Rejects with the error
   * that `make` throws. Where `make` adds nothing to the intent in memory, it is called again if the store has a later
   * version of the intent.
   * @throws RouterError when the store does not take the records; they are kept in memory and tried again
   */
  append(id: string, make: MakeRecords): Promise<Intent | undefined>;
  /** Tries once more to write what the store has not taken. */
  readonly retry: () => Promise<void>;
  /** Writes the records that wait for the end of the task, where the store answers at once. */
  readonly writeWaiting: () => void;
  /**
   * Resolves when all that was added so far is in the store.
   * @throws RouterError when some of it is not
   */
  readonly flush: () => Promise<void>;
}

export function intentBook(options: IntentBookOptions): IntentBook {
  const { store, capacity = 20_000 } = options;
  const cache = intentCache(capacity);
  const writer = intentWriter(cache, options);
  /** Intents that only their first request knows. */
  const opened = new Map<string, DecidedRecord>();
  const answered = answeredIntents({
    ...options,
    answered: options.committedTogether,
    writeAlone: intent => writer.add(cache.entryOf(intent.id), known => (known === undefined ? intent.records() : [])),
  });

  /** Call before using an intent that may be in neither the cache nor the store yet. */
  function unfold(id: string): void {
    const decided = opened.get(id);
    if (opened.delete(id))
      writer.begin(cache.entryOf(id), known => (known === undefined ? [decided as DecidedRecord] : []));
    const waiting = answered.take(id);
    if (waiting !== undefined) writer.add(cache.entryOf(id), known => (known === undefined ? waiting.records() : []));
  }

  function entryOf(id: string): CachedIntent {
    unfold(id);
    return cache.entryOf(id);
  }

  /** Loads an intent that this process has not cached; concurrent callers share one read. */
  function readIfUnknown(entry: CachedIntent): Promise<void> | undefined {
    return entry.intent === undefined ? (entry.reading ??= read(entry)) : undefined;
  }

  async function read(entry: CachedIntent): Promise<void> {
    try {
      const stored = foldIntent(await store.load(entry.id));
      // Records may have been added while the store was read: they win, and the compare-and-set resolves the conflict.
      if (entry.intent !== undefined) return;
      entry.stored = stored;
      entry.intent = stored;
    } finally {
      entry.reading = undefined;
    }
  }

  /** Another process may have continued the intent since this one read it. Resolves to true if another process has. */
  async function readLater(entry: CachedIntent, failed: (error: unknown) => [] = () => []): Promise<boolean> {
    // Records that wait to be written are made again on top of the store's present state.
    const isOnlyRead = (): boolean => entry.pending === undefined && entry.writing === undefined;
    if (store.isPrivate === true || !isOnlyRead()) return false;
    const stored = foldIntent(await store.load(entry.id).catch(failed));
    if (stored === undefined || stored.revision <= (entry.intent?.revision ?? 0) || !isOnlyRead()) return false;
    entry.stored = stored;
    entry.intent = stored;
    return true;
  }

  return {
    peek(id) {
      unfold(id);
      return cache.peek(id)?.intent;
    },
    async get(id) {
      const entry = entryOf(id);
      const reading = readIfUnknown(entry);
      if (reading !== undefined) await reading;
      return entry.intent;
    },
    async latest(id) {
      const entry = entryOf(id);
      await (readIfUnknown(entry) ?? readLater(entry, unlessRemoved));
      return entry.intent;
    },
    hold(id, isNamed) {
      cache.hold(id, isNamed);
      unfold(id);
    },
    takesAnswered: answered.areTaken,
    open: decided => void opened.set(decided.intentId, decided),
    answered(intent, isOpen) {
      if (isOpen && !opened.delete(intent.id)) return false;
      answered.add(intent);
      return true;
    },
    release(id) {
      cache.release(id);
      const entry = cache.peek(id);
      if (entry?.holds === 0) writer.end(entry);
    },
    isHeld: cache.isHeld,
    add(id, make) {
      const entry = cache.entryOf(id);
      writer.add(entry, make);
      return entry.intent;
    },
    begin(id, make) {
      const entry = cache.entryOf(id);
      writer.begin(entry, make);
      return entry.intent;
    },
    whenStored(id, what) {
      if (store.isPrivate === true) return undefined;
      const entry = cache.entryOf(id);
      const isMissing = what === 'all' ? entry.stored !== entry.intent : entry.stored === undefined;
      return isMissing && entry.intent !== undefined ? writer.write(entry) : undefined;
    },
    async append(id, make) {
      const labelled = answered.writeLabelled(id, make);
      if (labelled !== undefined) return labelled;
      const entry = entryOf(id);
      const reading = readIfUnknown(entry);
      if (reading !== undefined) await reading;
      const before = entry.intent;
      writer.add(entry, make);
      if (reading === undefined && entry.intent === before && (await readLater(entry))) writer.add(entry, make);
      if (entry.pending !== undefined || entry.writing !== undefined) {
        const failure = await writer.write(entry);
        if (failure !== undefined) {
          writer.told(entry, failure);
          throw failure;
        }
      }
      return entry.intent;
    },
    retry: writer.retry,
    // In order of arrival: the first intents of a feature are not answered at once, so the writer comes before
    // `answered`.
    async flush() {
      // A stream may stay open for long, so intents are not left until its end.
      for (const id of opened.keys()) unfold(id);
      await writer.flush().finally(answered.write);
      // Intents of a feature whose statistics were being read are written like any other.
      await writer.flush();
    },
    writeWaiting: writer.writeWaiting,
  };
}

function unlessRemoved(error: unknown): [] {
  if (isIntentRemoved(error)) throw error;
  return [];
}
