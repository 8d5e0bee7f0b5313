/**
 * Writes intents to the store. Records added within a moment of each other are written as one change. Against other
 * processes the store's compare-and-set decides: the loser loads the winner's records and makes its own again on top of them.
 */
import { MAX_CAS_RETRIES, tooManyRaces } from '../../contracts/commit-on-latest.ts';
import type { Change, Store } from '../../contracts/store.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import type { CachedIntent, IntentCache, MakeRecords } from './intent-cache.ts';

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
  /** Called with every change that is in the ledger. */
  readonly committed: (change: Committed) => void;
  /** Called when the store rejected a change. The intent in memory keeps it. */
  readonly faulted: (error: unknown, intentId: string) => void;
}

export interface IntentWriter {
  /** Adds records to the intent in memory at once; they are written to the store soon. */
  add(entry: CachedIntent, make: MakeRecords): void;
  /** Writes an entry's pending records, and those that are added while it writes. */
  write(entry: CachedIntent): Promise<void>;
  /** Resolves when all that was added so far is in the store. */
  flush(): Promise<void>;
}

export function intentWriter(
  cache: Pick<IntentCache, 'protect' | 'releaseIfIdle'>,
  { store, soon, dueAtMs, beginCommit, endCommit, committed, faulted }: IntentWriterOptions,
): IntentWriter {
  const unwritten = new Set<CachedIntent>();
  let isScheduled = false;

  function add(entry: CachedIntent, make: MakeRecords): void {
    const records = make(entry.intent);
    if (records.length === 0) return;
    for (const record of records) {
      record.revision = entry.intent?.revision ?? 0;
      entry.intent = appendRecord(entry.intent, record as LedgerRecord);
    }
    const { pending } = entry;
    entry.pending = {
      records: [...(pending?.records ?? []), ...(records as readonly LedgerRecord[])],
      makers: [...(pending?.makers ?? []), make],
    };
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

  function write(entry: CachedIntent): Promise<void> {
    entry.writing ??= writePending(entry);
    return entry.writing;
  }

  async function writePending(entry: CachedIntent): Promise<void> {
    let lostRaces = 0;
    while (entry.pending !== undefined && entry.intent !== undefined) {
      const { intent, stored } = entry;
      const { records, makers } = entry.pending;
      const { feature } = intent.decided;
      entry.pending = undefined;
      const waiting = beginCommit(feature);
      if (waiting !== undefined) await waiting;
      const delta = contributionDelta(stored, intent);
      const expectedRevision = stored?.revision ?? 0;
      const change: Change = {
        intentId: entry.id,
        feature,
        expectedRevision,
        records,
        delta,
        dueAtMs: dueAtMs(intent),
      };
      let isDone = true;
      try {
        isDone = await store.commit(change);
      } catch (error) {
        faulted(error, entry.id);
      }
      if (isDone) {
        committed({ intent, records, delta });
        entry.stored = intent;
        lostRaces = 0;
      }
      endCommit(feature);
      if (isDone) continue;
      if (++lostRaces > MAX_CAS_RETRIES) {
        faulted(tooManyRaces(store.name, entry.id), entry.id);
        break;
      }
      await reapplyOnLatest(entry, makers);
    }
    entry.pending = undefined;
    entry.writing = undefined;
    unwritten.delete(entry);
    cache.releaseIfIdle(entry);
  }

  /** We lost the compare-and-set, so we reapply our records on the stored state, with those added while it was loading. */
  async function reapplyOnLatest(entry: CachedIntent, makers: readonly MakeRecords[]): Promise<void> {
    try {
      const stored = foldIntent(await store.load(entry.id));
      entry.stored = stored;
      entry.intent = stored;
    } catch (error) {
      faulted(error, entry.id);
    }
    const again = [...makers, ...(entry.pending?.makers ?? [])];
    entry.pending = undefined;
    for (const make of again) {
      try {
        add(entry, make);
      } catch (error) {
        faulted(error, entry.id);
      }
    }
  }

  return {
    add,
    write,
    async flush() {
      while (unwritten.size > 0) await Promise.all([...unwritten].map(write));
    },
  };
}
