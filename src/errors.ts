/**
 * The one error class of the library. It is thrown for configuration mistakes and misuse only: what a provider answers
 * is never wrapped, and a fault inside the router never breaks a call the provider would have answered.
 */
import { nearestName } from './nearest-name.ts';

const marker: unique symbol = Symbol.for('outcome-router.error') as never;

/** The kind of a mistake: a stable literal for a `switch`. docs/when-a-call-fails.md says what each one means. */
export type RouterErrorCode =
  | 'invalid-config'
  | 'unknown-model'
  | 'unknown-feature'
  | 'unknown-signal'
  | 'unknown-intent'
  | 'intent-of-another-feature'
  | 'intent-removed'
  | 'unknown-price'
  | 'invalid-value'
  | 'invalid-name'
  | 'wrong-provider'
  | 'unsupported-client'
  | 'no-eligible-candidate'
  | 'budget-exhausted'
  | 'deadline-exceeded'
  | 'provider-refused'
  | 'invalid-data'
  | 'store-unusable'
  | 'cursor-expired'
  | 'unsupported-runtime';

export interface RouterErrorDetails {
  /** Where the mistake is, in the configuration or in the arguments: `features.support.candidates[1]`. */
  readonly path?: string;
  /** What would have been accepted instead. */
  readonly accepted?: readonly string[] | string;
  /** The name that was given instead of an accepted one: the message suggests the nearest. */
  readonly given?: string;
  readonly cause?: unknown;
}

/**
 * Thrown for configuration mistakes and misuse.
 *
 * @example
 * ```ts
 * try { createRouter(JSON.parse('{}')); }
 * catch (error) { if (RouterError.isInstance(error)) console.error(error.code, error.path, error.accepted); }
 * ```
 */
export class RouterError extends Error {
  readonly code: RouterErrorCode;
  readonly path: string | undefined;
  readonly accepted: readonly string[] | string | undefined;
  readonly [marker] = true;

  constructor(code: RouterErrorCode, message: string, details: RouterErrorDetails = {}) {
    super(describe(message, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RouterError';
    this.code = code;
    this.path = details.path;
    this.accepted = details.accepted;
  }

  /** True for a RouterError of any copy of this package in the process (`instanceof` fails when there are several). */
  static isInstance(error: unknown): error is RouterError {
    return typeof error === 'object' && error !== null && marker in error;
  }
}

/**
 * The part of an error that may be logged: the message of our own errors, the name and code of any other. Messages of
 * validators, judges and providers may quote replies, prompts and even keys (`Incorrect API key provided: …`).
 */
export function errorLabel(error: unknown): string {
  if (RouterError.isInstance(error)) return error.message;
  if (!(error instanceof Error)) return typeof error;
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  const detail =
    typeof status === 'number' ? status : typeof code === 'string' && SYSTEM_CODE.test(code) ? code : undefined;
  return detail === undefined ? error.name : `${error.name} ${detail}`;
}

/** `ECONNRESET`, `ERR_INVALID_URL`. Other codes come from a provider and may hold its text. */
const SYSTEM_CODE = /^E[A-Z0-9_]+$/;

/** Limit on the length of a path, or of what is wrong, in a message: a name of megabytes would fill a log. */
const MAX_PART = 1_000;

/** Limit on the names listed in a message: the nearest to a misspelled one is suggested in any case. */
const MAX_LISTED = 50;

function shortened(text: string): string {
  return text.length > MAX_PART ? `${text.slice(0, MAX_PART)}…` : text;
}

function describe(whole: string, { path, accepted, given }: RouterErrorDetails): string {
  const where = path === undefined ? '' : `${shortened(path)}: `;
  const message = shortened(whole);
  if (accepted === undefined) return where + message;
  if (typeof accepted === 'string') return `${where}${message} (accepted: ${accepted})`;
  const meant = given === undefined ? undefined : nearestName(given, accepted);
  const hint = meant === undefined ? '' : `, did you mean "${meant}"?`;
  const more = accepted.length - MAX_LISTED;
  const names = accepted.slice(0, MAX_LISTED).map(name => `"${name}"`);
  const list = [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return `${where}${message}${hint} (accepted: ${list === '' ? 'nothing' : list})`;
}

/** The error for a wrong value. Not for values that may be secret: the message quotes text and numbers. */
export function invalidValue(value: unknown, path: string, accepted: readonly string[] | string): RouterError {
  const given = typeof value === 'string' ? { given: value } : {};
  return new RouterError('invalid-value', `${shown(value)} is not accepted`, { path, accepted, ...given });
}

/** The error for a name that does not exist. */
export function unknownName(
  kind: 'feature' | 'model' | 'signal',
  name: unknown,
  { path, accepted }: { readonly path: string; readonly accepted: Iterable<string> },
): RouterError {
  return new RouterError(`unknown-${kind}`, `no ${kind} is named ${shown(name)}`, {
    path,
    accepted: [...accepted],
    ...(typeof name === 'string' ? { given: name } : {}),
  });
}

/** Characters of a wrong value that a message quotes. */
const MAX_SHOWN = 200;

function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  if (Array.isArray(value)) return 'a list';
  const isQuoted = value === null || !['object', 'function', 'symbol'].includes(typeof value);
  return isQuoted ? String(value) : `this ${typeof value}`;
}

/** What {@link isText} accepts, for an error message. */
export const TEXT = 'text that is not blank';

/** Text of spaces alone counts as missing: it is what a template leaves where a setting is missing. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** @throws RouterError `invalid-value` unless the value is text, not blank */
export function checkText(value: unknown, path: string): void {
  if (!isText(value)) throw invalidValue(value, path, TEXT);
}

/**
 * Checks that options are an object with known properties only: a misspelled option would be ignored otherwise.
 *
 * @throws RouterError `invalid-value` with the path of the property
 */
export function checkNames(options: unknown, known: readonly string[], path: string): void {
  // A promise and a map are objects without options: the caller forgot to await or to convert it.
  if (typeof options !== 'object' || options === null || Symbol.iterator in options || 'then' in options)
    throw invalidValue(options, path, known.length === 0 ? 'no options' : `an object with ${known.join(', ')}`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new RouterError('invalid-value', `no option is named "${name}"`, {
      path: `${path}.${name}`,
      accepted: known,
      given: name,
    });
  }
}
