/**
 * Audits: a random sample of intents is labelled by a person, as ground truth that outranks every other source and says
 * how far those are to be trusted. Works on any store, beside the routers that write to it.
 */
import type { Intent, LedgerRecord } from '../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../core/ledger/records.ts';
import { toDecimalUsd } from '../core/ledger/money.ts';
import { seededRandom } from '../core/math/random.ts';
import { contributionDelta } from '../core/cells/contribution.ts';
import type { Outcome, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import { commitOnLatest } from '../contracts/commit-on-latest.ts';
import type { Store } from '../contracts/store.ts';

/** Part of the intents that is drawn unless one says otherwise. */
const DEFAULT_AUDIT_FRACTION = 0.05;

export interface AuditOptions {
  readonly feature: string;
  /** Part of the intents that is drawn, 0 to 1; default {@link DEFAULT_AUDIT_FRACTION}. */
  readonly fraction?: number;
  /** Intents decided at or after, and before, milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Intents to hand out at most; default all of the sample. */
  readonly limit?: number;
  /** Drawn intents to look at, at most, those decided last; default all. */
  readonly maxDrawn?: number;
}

/** What an auditor is shown. Not what others have said of it: that would sway. */
export interface AuditItem {
  readonly intentId: string;
  readonly feature: string;
  readonly decidedAtMs: number;
  readonly session?: string;
  readonly plan: PlanKey;
  /** Configured name of the model whose reply was the last. */
  readonly model: string;
  readonly turns: number;
  /** Exact decimal USD spent on models. */
  readonly spendUsd: string;
}

export interface AuditSample {
  /** Intents of the feature in the period, those drawn, and those of them that an audit has labelled. */
  readonly intents: number;
  readonly drawn: number;
  readonly audited: number;
  /** Drawn and not yet labelled, the one decided last first. */
  readonly unlabelled: readonly AuditItem[];
}

/** More intents than anybody can audit a part of. */
const MAX_INTENTS = 5_000_000;

/**
 * The intents to audit. Whether an intent is drawn depends on its id alone: not on its outcome, not on when or how often
 * one looks, and a larger share only adds to a smaller one.
 */
export async function auditSample(store: Store, options: AuditOptions): Promise<AuditSample> {
  const {
    feature,
    fraction = DEFAULT_AUDIT_FRACTION,
    fromMs,
    toMs,
    limit = MAX_INTENTS,
    maxDrawn: mostDrawn,
  } = options;
  if (!(fraction > 0 && fraction <= 1)) {
    throw new RouterError('invalid-value', `${fraction} is not a fraction of the intents`, {
      path: 'fraction',
      accepted: 'above 0, at most 1',
    });
  }
  const ids = await store.intents({
    feature,
    limit: MAX_INTENTS,
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  });
  const drawn = ids.filter(id => isDrawn(id, fraction)).slice(0, mostDrawn);
  const unlabelled: AuditItem[] = [];
  let audited = 0;
  let answered = 0;
  for (const id of drawn) {
    const intent = foldIntent(await store.load(id));
    const item = intent === undefined ? undefined : itemOf(intent);
    if (intent === undefined || item === undefined) continue;
    answered++;
    if (isAudited(intent)) audited++;
    else if (unlabelled.length < limit) unlabelled.push(item);
  }
  return { intents: ids.length, drawn: answered, audited, unlabelled };
}

export function isDrawn(intentId: string, fraction: number): boolean {
  return seededRandom(`audit/${intentId}`).next() < fraction;
}

function isAudited({ evidence }: Intent): boolean {
  return evidence.findLast(({ source }) => source === 'audit')?.success !== null && evidence.some(isAudit);
}

function isAudit({ source }: { readonly source: string }): boolean {
  return source === 'audit';
}

/** `undefined` for an intent that nobody answered: there is nothing to judge. */
function itemOf({ id, decided, attempts }: Intent): AuditItem | undefined {
  const answered = attempts.findLast(attempt => attempt.status === 'ok' && attempt.kind !== 'judge');
  if (answered === undefined) return undefined;
  return {
    intentId: id,
    feature: decided.feature,
    decidedAtMs: decided.atMs,
    ...(decided.session === undefined ? {} : { session: decided.session }),
    plan: planKey(decided.decision.plan),
    model: answered.model,
    turns: Math.max(...attempts.map(attempt => attempt.turn)),
    spendUsd: toDecimalUsd(attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0)),
  };
}

export interface AuditLabel {
  readonly intentId: string;
  /** `null` withdraws the audit's word. */
  readonly success: boolean | null;
  readonly nowMs: number;
}

/**
 * Writes an audit's word into the ledger and the statistics; saying the same again changes nothing.
 *
 * @throws RouterError `unknown-intent`; `invalid-value` for a label that is none
 */
export async function recordAudit(store: Store, { intentId, success, nowMs }: AuditLabel): Promise<Outcome> {
  // A ledger is for good: what comes from a script or a form is checked before it is written.
  if (success !== null && typeof success !== 'boolean') {
    throw new RouterError('invalid-value', `${JSON.stringify(success) ?? typeof success} is no label`, {
      path: 'success',
      accepted: 'true, false, or null to withdraw the label',
    });
  }
  return commitOnLatest(store, intentId, records => {
    const intent = foldIntent(records);
    if (intent === undefined) {
      throw new RouterError('unknown-intent', `no intent has the id "${intentId}"`, {
        accepted: 'the id of an intent in this ledger',
      });
    }
    const { feature } = intent.decided;
    const last = intent.evidence.findLast(isAudit);
    if ((last?.success ?? null) === success) return { result: intent.outcome };
    const record: LedgerRecord = {
      kind: intent.evidence.length === 0 ? 'labelled' : 'corrected',
      intentId,
      feature,
      revision: intent.revision,
      atMs: nowMs,
      evidence: { source: 'audit', success },
    };
    const after = appendRecord(intent, record);
    const change = { intentId, feature, expectedRevision: intent.revision, records: [record], dueAtMs: null };
    return { change: { ...change, delta: contributionDelta(intent, after) }, result: after.outcome };
  });
}

/** A link of the user's own system for an intent: `https://support.example/{intentId}`. */
export function auditLink(template: string, item: Pick<AuditItem, 'intentId' | 'session' | 'feature'>): string {
  return template.replace(/\{(intentId|session|feature)\}/g, (_, name: 'intentId' | 'session' | 'feature') =>
    encodeURIComponent(item[name] ?? ''),
  );
}
