/** Commits a spooled change: unchanged, or rebased on the records that other writers committed in between. */
import type { AttemptedRecord, Intent, LedgerRecord } from '../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../core/ledger/records.ts';
import { contributionDelta } from '../core/cells/contribution.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import { isIntentRemoved } from '../contracts/archiving.ts';
import { MAX_CAS_RETRIES, tooManyRaces } from '../contracts/commit-on-latest.ts';
import type { Change, Store } from '../contracts/store.ts';

/**
 * - `applied`: the ledger has the change now, unchanged or rebased.
 * - `known`: the ledger had all its records already (an acknowledgement was lost).
 * - `impossible`: the ledger has no decision for this intent, so nothing can follow it.
 * - An error `invalid-value` or `intent-removed`: no intent can have its records, or the store refuses them.
 */
export type Replayed = 'applied' | 'known' | 'impossible' | RouterError;

/** A change without its delta; replay recomputes the delta. */
export type SpooledChange = Omit<Change, 'delta'>;

/**
 * Appends the records of each change after those that the ledger has now, and recomputes the delta: an equal revision does
 * not prove that the ledger has the records from which the change was computed. Resolves to an answer for each, in their
 * order; rejects when the store does, which may have taken a part of them.
 */
export async function replayChanges(store: Store, spooled: readonly SpooledChange[]): Promise<readonly Replayed[]> {
  const replayed = new Map<SpooledChange, Replayed>();
  let left = spooled;
  for (let round = 0; left.length > 0; round++) {
    if (round > MAX_CAS_RETRIES) throw tooManyRaces(store.name, left[0]?.intentId ?? '');
    const answers = await replayOnce(store, left);
    // The intent's later changes were computed as if this one had been accepted.
    const open = new Set<string>();
    for (const [{ intentId }, answer] of answers) if (answer === 'conflict' || isMisuse(answer)) open.add(intentId);
    for (const [change, answer] of answers)
      if (answer !== 'conflict' && (!open.has(change.intentId) || isMisuse(answer))) replayed.set(change, answer);
    left = left.filter(change => !replayed.has(change));
  }
  return spooled.map(change => replayed.get(change) as Replayed);
}

/** Rebases all changes on the ledger as it is now and sends them in one call. */
async function replayOnce(
  store: Store,
  changes: readonly SpooledChange[],
): Promise<ReadonlyMap<SpooledChange, Replayed | 'conflict'>> {
  const answers = new Map<SpooledChange, Replayed | 'conflict'>();
  const ids = [...new Set(changes.map(({ intentId }) => intentId))];
  const ledger = new Map(await Promise.all(ids.map(async id => [id, await loadOrError(store, id)] as const)));
  const sent: SpooledChange[] = [];
  const rebasedChanges: Change[] = [];
  for (const change of changes) {
    const stored = ledger.get(change.intentId) ?? [];
    if (isMisuse(stored)) {
      answers.set(change, stored);
      continue;
    }
    const rebasedChange = rebaseOrError(stored, change);
    if (typeof rebasedChange === 'string' || isMisuse(rebasedChange)) {
      answers.set(change, rebasedChange);
      continue;
    }
    sent.push(change);
    rebasedChanges.push(rebasedChange);
    ledger.set(change.intentId, [...stored, ...rebasedChange.records]);
  }
  const results = sent.length === 0 ? [] : await store.commitAll(rebasedChanges);
  for (const [index, change] of sent.entries()) {
    const result = results[index];
    if (result?.kind === 'refused') answers.set(change, result.error);
    else answers.set(change, result?.kind === 'committed' ? 'applied' : (result?.kind ?? 'conflict'));
  }
  return answers;
}

/** True for an invalid argument, or an intent that was removed: another try would fail in the same way. */
export function isMisuse(error: unknown): error is RouterError {
  return isIntentRemoved(error) || (RouterError.isInstance(error) && error.code === 'invalid-value');
}

async function loadOrError(store: Store, intentId: string): Promise<readonly LedgerRecord[] | RouterError> {
  return store.load(intentId).catch((error: unknown) => {
    if (isMisuse(error)) return error;
    throw error;
  });
}

function rebaseOrError(
  stored: readonly LedgerRecord[],
  spooled: SpooledChange,
): ReturnType<typeof rebase> | RouterError {
  try {
    return rebase(stored, spooled);
  } catch (error) {
    if (isMisuse(error)) return error;
    throw error;
  }
}

/**
 * The change with its records after those that are stored, and without those that are stored already.
 *
 * @throws RouterError `invalid-value`
 */
export function rebase(stored: readonly LedgerRecord[], spooled: SpooledChange): Change | 'known' | 'impossible' {
  try {
    return rebased(stored, spooled);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RouterError('invalid-value', `its records cannot be applied: ${why}`, { path: spooled.intentId, cause });
  }
}

/**
 * Drops a second decision for the intent (its attempts are charged to the plan decided first), evidence with a key that
 * the ledger has, a label of silence from before a later turn was known, and every record that the ledger has already.
 */
function rebased(stored: readonly LedgerRecord[], spooled: SpooledChange): ReturnType<typeof rebase> {
  const before = foldIntent(stored);
  let after = before;
  const records: LedgerRecord[] = [];
  for (const record of spooled.records) {
    if (after === undefined && record.kind !== 'decided') return 'impossible';
    if (stored.some(known => isSameFact(known, record)) || isBrokenSilence(stored, record)) continue;
    const next = follow(after, record);
    if (next === undefined) continue;
    records.push(next);
    after = appendRecord(after, next);
  }
  if (after === undefined || records.length === 0) return 'known';
  const expectedRevision = before?.revision ?? 0;
  const dueAtMs = after.outcome.state === 'pending' ? spooled.dueAtMs : null;
  return { ...spooled, expectedRevision, records, delta: contributionDelta(before, after), dueAtMs };
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

/** True for a label of silence where the user came back with a further request, of which its writer did not know. */
function isBrokenSilence(stored: readonly LedgerRecord[], record: LedgerRecord): boolean {
  if (!('evidence' in record) || record.evidence.source !== 'silence') return false;
  const turns = stored.map(known =>
    known.kind === 'attempted' && known.attempt.kind !== 'judge' ? known.attempt.turn : 0,
  );
  return Math.max(0, ...turns.slice(record.revision)) > Math.max(0, ...turns.slice(0, record.revision));
}

/** A replacement finds its attempt by identity, because its index may have changed. */
function followAttempt({ attempts, revision }: Intent, record: AttemptedRecord): LedgerRecord | undefined {
  if (record.replaces === undefined) return { ...record, revision };
  const { requestId, kind, startedAtMs } = record.attempt;
  const isSame = (attempt: Attempt): boolean =>
    attempt.requestId === requestId && attempt.kind === kind && attempt.startedAtMs === startedAtMs;
  const sameIndex = attempts[record.replaces];
  const replaces = sameIndex !== undefined && isSame(sameIndex) ? record.replaces : attempts.findIndex(isSame);
  return replaces < 0 ? undefined : { ...record, replaces, revision };
}

/**
 * True if the ledger has the record at its own revision, or at a later one where an earlier, unacknowledged replay put it.
 * Records are compared as JSON, because a store may keep them as JSON.
 */
function isSameFact(known: LedgerRecord, record: LedgerRecord): boolean {
  if (known.revision < record.revision || known.atMs !== record.atMs) return false;
  return isSameJson(factOf(known), factOf(record));
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

/** Equal regardless of the order of members. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [own, others] = [Object.entries(one), new Map(Object.entries(other))];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    own.length === others.size &&
    own.every(([name, value]) => others.has(name) && isSameJson(value, others.get(name)))
  );
}

function plain(fact: unknown): unknown {
  return JSON.parse(JSON.stringify(fact));
}
