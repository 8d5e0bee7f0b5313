/** Answers for rows that were not recorded: one clear error each, which names the field and what would be accepted. */
import { RouterError } from '../errors.ts';

/** The JSON of an error: a code for programs, and a sentence for people. */
export interface OutcomeError {
  readonly code: string;
  readonly message: string;
  /** The field of the row that it is about: `costUsd`. */
  readonly field?: string;
  /** What would be accepted instead. */
  readonly accepted?: readonly string[] | string;
}

/** A request, or one row of it, that was not recorded. */
export interface OutcomeRefusal {
  readonly status: number;
  readonly error: OutcomeError;
}

export function refusal(
  status: number,
  code: string,
  message: string,
  details: Pick<OutcomeError, 'field' | 'accepted'> = {},
): OutcomeRefusal {
  return { status, error: { code, message, ...details } };
}

/** The refusal of a row for one of its fields. */
export function wrongField(field: string, message: string, accepted?: readonly string[] | string): OutcomeRefusal {
  const wanted = accepted === undefined ? {} : { accepted };
  return refusal(400, 'invalid-value', `${field}: ${message}`, { field, ...wanted });
}

/** The HTTP status for each error of the router; any other error is a fault of the application, answered without its text. */
const STATUS: Readonly<Partial<Record<RouterError['code'], number>>> = {
  'invalid-value': 400,
  'unknown-signal': 400,
  'unknown-feature': 404,
  'unknown-intent': 404,
  'intent-of-another-feature': 409,
  'intent-removed': 410,
  'store-unusable': 503,
};

const ID = { field: 'intentId', accepted: 'the id of an intent of this feature' } as const;

/** @returns `undefined` for an error that is not the caller's */
export function refusalOf(error: unknown): OutcomeRefusal | undefined {
  if (!RouterError.isInstance(error)) return undefined;
  const status = STATUS[error.code];
  if (status === undefined) return undefined;
  // A store's error message may name files and hosts.
  if (status === 503)
    return refusal(503, error.code, 'the outcome could not be stored yet: send it again, with the same key');
  // The caller may have no right to know the name of the other feature.
  if (status === 409) return refusal(409, error.code, 'intentId: the intent belongs to another feature', ID);
  const field = fieldOf(error);
  const path = error.path === undefined ? '' : `${error.path}: `;
  const sentence = error.message.startsWith(path) ? error.message.slice(path.length) : error.message;
  const { accepted } = error;
  return refusal(status, error.code, field === undefined ? sentence : `${field}: ${sentence}`, {
    ...(field === undefined ? {} : { field }),
    ...(accepted === undefined ? {} : { accepted }),
  });
}

/** The field of a row for a path of the router's arguments. */
function fieldOf({ code, path = '' }: RouterError): string | undefined {
  if (code === 'unknown-signal') return 'signal';
  if (path.startsWith('outcome.')) return path.slice('outcome.'.length);
  if (path === 'intent.id' || path === 'intentId') return 'intentId';
  if (path === 'feature') return 'feature';
  return path.startsWith('features[') ? 'value' : undefined;
}
