/**
 * Intents in memory, backed by the store: the one place that appends to the ledger.
 *
 * What is added is seen by this process at once and written soon after, together with whatever else has come by then;
 * who needs it in the store waits for it. Against other processes the store's compare-and-set decides: the loser loads
 * what the winner wrote and makes its records again on top of that.
 */
import { LRUCache } from 'lru-cache';
import type { Intent, LedgerRecord } from '../core/ledger.ts';
import { appendRecord, foldIntent } from '../core/ledger.ts';
import { settle } from '../core/settle.ts';
import type { Cell } from '../core/statistics.ts';
import type { Store } from '../stores/store.ts';

/** A record before it has its place in the ledger. */
export type NewRecord = DistributiveOmit<LedgerRecord, 'revision'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** The records to append to the intent as it is; none to leave it. Runs again when another process was first. */
export type MakeRecords = (intent: Intent | undefined) => readonly NewRecord[];

export interface Committed {
  readonly intent: Intent;
  readonly records: readonly LedgerRecord[];
  readonly delta: readonly Cell[];
}

export interface IntentBookOptions {
  readonly store: Store;
  /** Runs a callback soon, after what is under way now. */
  readonly soon: (callback: () => void) => void;
  /** When silence will settle the intent; `null`: nothing is due. */
  readonly dueAtMs: (intent: Intent) => number | null;
  /** Brackets every commit to a feature; a commit starts when the promise resolves, where there is one. */
  readonly entering: (feature: string) => Promise<void> | undefined;
  readonly left: (feature: string) => void;
  /** Told of every change that is in the ledger now. */
  readonly committed: (change: Committed) => void;
  /** Told when the store would not take a change; the intent in memory has it all the same. */
  readonly faulted: (error: unknown, intentId: string) => void;
  /** Intents kept in memory (default 20,000). */
  readonly capacity?: number;
}

export interface IntentBook {
  /** The intent if it is in memory, with all that was added. */
  peek(id: string): Intent | undefined;
  /** The intent from memory or the store. Rejects when the store cannot be read. */
  get(id: string): Promise<Intent | undefined>;
  /** Adds records to an intent that is in memory, or new; they are written soon. */
  add(id: string, make: MakeRecords): void;
  /** Resolves when the intent is in the store, with at least its decision; at once when it is known to be. */
  opened(id: string): Promise<void> | undefined;
  /** Adds records to an intent of any process; resolves to it when they are in the store. Rejects with what `make` throws. */
  append(id: string, make: MakeRecords): Promise<Intent | undefined>;
  /** Resolves when all that was added so far is in the store. */
  readonly flush: () => Promise<void>;
}

interface Entry {
  readonly id: string;
  /** As this process sees it. */
  intent: Intent | undefined;
  /** As the store has it. */
  stored: Intent | undefined;
  /** What the store does not have yet, and how it was made. */
  records: LedgerRecord[];
  makes: MakeRecords[];
  writing: Promise<void> | undefined;
}

/** Compare-and-set losses in a row after which something is wrong with the store, not with the race. */
const MOST_RACES = 50;

export function intentBook(options: IntentBookOptions): IntentBook {
  const { store } = options;
  const entries = new LRUCache<string, Entry>({ max: options.capacity ?? 20_000 });
  /** Entries that the store does not have yet: kept whatever the cache lets go. */
  const unwritten = new Map<string, Entry>();
  let scheduled = false;

  function entryOf(id: string): Entry {
    let entry = entries.get(id) ?? unwritten.get(id);
    if (entry === undefined) {
      entry = { id, intent: undefined, stored: undefined, records: [], makes: [], writing: undefined };
      entries.set(id, entry);
    }
    return entry;
  }

  async function load(entry: Entry): Promise<void> {
    const stored = foldIntent(await store.load(entry.id));
    entry.stored = stored;
    entry.intent = stored;
  }

  function add(entry: Entry, make: MakeRecords): void {
    const drafts = make(entry.intent);
    if (drafts.length === 0) return;
    for (const draft of drafts) {
      const record: LedgerRecord = { ...draft, revision: entry.intent?.revision ?? 0 };
      entry.intent = appendRecord(entry.intent, record);
      entry.records.push(record);
    }
    entry.makes.push(make);
    unwritten.set(entry.id, entry);
    if (scheduled) return;
    scheduled = true;
    options.soon(writeAll);
  }

  function writeAll(): void {
    scheduled = false;
    for (const entry of unwritten.values()) void write(entry);
  }

  /** Writes what there is, and what comes while it is being written. */
  function write(entry: Entry): Promise<void> {
    entry.writing ??= writeOn(entry);
    return entry.writing;
  }

  async function writeOn(entry: Entry): Promise<void> {
    let races = 0;
    while (entry.records.length > 0 && entry.intent !== undefined) {
      const { records, makes, stored, intent } = entry;
      entry.records = [];
      entry.makes = [];
      const change: Committed = { intent, records, delta: settle(stored, intent) };
      if (await commit(change, stored?.revision ?? 0)) {
        entry.stored = intent;
        races = 0;
        continue;
      }
      if (++races > MOST_RACES) {
        options.faulted(new Error(`the store refused ${MOST_RACES} changes of one intent in a row`), entry.id);
        break;
      }
      await startAgain(entry, makes);
    }
    entry.writing = undefined;
    unwritten.delete(entry.id);
  }

  /** Another process was first: what was made on top of the old state is made again on top of the new one. */
  async function startAgain(entry: Entry, makes: readonly MakeRecords[]): Promise<void> {
    try {
      await load(entry);
    } catch (error) {
      options.faulted(error, entry.id);
    }
    const again = [...makes, ...entry.makes];
    entry.records = [];
    entry.makes = [];
    for (const make of again) {
      try {
        add(entry, make);
      } catch (error) {
        options.faulted(error, entry.id);
      }
    }
  }

  async function commit(change: Committed, expectedRevision: number): Promise<boolean> {
    const { id, decided } = change.intent;
    const { feature } = decided;
    const waiting = options.entering(feature);
    if (waiting !== undefined) await waiting;
    const { records, delta } = change;
    const dueAtMs = options.dueAtMs(change.intent);
    let done = true;
    try {
      done = await store.commit({ intentId: id, feature, expectedRevision, records, delta, dueAtMs });
    } catch (error) {
      options.faulted(error, id);
    }
    if (done) options.committed(change);
    options.left(feature);
    return done;
  }

  return {
    peek: id => (entries.peek(id) ?? unwritten.get(id))?.intent,
    async get(id) {
      const entry = entryOf(id);
      if (entry.intent === undefined) await load(entry);
      return entry.intent;
    },
    add: (id, make) => add(entryOf(id), make),
    opened(id) {
      const entry = entryOf(id);
      return entry.stored === undefined && entry.intent !== undefined ? write(entry) : undefined;
    },
    async append(id, make) {
      const entry = entryOf(id);
      if (entry.intent === undefined) await load(entry);
      add(entry, make);
      if (entry.records.length > 0 || entry.writing !== undefined) await write(entry);
      return entry.intent;
    },
    async flush() {
      while (unwritten.size > 0) await Promise.all([...unwritten.values()].map(write));
    },
  };
}
