/** Bringing a change into the ledger later than it was made: as it was, or rebased on what came in between. */
import { isDeepStrictEqual } from 'node:util';
import type { AttemptedRecord, Intent, LedgerRecord } from '../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../core/ledger/records.ts';
import { contributionDelta } from '../core/cells/contribution.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';
import { commitOnLatest } from '../contracts/commit-on-latest.ts';
import type { Change, Store } from '../contracts/store.ts';

/**
 * - `applied`: in the ledger now, as it was made or rebased.
 * - `known`: everything it says was there already (an acknowledgement that got lost).
 * - `impossible`: the ledger has no beginning of this intent, so nothing can follow it.
 */
export type Replayed = 'applied' | 'known' | 'impossible';

/** A change without its delta; replay recomputes the delta. */
export type SpooledChange = Omit<Change, 'delta'>;

/**
 * Appends the records after what the ledger has by now, with the delta computed from that: an equal number of records
 * does not mean that they are those the change was made from. Rejects when the store does.
 */
export async function replayChange(store: Store, spooled: SpooledChange): Promise<Replayed> {
  return commitOnLatest<Replayed>(store, spooled.intentId, records => {
    const change = rebase(records, spooled);
    return typeof change === 'string' ? { result: change } : { change, result: 'applied' };
  });
}

/**
 * A second decision for an intent is dropped: what it spent is charged to the plan decided first. Evidence with a key
 * that is known is dropped, as is whatever the ledger has already.
 */
function rebase(there: readonly LedgerRecord[], said: SpooledChange): Change | 'known' | 'impossible' {
  const before = foldIntent(there);
  let after = before;
  const records: LedgerRecord[] = [];
  for (const record of said.records) {
    if (after === undefined && record.kind !== 'decided') return 'impossible';
    if (there.some(known => isSameFact(known, record))) continue;
    const next = follow(after, record);
    if (next === undefined) continue;
    records.push(next);
    after = appendRecord(after, next);
  }
  if (after === undefined || records.length === 0) return 'known';
  const expectedRevision = before?.revision ?? 0;
  const dueAtMs = after.outcome.state === 'pending' ? said.dueAtMs : null;
  return { ...said, expectedRevision, records, delta: contributionDelta(before, after), dueAtMs };
}

function follow(intent: Intent | undefined, record: LedgerRecord): LedgerRecord | undefined {
  if (intent === undefined) return { ...record, revision: 0 };
  const { revision, evidence } = intent;
  switch (record.kind) {
    case 'decided':
      return undefined;
    case 'attempted':
      return followAttempt(intent, record);
    case 'labelled':
    case 'corrected': {
      const { key } = record.evidence;
      if (key !== undefined && evidence.some(known => known.key === key)) return undefined;
      return { ...record, kind: evidence.length === 0 ? 'labelled' : 'corrected', revision };
    }
  }
}

/** A replacement finds its attempt by what it is, since its index may be another one by now. */
function followAttempt({ attempts, revision }: Intent, record: AttemptedRecord): LedgerRecord | undefined {
  if (record.replaces === undefined) return { ...record, revision };
  const { requestId, kind, startedAtMs } = record.attempt;
  const isIt = (attempt: Attempt): boolean =>
    attempt.requestId === requestId && attempt.kind === kind && attempt.startedAtMs === startedAtMs;
  const there = attempts[record.replaces];
  const replaces = there !== undefined && isIt(there) ? record.replaces : attempts.findIndex(isIt);
  return replaces < 0 ? undefined : { ...record, replaces, revision };
}

/**
 * At its revision, or later in the intent, where a replay that did not hear of its success had rebased it. Compared
 * through JSON, as a store may have kept it.
 */
function isSameFact(known: LedgerRecord, record: LedgerRecord): boolean {
  if (known.revision < record.revision || known.atMs !== record.atMs) return false;
  return isDeepStrictEqual(factOf(known), factOf(record));
}

function factOf(record: LedgerRecord): unknown {
  switch (record.kind) {
    case 'decided':
      return plain(record.decision);
    case 'attempted':
      return plain(record.attempt);
    case 'labelled':
    case 'corrected':
      return plain(record.evidence);
  }
}

function plain(fact: unknown): unknown {
  return JSON.parse(JSON.stringify(fact));
}
