/**
 * Server-sent events as they pass, in bytes that come in any pieces.
 *
 * Bytes are looked at as text of one character per byte: that costs nothing, positions in it are positions in the bytes,
 * and no character of ours (all ASCII) can be found inside a multi-byte one. {@link decodeUtf8} makes text of it.
 */

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const BACKSLASH = 92;
const COLON = 58;
const LETTER_D = 100;

export interface EventsOptions {
  /**
   * Told of every complete event with data, in order: `bytes.slice(dataAt, end)` is its data and the line ends behind
   * it. True: the caller is not to see the event.
   */
  readonly event: (bytes: string, dataAt: number, end: number) => boolean;
  /** True when the next event may be one to hide: its bytes are then held back until it is complete. */
  readonly mayHideNext: () => boolean;
}

/** A function that takes chunks and returns what the caller may see: the same object when nothing is hidden. */
export function passEvents({ event, mayHideNext }: EventsOptions): (chunk: Uint8Array) => Uint8Array {
  let carry = '';
  /** How many of the carry's bytes, at its end, the caller has not seen. */
  let held = 0;
  let isFirst = true;
  let hasCarriageReturns = false;
  return chunk => {
    const fresh = bytesAsText(chunk);
    const bytes = carry === '' ? fresh : carry + fresh;
    if (isFirst || carry !== '') hasCarriageReturns ||= fresh.includes('\r');
    isFirst = false;
    const seen = carry.length - held;
    let passed = seen;
    let visible = '';
    let at = 0;
    let searchAt = Math.max(0, carry.length - 3);
    for (;;) {
      let end = endOfEvent(bytes, searchAt, hasCarriageReturns);
      if (end < 0 && !hasCarriageReturns && at < bytes.length && bytes.includes('\r', at)) {
        hasCarriageReturns = true;
        end = endOfEvent(bytes, searchAt, true);
      }
      if (end < 0) break;
      const dataAt = startOfData(bytes, at, end);
      if (dataAt >= 0 && event(bytes, dataAt, end)) {
        if (at > passed) visible += bytes.slice(passed, at);
        passed = Math.max(passed, end);
      }
      at = end;
      searchAt = end;
      if (end === bytes.length) break;
    }
    const hidden = passed > seen;
    const wasHeld = held > 0;
    carry = at === bytes.length ? '' : bytes.slice(at);
    held = carry !== '' && mayHideNext() ? bytes.length - Math.max(at, passed) : 0;
    if (!hidden && !wasHeld && held === 0) return chunk;
    return textAsBytes(visible + bytes.slice(passed, bytes.length - held));
  };
}

/** Index behind the blank line that ends the event; -1 while it has none. */
function endOfEvent(bytes: string, from: number, hasCarriageReturns: boolean): number {
  if (!hasCarriageReturns) {
    const blank = bytes.indexOf('\n\n', from);
    return blank < 0 ? -1 : blank + 2;
  }
  const blank = /\n\r?\n|\r\r/g;
  blank.lastIndex = from;
  return blank.test(bytes) ? blank.lastIndex : -1;
}

/** Index of the event's data; -1 for an event without (a comment, a ping of a proxy). */
function startOfData(bytes: string, at: number, end: number): number {
  let dataAt = at + 5;
  // Of the fields that there are, this can only be `data:`.
  if (bytes.charCodeAt(at) !== LETTER_D || bytes.charCodeAt(at + 4) !== COLON) {
    const line = bytes.indexOf('data:', at);
    const before = bytes.charCodeAt(line - 1);
    if (line < 0 || line >= end || (before !== LINE_FEED && before !== CARRIAGE_RETURN)) return -1;
    dataAt = line + 5;
  }
  return bytes.charCodeAt(dataAt) === SPACE ? dataAt + 1 : dataAt;
}

/** The event's data as JSON; `undefined` when it is none. Data of several lines is joined. */
export function eventJson(bytes: string, dataAt: number, end: number): unknown {
  const data = decodeUtf8(bytes.slice(dataAt, end));
  try {
    return JSON.parse(data) as unknown;
  } catch {
    try {
      return JSON.parse(data.replace(/\r\n?|\n/g, '\n').replace(/\ndata: ?/g, '\n')) as unknown;
    } catch {
      return undefined;
    }
  }
}

const NOT_ASCII = /[^\0-\x7f]/;

/** One character per byte → text. */
export function decodeUtf8(bytes: string): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

function bytesAsText(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
}

function textAsBytes(bytes: string): Uint8Array {
  // Its own memory, not a slice of Node's shared pool: the caller may transfer it.
  const chunk = new Uint8Array(bytes.length);
  Buffer.from(chunk.buffer).write(bytes, 'latin1');
  return chunk;
}

/**
 * Finds a needle between two indices, first where it was the last time: events of one stream are alike, and a look is
 * cheaper than a search (a slice compared is cheaper than `startsWith`).
 */
export function finder(needle: string): (bytes: string, from: number, end: number) => number {
  let offset = 0;
  return (bytes, from, end) => {
    let at = from + offset;
    if (bytes.slice(at, at + needle.length) !== needle) {
      at = bytes.indexOf(needle, from);
      if (at < 0) return -1;
      offset = at - from;
    }
    return at + needle.length <= end ? at : -1;
  };
}

/** Index of the quote that closes the JSON string whose first character is at `at`; -1 for none. */
export function closingQuote(bytes: string, at: number): number {
  for (let quote = bytes.indexOf('"', at); quote >= 0; quote = bytes.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (before >= at && bytes.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote;
  }
  return -1;
}

/** Text that grows by pieces, most of them still as they stand in JSON, and is decoded only when it is asked for. */
export interface GrowingText {
  /** The inside of a JSON string, one character per byte. */
  addEncoded(bytes: string): void;
  add(text: string): void;
  toString(): string;
}

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
