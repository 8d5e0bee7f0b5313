/** Records evidence about an intent: explicit outcomes, signals, silence. */
import type { Intent } from '../../core/ledger/records.ts';
import { isSessionUnit } from '../../core/ledger/session-unit.ts';
import type { Evidence, Outcome } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Engine } from '../engine.ts';
import type { NewRecord } from '../state/pending-records.ts';

interface EvidenceOf {
  readonly feature: string;
  readonly intentId: string;
  /** The session by which the application refers to the intent. */
  readonly session?: string | undefined;
}

/**
 * Appends evidence to an intent. Nothing is appended for evidence with a `key` that is recorded already, or, without a key,
 * for evidence that repeats the last of its source.
 *
 * @throws RouterError `unknown-intent`, or `intent-of-another-feature`
 */
export async function recordEvidence(
  { book, runtime }: Pick<Engine, 'book' | 'runtime'>,
  { feature, intentId, session }: EvidenceOf,
  evidence: Evidence,
): Promise<Outcome> {
  const unknown = () => (session === undefined ? unknownIntent(intentId, feature) : unknownSession(session, feature));
  const intent = await book.append(intentId, known => {
    if (known === undefined) throw unknown();
    requireFeature(known, feature);
    return isRepeated(known, evidence) ? [] : [evidenceRecord(known, evidence, runtime.nowMs())];
  });
  if (intent === undefined) throw unknown();
  return intent.outcome;
}

/** The next record of an intent's evidence: its first evidence labels it, any later evidence corrects it. */
export function evidenceRecord(intent: Intent, evidence: Evidence, atMs: number): NewRecord {
  const kind = intent.evidence.length === 0 ? 'labelled' : 'corrected';
  return { kind, intentId: intent.id, feature: intent.decided.feature, atMs, evidence };
}

function isRepeated(intent: Intent, evidence: Evidence): boolean {
  if (evidence.key !== undefined) return intent.evidence.some(earlier => earlier.key === evidence.key);
  const last = intent.evidence.findLast(earlier => earlier.source === evidence.source);
  return last !== undefined && EVIDENCE_FIELDS.every(field => last[field] === evidence[field]);
}

const EVIDENCE_FIELDS = ['success', 'signal', 'value', 'escalated', 'costNanoUsd', 'key', 'isWithdrawal'] as const;

/**
 * A user who comes back was not silent: a further request withdraws the evidence from silence, and the window starts again with
 * the reply to that request. Evidence of other sources stays. Even where such evidence outranks silence now, silence is
 * withdrawn, because that evidence may be revoked later. Returns no record where there is nothing to withdraw.
 */
export function withdrawal(
  { silence }: Pick<ResolvedFeature, 'silence'>,
  intent: Intent | undefined,
  atMs: number,
): readonly NewRecord[] {
  if (intent === undefined || silence?.laterTurn !== 'withdraws') return [];
  const last = intent.evidence.findLast(({ source }) => source === 'silence');
  if (last === undefined || last.isWithdrawal === true) return [];
  return [evidenceRecord(intent, { source: 'silence', success: null, isWithdrawal: true }, atMs)];
}

/**
 * An id belongs to one feature: otherwise the spend of another feature would be charged to this one. @throws RouterError
 * `intent-of-another-feature`
 */
export function requireFeature({ id, decided }: Pick<Intent, 'id' | 'decided'>, feature: string): void {
  if (decided.feature === feature) return;
  if (isSessionUnit(decided))
    throw new RouterError(
      'intent-of-another-feature',
      `the outcome of the session "${decided.session}" belongs to "${decided.feature}"`,
      {
        path: 'intent.session',
        accepted: "`outcomeOf: 'session'` in one of a session's features, or a session for each",
      },
    );
  throw new RouterError('intent-of-another-feature', `the intent "${id}" belongs to "${decided.feature}"`, {
    path: 'intent.id',
    accepted: `an id of its own for each feature, such as "${id}:${feature}"`,
  });
}

export function unknownIntent(intentId: string, feature?: string): RouterError {
  const where = feature === undefined ? '' : ` in "${feature}"`;
  return new RouterError('unknown-intent', `no intent${where} has the id "${intentId}"`, {
    path: 'intentId',
    accepted: 'the `id` of an intent that was routed with this store',
  });
}

function unknownSession(session: string, feature: string): RouterError {
  return new RouterError('unknown-intent', `no request in "${feature}" belonged to the session "${session}"`, {
    path: 'intent.session',
    accepted: 'a session that had a request with this store',
  });
}
