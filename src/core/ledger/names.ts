/** Rules for the characters of ids, names and notes, so that every store, export and process keeps them unchanged. */

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

const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** A database may replace half a surrogate pair, or end text at NUL, so that two ids would become one. */
export function isStorable(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength && !UNSTORABLE.test(value);
}

/** What {@link isIntentId} accepts, for an error message. */
export const INTENT_ID = `text of 1 to ${MAX_ID_LENGTH} characters without "#", "~", "@", white space, control characters or lone surrogates`;

/** Characters with a special meaning in the `model` field are not allowed. */
export function isIntentId(value: unknown): value is string {
  return isStorable(value, MAX_ID_LENGTH) && !/[#~@\s]/.test(value);
}

/** What {@link isName} accepts, for an error message. @param what the thing that has the name: `feature` */
export function nameRule(what: string): string {
  return `a ${what} name without "#", "~", ">", "!", "@", ":", white space or control characters, up to ${MAX_NAME_LENGTH} long`;
}

/** The name of a model, a feature or a signal. */
export function isName(value: unknown): value is string {
  return isStorable(value, MAX_NAME_LENGTH) && !/[#~>!@\s:]/.test(value);
}

/**
 * Converts text from outside to text that every store keeps unchanged, so that no provider's text can prevent the
 * recording of its reply's cost. Control characters and lone surrogates are escaped as in JSON; a checksum replaces the
 * end of a long text, so that two texts stay different. Stored text, and most other text, is returned unchanged.
 */
export function storedText(text: string, maxLength = MAX_ID_LENGTH): string {
  const written = escaped(text);
  if (written.length <= maxLength) return written;
  // The cut may divide a surrogate pair, whose half is escaped with 5 more characters.
  return `${escaped(written.slice(0, maxLength - 14))}…${checksum(written)}`;
}

function escaped(text: string): string {
  if (!UNSTORABLE.test(text)) return text;
  const code = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replaceAll(/[\p{Cc}\p{Cs}]/gu, code);
}

/** FNV-1a of 32 bits, in at most 8 characters: enough to distinguish texts with the same beginning. */
export function checksum(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01_00_01_93);
  return (sum >>> 0).toString(16);
}
