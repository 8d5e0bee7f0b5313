/** Finds and decodes the strings of JSON that is read as one character per byte (latin1). */
import { utf8Text } from '../bytes.ts';

const BACKSLASH = 92;

/**
 * Finds a needle between two indices. It tries the offset of the last hit first: most events of a stream have the same layout,
 * and comparing a slice is cheaper than searching (and than `startsWith`).
 */
export function finder(needle: string): (bytes: string, from: number, end: number) => number {
  let offset = 0;
  return (bytes, from, end) => {
    let index = from + offset;
    if (bytes.slice(index, index + needle.length) !== needle) {
      index = bytes.indexOf(needle, from);
      if (index < 0) return -1;
      offset = index - from;
    }
    return index + needle.length <= end ? index : -1;
  };
}

/** A function that returns whether its text equals the one of the call before. */
export function repeated(): (text: string) => boolean {
  let last: string | undefined;
  return text => {
    if (text === last) return true;
    last = text;
    return false;
  };
}

/** Index of the quote that closes the JSON string whose first character is at `from`; -1 if there is none. */
export function closingQuote(bytes: string, from: number): number {
  for (let quote = bytes.indexOf('"', from); quote >= 0; quote = bytes.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (before >= from && bytes.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote;
  }
  return -1;
}

/** Text that grows delta by delta. Deltas may still be JSON-encoded: they are decoded when the text is first read. */
export interface GrowingText {
  /** Adds the text between the quotes of a JSON string, as one character per byte. */
  addEncoded(bytes: string): void;
  add(text: string): void;
  toString(): string;
}

/** Undecoded text keeps in memory the whole chunks that contained it. */
const MAX_ENCODED = 4096;

export function growingText(): GrowingText {
  let text = '';
  let encoded = '';
  const decode = (): string => {
    if (encoded !== '') {
      text += decodeJsonString(encoded);
      encoded = '';
    }
    return text;
  };
  return {
    addEncoded(bytes) {
      encoded += bytes;
      if (encoded.length > MAX_ENCODED) decode();
    },
    add(more) {
      text = decode() + more;
    },
    toString: decode,
  };
}

function decodeJsonString(bytes: string): string {
  const text = decodeUtf8(bytes);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Decodes text of one character per byte as UTF-8. */
export function decodeUtf8(bytes: string): string {
  return NOT_ASCII.test(bytes) ? utf8Text(bytes) : bytes;
}
