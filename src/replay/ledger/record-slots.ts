/** Slots: the values that differ between records of one layout (ids, times, costs, counts), by the members they belong to. */
import { METERS } from '../../core/ledger/usage.ts';

/** Kinds of values that a slot can contain. */
export const NUMBER = 1;
export const TEXT = 2;
/** A number that need not be whole. */
const FRACTION = 4;
/** The id of an intent, which may not contain every character. */
const ID = 8;
/** A text that may be empty. */
const EMPTY = 16;

/** Members that are slots, wherever they are. */
export const SLOTS: ReadonlyMap<string, number> = new Map([
  ['intentId', TEXT | ID],
  ['session', TEXT],
  ['reason', TEXT | EMPTY],
  ['requestId', TEXT],
  ['providerRequestId', TEXT | EMPTY],
  ['replyKeys', TEXT | EMPTY],
  ['key', TEXT],
  ['value', NUMBER | TEXT | FRACTION | EMPTY],
  ['atMs', NUMBER],
  ['propensity', NUMBER | FRACTION],
  ['failureCostNanoUsd', NUMBER],
  ['costNanoUsd', NUMBER],
  ['startedAtMs', NUMBER | FRACTION],
  ['latencyMs', NUMBER | FRACTION],
  ['firstByteMs', NUMBER | FRACTION],
  ...[...METERS, 'reasoning'].map(meter => [meter, NUMBER] as const),
]);

/** Whether a value of a member is a slot. */
export function isSlot(member: string, value: unknown): boolean {
  const slot = SLOTS.get(member) ?? 0;
  return (typeof value === 'number' && (slot & NUMBER) !== 0) || (typeof value === 'string' && (slot & TEXT) !== 0);
}

/** A record with more slots is parsed as JSON. */
export const MAX_SLOTS = 256;
/** Any number with this many digits is exact. */
const MAX_DIGITS = 15;
/** The longest text of a slot, the same limit as for ids. */
const MAX_TEXT = 512;

export const [QUOTE, BACKSLASH, COLON, MINUS] = [34, 92, 58, 45] as const;
const [POINT, ZERO, NINE, SPACE, HASH, AT, LARGE_E, SMALL_E, TILDE] = [46, 48, 57, 32, 35, 64, 69, 101, 126] as const;

/** By character: whether a text may contain it without an escape (`TEXT`), and whether an id may (`ID`). */
const ALLOWED = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code < SPACE || code > TILDE || code === BACKSLASH || code === QUOTE) return 0;
  return code === SPACE || code === HASH || code === AT || code === TILDE ? TEXT : TEXT | ID;
});

/** Where the text that begins here ends; −1 if it has a character that it should not have, or no end. */
export function endOfText(bytes: Uint8Array, begin: number, kind: number): number {
  const wanted = (kind & ID) === 0 ? TEXT : ID;
  let i = begin;
  while (i < bytes.length && ((ALLOWED[bytes[i] as number] as number) & wanted) !== 0) i++;
  const isWhole = bytes[i] === QUOTE && i - begin <= MAX_TEXT && (i > begin || (kind & EMPTY) !== 0);
  return isWhole ? i : -1;
}

/** Where the number that begins here ends; −1 if it is not written as numbers of this kind are, or may not be exact. */
export function endOfNumber(bytes: Uint8Array, begin: number, kind: number): number {
  let i = begin;
  while (isDigit(bytes[i] as number)) i++;
  if (i === begin || i - begin > MAX_DIGITS || (bytes[begin] === ZERO && i - begin > 1)) return -1;
  if (bytes[i] === POINT) {
    if ((kind & FRACTION) === 0) return -1;
    const point = i++;
    while (isDigit(bytes[i] as number)) i++;
    if (i === point + 1) return -1;
  }
  return bytes[i] === SMALL_E || bytes[i] === LARGE_E ? -1 : i;
}

/** Digits of a number that a sum of 32 bits can hold. */
const INT_DIGITS = 9;

/** The value of the number between these places; NaN for a fraction. */
export function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  // Whole numbers of 32 bits, because a sum of floats waits for the one before it three times as long.
  if (to - from > INT_DIGITS) {
    const middle = to - INT_DIGITS;
    return wholeNumber(bytes, from, middle) * 1e9 + wholeNumber(bytes, middle, to);
  }
  let number = 0;
  for (let i = from; i < to; i++) {
    const code = bytes[i] as number;
    if (code === POINT) return Number.NaN;
    number = (Math.imul(10, number) + code - ZERO) | 0;
  }
  return number;
}

/** Powers of ten up to this one are exact. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** The value of the number with a fraction between these places; NaN where only its text gives it exactly. */
export function exactFraction(bytes: Uint8Array, from: number, to: number): number {
  let point = from;
  while (point < to && bytes[point] !== POINT) point++;
  const decimals = to - point - 1;
  if (decimals < 1 || decimals >= EXACT_POWERS.length) return Number.NaN;
  const whole = wholeNumber(bytes, from, point);
  const middle = Math.max(point + 1, to - INT_DIGITS);
  const high = wholeNumber(bytes, point + 1, middle);
  // The quotient of two exact numbers is the number that is closest to the text, as the language reads it.
  const digits =
    (whole * (EXACT_POWERS[middle - point - 1] as number) + high) * (EXACT_POWERS[to - middle] as number) +
    wholeNumber(bytes, middle, to);
  return digits <= Number.MAX_SAFE_INTEGER ? digits / (EXACT_POWERS[decimals] as number) : Number.NaN;
}

export const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
