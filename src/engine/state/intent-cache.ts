/** Intents in memory: those used recently, and all that are in use or not written yet. */
import type { RouterError } from '../../errors.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { PendingRecords, SentChange } from './pending-records.ts';
import { recentlyUsed } from '../../recently-used.ts';

export interface CachedIntent {
  readonly id: string;
  /** The intent as this process sees it; `undefined` until it is read or decided. */
  intent: Intent | undefined;
  /** The intent as it is in the store. */
  stored: Intent | undefined;
  pending: PendingRecords | undefined;
  /** Resolves to the error when the store does not take the records. */
  writing: Promise<RouterError | undefined> | undefined;
  /**
   * A change made of the first pending records, to which the store did not answer. The store may have it, so the same
   * change is sent again.
   */
  unanswered: SentChange | undefined;
  reading: Promise<void> | undefined;
  /** Number of this process's requests that work on it. */
  holds: number;
}

export interface IntentCache {
  /** The entry, if there is one. Peeking does not count as a use. */
  peek(id: string): CachedIntent | undefined;
  /** The entry of an intent; a new empty one if this process has none. */
  entryOf(id: string): CachedIntent;
  /** Protects the entry from eviction until it is idle. */
  protect(entry: CachedIntent): void;
  /** Ends the protection of an entry that no request holds and that has nothing to write. */
  releaseIfIdle(entry: CachedIntent): void;
  /**
   * Protects the entry while a request works on it. Without `isNamed` (the intent was made for this call alone) the
   * entry does not displace others from the cache: it is dropped once it is released and written.
   */
  hold(id: string, isNamed: boolean): void;
  release(id: string): void;
  isHeld(id: string): boolean;
  /** True where at most one entry is in use or not written yet. */
  isAlone(): boolean;
}

/** @param capacity intents kept beyond those that are protected: more of them means fewer reads of the store and more memory */
export function intentCache(capacity: number): IntentCache {
  const recent = recentlyUsed<string, CachedIntent>(capacity);
  /** Entries in use or unwritten. The cache never evicts them. */
  const active = new Map<string, CachedIntent>();

  function find(id: string): CachedIntent | undefined {
    return active.get(id) ?? recent.get(id);
  }

  function entryOf(id: string): CachedIntent {
    const found = find(id);
    if (found !== undefined) return found;
    const entry = emptyEntry(id);
    recent.set(id, entry);
    return entry;
  }

  function releaseIfIdle(entry: CachedIntent): void {
    if (entry.holds === 0 && entry.pending === undefined && entry.writing === undefined) active.delete(entry.id);
  }

  return {
    peek: id => active.get(id) ?? recent.peek(id),
    entryOf,
    protect: entry => void active.set(entry.id, entry),
    releaseIfIdle,
    hold(id, isNamed) {
      const entry = isNamed ? entryOf(id) : (find(id) ?? emptyEntry(id));
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
    isAlone: () => active.size <= 1,
  };
}

function emptyEntry(id: string): CachedIntent {
  return {
    id,
    intent: undefined,
    stored: undefined,
    pending: undefined,
    writing: undefined,
    unanswered: undefined,
    reading: undefined,
    holds: 0,
  };
}
