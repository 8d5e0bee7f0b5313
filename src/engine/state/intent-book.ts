/**
 * Intents in memory, backed by the store: the one place that appends to the ledger.
 *
 * What is added is seen by this process at once and written soon after, together with whatever else has come by then;
 * who needs it in the store waits for it. Against other processes the store's compare-and-set decides: the loser loads
 * what the winner wrote and makes its records again on top of that.
 */
import { LRUCache } from 'lru-cache';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { MAX_CAS_RETRIES, tooManyRaces } from '../../contracts/commit-on-latest.ts';
import type { Store } from '../../contracts/store.ts';

/** A record before it has its place in the ledger: the book numbers it. */
export type NewRecord = DistributiveOmit<LedgerRecord, 'revision'> & { revision?: number };
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
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  readonly endCommit: (feature: string) => void;
  /** Told of every change that is in the ledger now. */
  readonly committed: (change: Committed) => void;
  /** Told when the store would not take a change; the intent in memory has it all the same. */
  readonly faulted: (error: unknown, intentId: string) => void;
  /** Intents kept in memory beyond those that requests work on (default 20,000). */
  readonly capacity?: number;
}

export interface IntentBook {
  /** The intent if it is in memory, with all that was added. */
  peek(id: string): Intent | undefined;
  /** The intent from memory or the store. Rejects when the store cannot be read. */
  get(id: string): Promise<Intent | undefined>;
  /**
   * Keeps the intent in memory while a request works on it, until {@link IntentBook.release}. `isNamed`: it is likely to
   * be asked for again after that; one that was made for a single call is not, and is read from the store if it is.
   */
  hold(id: string, isNamed: boolean): void;
  release(id: string): void;
  /** A request of this process works on it. */
  isHeld(id: string): boolean;
  /** Adds records to an intent that is in memory, or new; they are written soon. Returns the intent with them. */
  add(id: string, make: MakeRecords): Intent | undefined;
  /** Resolves when the intent is in the store, with at least its decision; at once when it is known to be. */
  whenStored(id: string): Promise<void> | undefined;
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
  pending: Pending | undefined;
  writing: Promise<void> | undefined;
  reading: Promise<void> | undefined;
  /** Requests that work on it. */
  holds: number;
}

/** What the store does not have yet, and how it was made. */
interface Pending {
  readonly records: readonly LedgerRecord[];
  readonly makes: readonly MakeRecords[];
}

export function intentBook(options: IntentBookOptions): IntentBook {
  const { store } = options;
  const entries = new LRUCache<string, Entry>({ max: options.capacity ?? 20_000 });
  /** Entries that are held or not written yet: there whatever the cache lets go. */
  const active = new Map<string, Entry>();
  const unwritten = new Set<Entry>();
  let scheduled = false;

  function find(id: string): Entry | undefined {
    return active.get(id) ?? entries.get(id);
  }

  function entryOf(id: string): Entry {
    const known = find(id);
    if (known !== undefined) return known;
    const entry = newEntry(id);
    entries.set(id, entry);
    return entry;
  }

  function releaseIfIdle(entry: Entry): void {
    if (entry.holds === 0 && entry.pending === undefined && entry.writing === undefined) active.delete(entry.id);
  }

  async function load(entry: Entry): Promise<void> {
    const stored = foldIntent(await store.load(entry.id));
    entry.stored = stored;
    entry.intent = stored;
  }

  /** Loads an intent that nobody here knows: once for all who ask, and never over what was added meanwhile. */
  async function read(entry: Entry): Promise<void> {
    try {
      const stored = foldIntent(await store.load(entry.id));
      if (entry.intent !== undefined) return;
      entry.stored = stored;
      entry.intent = stored;
    } finally {
      entry.reading = undefined;
    }
  }

  function known(entry: Entry): Promise<void> | undefined {
    return entry.intent === undefined ? (entry.reading ??= read(entry)) : undefined;
  }

  function add(entry: Entry, make: MakeRecords): void {
    const records = make(entry.intent);
    if (records.length === 0) return;
    for (const record of records) {
      record.revision = entry.intent?.revision ?? 0;
      entry.intent = appendRecord(entry.intent, record as LedgerRecord);
    }
    const { pending } = entry;
    entry.pending = {
      records: [...(pending?.records ?? []), ...(records as readonly LedgerRecord[])],
      makes: [...(pending?.makes ?? []), make],
    };
    active.set(entry.id, entry);
    unwritten.add(entry);
    if (scheduled) return;
    scheduled = true;
    options.soon(writeAll);
  }

  function writeAll(): void {
    scheduled = false;
    for (const entry of unwritten) void write(entry);
  }

  /** Writes what there is, and what comes while it is being written. */
  function write(entry: Entry): Promise<void> {
    entry.writing ??= writeOn(entry);
    return entry.writing;
  }

  async function writeOn(entry: Entry): Promise<void> {
    let races = 0;
    while (entry.pending !== undefined && entry.intent !== undefined) {
      const { intent, stored } = entry;
      const { records, makes } = entry.pending;
      const { feature } = intent.decided;
      entry.pending = undefined;
      const waiting = options.beginCommit(feature);
      if (waiting !== undefined) await waiting;
      const delta = contributionDelta(stored, intent);
      const expectedRevision = stored?.revision ?? 0;
      const dueAtMs = options.dueAtMs(intent);
      let done = true;
      try {
        done = await store.commit({ intentId: entry.id, feature, expectedRevision, records, delta, dueAtMs });
      } catch (error) {
        options.faulted(error, entry.id);
      }
      if (done) {
        options.committed({ intent, records, delta });
        entry.stored = intent;
        races = 0;
      }
      options.endCommit(feature);
      if (done) continue;
      if (++races > MAX_CAS_RETRIES) {
        options.faulted(tooManyRaces(store.name, entry.id), entry.id);
        break;
      }
      await reapplyOnLatest(entry, makes);
    }
    entry.pending = undefined;
    entry.writing = undefined;
    unwritten.delete(entry);
    releaseIfIdle(entry);
  }

  /** Another process was first: what was made on top of the old state is made again on top of the new one. */
  async function reapplyOnLatest(entry: Entry, makes: readonly MakeRecords[]): Promise<void> {
    try {
      await load(entry);
    } catch (error) {
      options.faulted(error, entry.id);
    }
    const again = [...makes, ...(entry.pending?.makes ?? [])];
    entry.pending = undefined;
    for (const make of again) {
      try {
        add(entry, make);
      } catch (error) {
        options.faulted(error, entry.id);
      }
    }
  }

  return {
    peek: id => (active.get(id) ?? entries.peek(id))?.intent,
    async get(id) {
      const entry = entryOf(id);
      const reading = known(entry);
      if (reading !== undefined) await reading;
      return entry.intent;
    },
    hold(id, isNamed) {
      const entry = isNamed ? entryOf(id) : (find(id) ?? newEntry(id));
      entry.holds++;
      active.set(id, entry);
    },
    release(id) {
      const entry = active.get(id);
      if (entry === undefined) return;
      entry.holds--;
      releaseIfIdle(entry);
    },
    isHeld: id => (active.get(id)?.holds ?? 0) > 0,
    add(id, make) {
      const entry = entryOf(id);
      add(entry, make);
      return entry.intent;
    },
    whenStored(id) {
      if (store.isPrivate === true) return undefined;
      const entry = entryOf(id);
      return entry.stored === undefined && entry.intent !== undefined ? write(entry) : undefined;
    },
    async append(id, make) {
      const entry = entryOf(id);
      const reading = known(entry);
      if (reading !== undefined) await reading;
      add(entry, make);
      if (entry.pending !== undefined || entry.writing !== undefined) await write(entry);
      return entry.intent;
    },
    async flush() {
      while (unwritten.size > 0) await Promise.all([...unwritten].map(write));
    },
  };
}

function newEntry(id: string): Entry {
  return {
    id,
    intent: undefined,
    stored: undefined,
    pending: undefined,
    writing: undefined,
    reading: undefined,
    holds: 0,
  };
}
