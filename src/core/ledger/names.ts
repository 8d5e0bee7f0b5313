/** What ids, names and notes may be, so that every store, export and process has them unchanged. */

/** The longest id of an intent or a session, and the longest key of an outcome, in UTF-16 code units. */
export const MAX_ID_LENGTH = 512;

/** The longest name of a model, feature, signal or context. */
export const MAX_NAME_LENGTH = 200;

/** The longest note for people, and the longest version of a prompt. */
export const MAX_NOTE_LENGTH = 500;

/** What {@link isStorable} accepts, for an error message. */
export function storableText(maxLength: number): string {
  return `text of 1 to ${maxLength} characters without control characters or lone surrogates`;
}

/** A database replaces half of a surrogate pair and may end text at NUL: two ids would become one. */
export function isStorable(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength && !/[\p{Cc}\p{Cs}]/u.test(value);
}

/** What {@link isIntentId} accepts, for an error message. */
export const INTENT_ID = `text of 1 to ${MAX_ID_LENGTH} characters without "#", "~", "@", white space, control characters or lone surrogates`;

/** Characters with a meaning in the `model` slot are not allowed. */
export function isIntentId(value: unknown): value is string {
  return isStorable(value, MAX_ID_LENGTH) && !/[#~@\s]/.test(value);
}

/** The name of a model, a feature or a signal. */
export function isName(value: unknown): value is string {
  return isStorable(value, MAX_NAME_LENGTH) && !/[#~>!@\s:]/.test(value);
}
