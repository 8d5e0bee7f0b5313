/**
 * Intents in memory, backed by the store: the one place that appends to the ledger. Appends to one intent run one after
 * the other; against other processes the store's compare-and-set decides, and a loser loads and settles again.
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

export type MakeRecords = (intent: Intent | undefined) => readonly NewRecord[];

export interface Committed {
  readonly intent: Intent;
  readonly records: readonly LedgerRecord[];
  readonly delta: readonly Cell[];
}

export interface IntentBookOptions {
  readonly store: Store;
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
  /** The intent if it is in memory. */
  peek(id: string): Intent | undefined;
  /** The intent from memory or the store. */
  get(id: string): Promise<Intent | undefined>;
  /**
   * Appends what `make` says for the intent's present state, which may be nothing. `make` runs again when another
   * process was first. Resolves to the intent as it then is, durable as the store promises. `isNew`: the id was made
   * just now, so the store need not be asked for it.
   */
  append(id: string, make: MakeRecords, options?: { readonly isNew?: boolean }): Promise<Intent | undefined>;
  /** Resolves when every append so far is done. */
  readonly flush: () => Promise<void>;
}

interface Entry {
  intent: Intent | undefined;
  /** The last append under way. */
  tail: Promise<unknown> | undefined;
}

/** Compare-and-set losses in a row after which something is wrong with the store, not with the race. */
const MOST_RACES = 50;

export function intentBook(options: IntentBookOptions): IntentBook {
  const { store } = options;
  const entries = new LRUCache<string, Entry>({ max: options.capacity ?? 20_000 });
  const busy = new Set<Promise<unknown>>();

  function entryOf(id: string): Entry {
    let entry = entries.get(id);
    if (entry === undefined) entries.set(id, (entry = { intent: undefined, tail: undefined }));
    return entry;
  }

  async function load(id: string, entry: Entry): Promise<Intent | undefined> {
    entry.intent = foldIntent(await store.load(id));
    return entry.intent;
  }

  async function appendNow(id: string, entry: Entry, make: MakeRecords, isNew: boolean): Promise<Intent | undefined> {
    if (entry.intent === undefined && !isNew) await load(id, entry);
    for (let race = 0; race < MOST_RACES; race++) {
      const before = entry.intent;
      const drafts = make(before);
      if (drafts.length === 0) return before;
      const expectedRevision = before?.revision ?? 0;
      const records = drafts.map((draft, i) => ({ ...draft, revision: expectedRevision + i }));
      const after = records.reduce<Intent | undefined>(appendRecord, before) as Intent;
      const change: Committed = { intent: after, records, delta: settle(before, after) };
      // Seen at once by this process: a second request of the same intent must not decide again.
      entry.intent = after;
      if (await commit(change, expectedRevision)) return after;
      await load(id, entry);
    }
    throw new Error(`the store refused ${MOST_RACES} changes of intent ${id} in a row`);
  }

  async function commit(change: Committed, expectedRevision: number): Promise<boolean> {
    const { feature } = change.intent.decided;
    const waiting = options.entering(feature);
    if (waiting !== undefined) await waiting;
    try {
      const done = await commitToStore(change, expectedRevision);
      if (done) options.committed(change);
      return done;
    } finally {
      options.left(feature);
    }
  }

  async function commitToStore({ intent, records, delta }: Committed, expectedRevision: number): Promise<boolean> {
    const { id, decided } = intent;
    const dueAtMs = options.dueAtMs(intent);
    try {
      return await store.commit({ intentId: id, feature: decided.feature, expectedRevision, records, delta, dueAtMs });
    } catch (error) {
      options.faulted(error, id);
      return true;
    }
  }

  /** Lets the next append go when this one is done, however it ended. */
  async function release(entry: Entry, run: Promise<unknown>): Promise<void> {
    const settled = run.then(ignore, ignore);
    entry.tail = settled;
    busy.add(settled);
    await settled;
    busy.delete(settled);
    if (entry.tail === settled) entry.tail = undefined;
  }

  return {
    peek: id => entries.peek(id)?.intent,
    async get(id) {
      const entry = entryOf(id);
      return entry.intent ?? (await load(id, entry));
    },
    append(id, make, { isNew = false } = {}) {
      const entry = entryOf(id);
      const { tail } = entry;
      const run =
        tail === undefined
          ? appendNow(id, entry, make, isNew)
          : tail.then(async () => appendNow(id, entry, make, isNew));
      void release(entry, run);
      return run;
    },
    async flush() {
      while (busy.size > 0) await Promise.all(busy);
    },
  };
}

function ignore(): void {}
