/** The errors that a caller gets for records that are not in the store. */
import { errorLabel, RouterError } from '../../errors.ts';

/** Intents with records in memory that the store does not take. More survive a longer outage without a spool and use more memory. */
export const MAX_KEPT_INTENTS = 10_000;

/** A RouterError of the store is returned unchanged; the message of any other error is not quoted, because it may contain anything. */
export function notStored(error: unknown): RouterError {
  if (RouterError.isInstance(error)) return error;
  return new RouterError('store-unusable', `records could not be stored: ${errorLabel(error)}`, { cause: error });
}

/** One error for the lost records of several intents; `undefined` where none are lost. */
export function lossError(losses: readonly RouterError[]): RouterError | undefined {
  const last = losses.at(-1);
  if (last === undefined || losses.length === 1) return last;
  const count = losses.length < MAX_KEPT_INTENTS ? losses.length : `${MAX_KEPT_INTENTS} or more`;
  const message = `records of ${count} intents are lost; the last: ${last.message}`;
  return new RouterError(last.code, message, { cause: last });
}

export function tooManyKept(what: string): RouterError {
  return new RouterError('store-unusable', `${what}; at most ${MAX_KEPT_INTENTS} intents wait for the store`, {
    accepted: 'a store that can be reached, or a spool on a disk with space',
  });
}
