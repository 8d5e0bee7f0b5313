/** One outcome as a row of JSON: which intent or session it is about, and what is to be recorded. */
import { MAX_ID_LENGTH, isStorable, storableText } from '../core/ledger/names.ts';
import { sessionUnitId } from '../core/ledger/session-unit.ts';
import { nearestName } from '../nearest-name.ts';
import type { OutcomeRefusal } from './refusal.ts';
import { wrongField } from './refusal.ts';

/**
 * A row of a request. With `success` it is an explicit outcome, and `null` withdraws it; with `signal` it is implicit evidence, whose
 * meaning the configuration says.
 */
export interface SentOutcome {
  readonly feature: string;
  /** The intent's id: this, or `session`. */
  readonly intentId?: string;
  /** The session's name, for a feature with `outcomeOf: 'session'`. */
  readonly session?: string;
  readonly success?: boolean | null;
  /** A person took over. */
  readonly escalated?: boolean;
  /** Actual cost of the failure, USD. */
  readonly costUsd?: number;
  /** Idempotency key: an outcome with a key that is recorded already adds nothing. */
  readonly key?: string;
  readonly signal?: string;
  readonly value?: boolean | number | string;
}

/** A row that says what to record; its values are still to be checked by the router. */
export interface ReadRow {
  readonly feature: string;
  readonly intentId: string;
  readonly session: string | undefined;
  readonly evidence:
    | { readonly kind: 'outcome'; readonly outcome: Pick<SentOutcome, 'success' | 'escalated' | 'costUsd' | 'key'> }
    | { readonly kind: 'signal'; readonly signal: string; readonly value: unknown }
    | { readonly kind: 'revoke' };
}

const OF_OUTCOME = ['escalated', 'costUsd', 'key'] as const;
const FIELDS: readonly (keyof SentOutcome)[] = [
  'feature',
  'intentId',
  'session',
  'success',
  ...OF_OUTCOME,
  'signal',
  'value',
];

/** Reads one row, which may be any JSON value. */
export function readRow(given: unknown): ReadRow | OutcomeRefusal {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return wrongField('body', 'an outcome is an object', FIELDS);
  for (const field of Object.keys(given)) {
    if ((FIELDS as readonly string[]).includes(field)) continue;
    const meant = nearestName(field, FIELDS);
    const shown = field.length > 50 ? `${field.slice(0, 50)}…` : field;
    const hint = meant === undefined ? '' : `, did you mean "${meant}"?`;
    return wrongField(shown, `there is no field of this name${hint}`, FIELDS);
  }
  const row = given as Readonly<Record<keyof SentOutcome, unknown>>;
  if (typeof row.feature !== 'string') return wrongField('feature', 'it has to be text', 'the name of a feature');
  const subject = subjectOf(row);
  if ('error' in subject) return subject;
  const evidence = evidenceOf(row);
  return 'error' in evidence ? evidence : { feature: row.feature, ...subject, evidence };
}

type AnyRow = Readonly<Partial<Record<keyof SentOutcome, unknown>>>;

function subjectOf({ intentId, session }: AnyRow): Pick<ReadRow, 'intentId' | 'session'> | OutcomeRefusal {
  if ((intentId === undefined) === (session === undefined))
    return wrongField('intentId', 'one of `intentId` and `session` is needed', ['intentId', 'session']);
  // The router checks the other fields.
  if (session === undefined) return { intentId: intentId as string, session: undefined };
  if (!isStorable(session, MAX_ID_LENGTH))
    return wrongField('session', 'it is not the name of a session', storableText(MAX_ID_LENGTH));
  return { intentId: sessionUnitId(session), session };
}

function evidenceOf(row: AnyRow): ReadRow['evidence'] | OutcomeRefusal {
  const { success, signal, value } = row;
  if ((success === undefined) === (signal === undefined))
    return wrongField('success', 'one of `success` and `signal` is needed', ['success', 'signal']);
  const given = OF_OUTCOME.filter(field => row[field] !== undefined);
  if (success === undefined || success === null) {
    if (given[0] !== undefined) return wrongField(given[0], 'it belongs to an outcome: `success` true or false');
  }
  if (signal === undefined) {
    if (value !== undefined) return wrongField('value', 'it belongs to a `signal`');
    if (success === null) return { kind: 'revoke' };
    const details = Object.fromEntries(given.map(field => [field, row[field]]));
    return { kind: 'outcome', outcome: { success: success as boolean, ...details } };
  }
  if (typeof signal !== 'string') return wrongField('signal', 'it has to be text', 'the name of a signal');
  return { kind: 'signal', signal, value };
}
