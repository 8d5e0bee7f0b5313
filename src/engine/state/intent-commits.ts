/**
 * Takes the pending records of intents to the store, each intent's as one change, and notifies this process of what is in the
 * ledger.
 */
import type { Change, ChangeResult, Store } from '../../contracts/store.ts';
import { deltaOf } from '../../core/cells/contribution.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { groupedCommits } from './grouped-commits.ts';
import type { CachedIntent } from './intent-cache.ts';
import type { Committed, PendingRecords, SentChange } from './pending-records.ts';
import { newsOf, pendingAfter } from './pending-records.ts';
import { recentContributions } from './recent-contributions.ts';

export interface IntentCommitsOptions {
  readonly store: Store;
  /** When silence labels the intent; `null`: never. */
  readonly dueAtMs: (intent: Intent) => number | null;
  /** Called before every commit to a feature, as `endCommit` is after it. The commit waits for the promise, where there is one. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  readonly endCommit: (feature: string) => void;
  /** Called with every change that is in the ledger, or that the store has rejected for now: once for each record. */
  readonly committed: (change: Committed) => void;
}

export interface IntentCommits {
  /**
   * Sends the entry's pending records and resolves to the store's answer. Where the call rejects, the store may have the change:
   * the entry keeps it to be sent again as it is.
   */
  commit(entry: CachedIntent, intent: Intent, pending: PendingRecords): Promise<ChangeResult>;
  /**
   * Commits the pending records of these entries in one call, where the store answers at once. Returns the entries that still
   * have pending records.
   */
  commitNow(entries: readonly CachedIntent[]): readonly CachedIntent[];
}

export function intentCommits(options: IntentCommitsOptions): IntentCommits {
  const { store, dueAtMs, beginCommit, endCommit, committed } = options;
  const send = groupedCommits(store);
  const contributed = recentContributions();

  function nextChange({ id, stored }: CachedIntent, intent: Intent, { records, makers }: PendingRecords): SentChange {
    const { feature } = intent.decided;
    const delta = deltaOf(stored === undefined ? [] : contributed(stored), contributed(intent));
    const expectedRevision = stored?.revision ?? 0;
    const change = { intentId: id, feature, expectedRevision, records, delta, dueAtMs: dueAtMs(intent) };
    return { change, intent, makers: makers.length };
  }

  /** Called when the change is in the ledger. */
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
   * A change that can be sent at once: nothing was sent before without an answer, and the statistics are not being read.
   */
  function firstChange(entry: CachedIntent): SentChange | undefined {
    const { intent, pending, unanswered } = entry;
    if (intent === undefined || pending === undefined || unanswered !== undefined) return undefined;
    const { feature } = intent.decided;
    const sent = nextChange(entry, intent, pending);
    const reading = beginCommit(feature);
    void reading?.then(() => endCommit(feature));
    return reading === undefined ? sent : undefined;
  }

  function answersNow(changes: readonly Change[]): readonly ChangeResult[] {
    return (changes.length > 0 ? attempt(() => store.commitAll.now?.(changes)) : undefined) ?? [];
  }

  return {
    async commit(entry, intent, pending) {
      entry.unanswered ??= nextChange(entry, intent, pending);
      const sent = entry.unanswered;
      const { feature } = sent.change;
      const reading = beginCommit(feature);
      if (reading !== undefined) await reading;
      try {
        const answer = await send(sent.change);
        entry.unanswered = undefined;
        if (isTaken(answer)) taken(entry, sent);
        return answer;
      } finally {
        endCommit(feature);
      }
    },
    commitNow(entries) {
      if (store.commitAll.now === undefined) return entries;
      const left: CachedIntent[] = [];
      const sent: (readonly [CachedIntent, SentChange])[] = [];
      for (const entry of entries) {
        const first = attempt(() => firstChange(entry));
        if (first === undefined) left.push(entry);
        else sent.push([entry, first]);
      }
      const answers = answersNow(sent.map(([, { change }]) => change));
      for (const [index, [entry, one]] of sent.entries()) {
        const hasTaken = isTaken(answers[index]);
        if (hasTaken) taken(entry, one);
        endCommit(one.change.feature);
        if (!hasTaken || entry.pending !== undefined) left.push(entry);
      }
      return left;
    },
  };
}

/** `undefined` where it fails: `commit` tries the same again, and reports why it fails. */
function attempt<Value>(step: () => Value): Value | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}

const isTaken = (answer: ChangeResult | undefined): boolean => answer?.kind === 'committed' || answer?.kind === 'known';
