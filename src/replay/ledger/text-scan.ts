/**
 * One pass over the JSON of a record, byte by byte, without creating objects. Values that differ between records (ids, times,
 * costs, counts) are found as slots; the rest gives a fingerprint, which identifies records of one layout.
 */
import { METERS } from '../../core/ledger/usage.ts';

/** Kinds of values that a slot can contain. */
const NUMBER = 1;
const TEXT = 2;
/** A number that need not be whole. */
const FRACTION = 4;
/** The id of an intent, which may not contain every character. */
const ID = 8;
/** A text that may be empty. */
const EMPTY = 16;

/** Members that are slots, wherever they are. */
const SLOTS: ReadonlyMap<string, number> = new Map([
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
const MAX_SLOTS = 256;
/** Any number with this many digits is exact. */
const MAX_DIGITS = 15;
/** The longest text of a slot, the same limit as for ids. */
const MAX_TEXT = 512;

const [QUOTE, BACKSLASH, COLON, POINT, ZERO, NINE, MINUS] = [34, 92, 58, 46, 48, 57, 45] as const;
const [SPACE, HASH, AT, LARGE_E, SMALL_E, TILDE] = [32, 35, 64, 69, 101, 126] as const;

export interface TextScan {
  /** A 64-bit fingerprint of the last text as two numbers, and the number of its bytes outside slots. */
  readonly first: number;
  readonly second: number;
  readonly literals: number;
  /** Its slots in order: where each is, and its value if it is a whole number (NaN for a text or a fraction). */
  readonly count: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly value: Float64Array;
  /** `false` for a text with a slot that may have another meaning, such as a number below 0 or an escaped character. */
  read(bytes: Uint8Array, start: number, end: number): boolean;
  /** Whether a slot of the last text belongs to this member. */
  isOf(slot: number, member: string): boolean;
}

const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;

function hashOf(name: string): number {
  let hash = 0;
  for (const code of new TextEncoder().encode(name)) hash = Math.imul(hash ^ code, PRIME);
  return hash;
}

/** The kinds of slots by the hash of their names. If another name shares a hash, its records are parsed as JSON. */
const TABLE_MASK = 255;
const tableHashes = new Int32Array(TABLE_MASK + 1);
const tableKinds = new Uint8Array(TABLE_MASK + 1);
for (const [name, kind] of SLOTS) {
  const hash = hashOf(name);
  let place = hash & TABLE_MASK;
  while (tableKinds[place] !== 0) place = (place + 1) & TABLE_MASK;
  tableHashes[place] = hash;
  tableKinds[place] = kind;
}

function kindOf(hash: number): number {
  for (let place = hash & TABLE_MASK; tableKinds[place] !== 0; place = (place + 1) & TABLE_MASK)
    if (tableHashes[place] === hash) return tableKinds[place] as number;
  return 0;
}

export function textScan(): TextScan {
  const from = new Uint32Array(MAX_SLOTS);
  const to = new Uint32Array(MAX_SLOTS);
  const value = new Float64Array(MAX_SLOTS);
  const members = new Int32Array(MAX_SLOTS);

  function read(bytes: Uint8Array, start: number, end: number): boolean {
    let [first, second, literals, count, member, kind] = [0, 0, end - start, 0, 0, 0];
    let i = start;
    while (i < end) {
      const code = bytes[i] as number;
      if (code === QUOTE) {
        const begin = ++i;
        let [hash, other] = [0, 0];
        for (; i < end && bytes[i] !== QUOTE; i++) {
          if (bytes[i] === BACKSLASH) hash = Math.imul(hash ^ (bytes[i++] as number), PRIME);
          hash = Math.imul(hash ^ (bytes[i] as number), PRIME);
          other = Math.imul(other + (bytes[i] as number), OTHER_PRIME);
        }
        const close = i++;
        if (bytes[i] === COLON) [member, kind] = [hash, kindOf(hash)];
        else if ((kind & TEXT) !== 0) {
          if (count === MAX_SLOTS || !isPlainText(bytes, begin, close, kind)) return false;
          [from[count], to[count], value[count], members[count]] = [begin, close, Number.NaN, member];
          count++;
          literals -= close - begin;
          continue;
        }
        first = Math.imul(first ^ hash, PRIME);
        second = Math.imul(second + other, OTHER_PRIME);
      } else if ((kind & NUMBER) !== 0 && (code === MINUS || (code >= ZERO && code <= NINE))) {
        const begin = i;
        let number = 0;
        for (let digit = code; digit >= ZERO && digit <= NINE; digit = bytes[++i] as number)
          number = 10 * number + digit - ZERO;
        if (count === MAX_SLOTS || i === begin || i - begin > MAX_DIGITS || (code === ZERO && i - begin > 1))
          return false;
        if (bytes[i] === POINT) {
          if ((kind & FRACTION) === 0) return false;
          number = Number.NaN;
          const point = i++;
          while ((bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE) i++;
          if (i === point + 1) return false;
        }
        if (bytes[i] === SMALL_E || bytes[i] === LARGE_E) return false;
        [from[count], to[count], value[count], members[count]] = [begin, i, number, member];
        count++;
        literals -= i - begin;
      } else {
        first = Math.imul(first ^ code, PRIME);
        second = Math.imul(second + code, OTHER_PRIME);
        i++;
      }
    }
    scan.first = first;
    scan.second = second;
    scan.literals = literals;
    scan.count = count;
    return i === end;
  }

  const scan = {
    first: 0,
    second: 0,
    literals: 0,
    count: 0,
    from,
    to,
    value,
    read,
    isOf: (slot: number, member: string): boolean => members[slot] === hashOf(member),
  };
  return scan;
}

/** Whether a text has only characters that need no escape; for an id, only those that an id may have. */
function isPlainText(bytes: Uint8Array, begin: number, close: number, kind: number): boolean {
  const isId = (kind & ID) !== 0;
  if ((close === begin && (kind & EMPTY) === 0) || close - begin > MAX_TEXT) return false;
  for (let i = begin; i < close; i++) {
    const code = bytes[i] as number;
    if (code < SPACE || code > TILDE || code === BACKSLASH) return false;
    if (isId && (code === SPACE || code === HASH || code === AT || code === TILDE)) return false;
  }
  return true;
}
