/**
 * Audits: a person labels a random sample of intents. Audit labels are ground truth: they outrank every other source and
 * measure how far those can be trusted. Works on any store, while routers write to it.
 */
import type { Intent, LedgerRecord } from '../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../core/ledger/records.ts';
import { seededRandom } from '../core/math/random.ts';
import { contributionDelta } from '../core/cells/contribution.ts';
import type { Evidence, Outcome } from '../core/ledger/vocabulary.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import { formatPercent } from '../core/report/wording.ts';
import { RouterError } from '../errors.ts';
import { recordsLeft } from '../contracts/archiving.ts';
import { commitOnLatest } from '../contracts/commit-on-latest.ts';
import type { Store } from '../contracts/store.ts';

/** Default fraction of the intents that is drawn. Larger: more work for the auditor, narrower corrected rates. */
const DEFAULT_AUDIT_FRACTION = 0.05;

export interface AuditOptions {
  readonly feature: string;
  /** Fraction of the intents to draw, above 0, at most 1; default {@link DEFAULT_AUDIT_FRACTION}. */
  readonly fraction?: number;
  /** Period of the intents' decisions: from `fromMs` to before `toMs`, milliseconds since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Return at most this many unlabelled intents; default: all of the sample. */
  readonly limit?: number;
  /** Read at most this many drawn intents, the most recent ones; default: all. */
  readonly maxDrawn?: number;
  /** Only intents that this rater has labelled count as audited, so that two people can label the same sample. */
  readonly rater?: string;
}

/** What an auditor sees of an intent. Plan, model, cost and other evidence are hidden, so that they cannot bias the auditor. */
export interface AuditItem {
  readonly intentId: string;
  readonly feature: string;
  readonly decidedAtMs: number;
  readonly session?: string;
}

export interface AuditSample {
  /**
   * Numbers of intents: all of the feature in the period; the drawn ones with a reply; the drawn ones with a reply and
   * an audit label.
   */
  readonly intents: number;
  readonly drawn: number;
  readonly audited: number;
  /** Drawn intents without an audit label, the latest decision first. */
  readonly unlabelled: readonly AuditItem[];
}

/** The store's query needs a limit; this one is above the number of intents that a feature has in a period. */
const MAX_INTENTS = 5_000_000;

/**
 * Draws the intents to audit. Whether an intent is drawn depends on its id alone, so the sample does not depend on outcomes or
 * on when and how often it is read, and a larger fraction contains the sample of a smaller one.
 *
 * @throws RouterError `invalid-value` for a fraction out of range
 */
export async function auditSample(store: Store, options: AuditOptions): Promise<AuditSample> {
  const { feature, fraction = DEFAULT_AUDIT_FRACTION, fromMs, toMs, limit = MAX_INTENTS, maxDrawn, rater } = options;
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
  const drawn = ids.filter(id => isDrawn(id, fraction)).slice(0, maxDrawn);
  const unlabelled: AuditItem[] = [];
  let audited = 0;
  let withReply = 0;
  for (const id of drawn) {
    const intent = foldIntent(await recordsLeft(store, id));
    const item = intent === undefined ? undefined : itemOf(intent);
    if (intent === undefined || item === undefined) continue;
    withReply++;
    if (typeof auditBy(intent, rater)?.success === 'boolean') audited++;
    else if (unlabelled.length < limit) unlabelled.push(item);
  }
  return { intents: ids.length, drawn: withReply, audited, unlabelled };
}

/**
 * Refuses an intent that {@link auditSample} does not draw: labels of intents chosen in another way would bias the rates that an audit
 * corrects.
 *
 * @throws RouterError `unknown-intent`
 */
export async function requireDrawn(
  store: Store,
  intentId: string,
  { feature, fraction = DEFAULT_AUDIT_FRACTION }: { readonly feature?: string | undefined; readonly fraction?: number },
): Promise<void> {
  const intent = foldIntent(await recordsLeft(store, intentId));
  const item = intent === undefined ? undefined : itemOf(intent);
  const problem =
    intent === undefined
      ? `no intent has the id "${intentId}"`
      : feature !== undefined && intent.decided.feature !== feature
        ? `the intent "${intentId}" belongs to the feature "${intent.decided.feature}"`
        : item === undefined
          ? `the intent "${intentId}" has no reply that could be judged`
          : isDrawn(intentId, fraction)
            ? undefined
            : `the intent "${intentId}" is not in the random sample of ${formatPercent(fraction)}`;
  if (problem === undefined) return;
  throw new RouterError('unknown-intent', problem, {
    path: '--label',
    accepted: 'the id of an intent that `audit` lists with the same --feature and --fraction',
  });
}

export function isDrawn(intentId: string, fraction: number): boolean {
  return seededRandom(`audit/${intentId}`).next() < fraction;
}

/** The last audit label of an intent: by any rater, or by one rater. */
function auditBy({ evidence }: Intent, rater?: string): Evidence | undefined {
  return evidence.findLast(
    ({ source, signal, value }) => source === 'audit' && (rater === undefined || (signal === RATER && value === rater)),
  );
}

/** Name of the field in which an audit's evidence records who gave the label. */
const RATER = 'rater';

/** The raters who have labelled an intent, each with their last label. */
export function auditsOf({ evidence }: Intent): ReadonlyMap<string, boolean> {
  const labels = new Map<string, boolean>();
  for (const { source, signal, value, success } of evidence) {
    if (source !== 'audit' || signal !== RATER || typeof value !== 'string') continue;
    if (success === null) labels.delete(value);
    else labels.set(value, success);
  }
  return labels;
}

/** `undefined` for an intent without a reply, because there is nothing to judge. */
function itemOf({ id, decided, attempts }: Intent): AuditItem | undefined {
  const hasReply = attempts.some(attempt => attempt.status === 'ok' && attempt.kind !== 'judge' && !isPending(attempt));
  if (!hasReply) return undefined;
  return {
    intentId: id,
    feature: decided.feature,
    decidedAtMs: decided.atMs,
    ...(decided.session === undefined ? {} : { session: decided.session }),
  };
}

export interface AuditLabel {
  readonly intentId: string;
  /** `null` withdraws the label. */
  readonly success: boolean | null;
  readonly nowMs: number;
  /** Who gives the label. */
  readonly rater?: string;
}

/**
 * Writes an audit label to the ledger and the statistics. Repeating the same label writes nothing.
 *
 * @throws RouterError `unknown-intent`; `invalid-value` for anything but true, false and null
 */
export async function recordAudit(store: Store, { intentId, success, nowMs, rater }: AuditLabel): Promise<Outcome> {
  // A wrong record cannot be removed from the append-only ledger, so input from scripts and forms is checked first.
  if (success !== null && typeof success !== 'boolean') {
    throw new RouterError('invalid-value', `${JSON.stringify(success) ?? typeof success} is not a label`, {
      path: 'success',
      accepted: 'true, false, or null to withdraw the label',
    });
  }
  return commitOnLatest(store, intentId, records => {
    const intent = foldIntent(records);
    if (intent === undefined) {
      throw new RouterError('unknown-intent', `no intent has the id "${intentId}"`, {
        path: 'intentId',
        accepted: 'the id of an intent in this ledger',
      });
    }
    const { feature } = intent.decided;
    const last = auditBy(intent, rater);
    if ((last?.success ?? null) === success) return { result: intent.outcome };
    const record: LedgerRecord = {
      kind: intent.evidence.length === 0 ? 'labelled' : 'corrected',
      intentId,
      feature,
      revision: intent.revision,
      atMs: nowMs,
      evidence: { source: 'audit', success, ...(rater === undefined ? {} : { signal: RATER, value: rater }) },
    };
    const after = appendRecord(intent, record);
    const change = { intentId, feature, expectedRevision: intent.revision, records: [record], dueAtMs: null };
    return { change: { ...change, delta: contributionDelta(intent, after) }, result: after.outcome };
  });
}
