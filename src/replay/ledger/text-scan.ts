/** Finds the slots in the JSON of a record: one pass over its bytes. */
import {
  BACKSLASH,
  COLON,
  endOfNumber,
  endOfText,
  isDigit,
  MAX_SLOTS,
  MINUS,
  NUMBER,
  QUOTE,
  SLOTS,
  TEXT,
} from './record-slots.ts';

/** A slot of a text: where it is, and the kinds of values that it can contain. */
export interface FoundSlot {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
  readonly member: string;
}

const decoder = new TextDecoder();

/**
 * @returns `undefined` for a text with a slot that may have another meaning, such as a number below 0 or an escaped character
 */
export function slotsIn(bytes: Uint8Array, start: number, end: number): readonly FoundSlot[] | undefined {
  const slots: FoundSlot[] = [];
  let [member, kind, i] = ['', 0, start];
  while (i < end) {
    const code = bytes[i] as number;
    let [from, to] = [i, i];
    if (code === QUOTE) {
      from = ++i;
      for (; i < end && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
      to = i++;
      if (bytes[i] === COLON) {
        member = decoder.decode(bytes.subarray(from, to));
        kind = SLOTS.get(member) ?? 0;
        continue;
      }
      if ((kind & TEXT) === 0) continue;
      if (endOfText(bytes, from, kind) !== to) return undefined;
    } else if ((kind & NUMBER) !== 0 && (code === MINUS || isDigit(code))) {
      i = to = endOfNumber(bytes, from, kind);
      if (to < 0) return undefined;
    } else {
      i++;
      continue;
    }
    if (slots.push({ from, to, kind, member }) > MAX_SLOTS) return undefined;
  }
  return i === end ? slots : undefined;
}
