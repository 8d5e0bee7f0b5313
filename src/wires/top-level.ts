/**
 * Finds the top-level members of a serialized JSON object without parsing it.
 *
 * Most of a long body need not be read: members are read forwards from the head and, once a value is longer than a window,
 * backwards from the tail. The text between is skipped only when it certainly belongs to that one value; otherwise the value is
 * read to its end.
 */

/** One top-level member: `text.slice(valueStart, end)` is its value, and `key` is the text between its quotes. */
export interface Member {
  readonly key: string;
  readonly valueStart: number;
  readonly end: number;
}

export type Members = readonly Member[];

/** Texts up to this length are only read forwards. A higher limit reads longer bodies in full; a lower one may read short ones twice. */
const SHORT_TEXT = 2048;
/** In longer texts, characters of an array or object that are read before the tail is tried. */
const HEAD_WINDOW = 256;
/** Characters read backwards from the end. A higher limit finds more members after a conversation, and may waste more. */
const TAIL_WINDOW = 1024;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;

/** The value does not end within the window. */
const UNENDED = -1;
/** Not JSON. */
const BROKEN = -2;
/** The end of the value was not reached. */
const NOT_SEEN = -3;

export interface TopLevelOptions {
  /** The key of the conversation: the one array at the top level whose elements have a `role`, in this API. */
  readonly conversation: string;
  /** Stops with `undefined` at a member for which this is true. */
  readonly stopsAt?: ((member: Member) => boolean) | undefined;
}

/** The members in order; `undefined` for text that is not an object. For invalid JSON, the result is undefined or arbitrary. */
export function topLevelMembers(text: string, { conversation, stopsAt }: TopLevelOptions): Members | undefined {
  const members: Member[] = [];
  let index = skipSpace(text, 0);
  if (text.charCodeAt(index) !== OPEN_OBJECT) return undefined;
  index = skipSpace(text, index + 1);
  if (text.charCodeAt(index) === CLOSE_OBJECT) return members;
  let tail: Tail | undefined;
  for (;;) {
    if (text.charCodeAt(index) !== QUOTE) return undefined;
    const keyEnd = endOfString(text, index + 1);
    const colon = skipSpace(text, keyEnd);
    if (text.charCodeAt(colon) !== COLON) return undefined;
    const key = text.slice(index + 1, keyEnd - 1);
    const valueStart = skipSpace(text, colon + 1);
    const window = text.length <= SHORT_TEXT ? text.length : valueStart + HEAD_WINDOW;
    let end = endOfValue(text, valueStart, window);
    if (end === UNENDED) {
      tail ??= readTail(text, valueStart);
      const isLast = isLastBefore(tail, text, { isConversation: key === conversation, valueStart, readTo: window });
      end = isLast ? tail.valueEnd : endOfValue(text, valueStart, text.length);
    }
    if (end < 0) return undefined;
    const member = { key, valueStart, end };
    if (stopsAt?.(member) === true) return undefined;
    members.push(member);
    if (end === tail?.valueEnd) {
      if (stopsAt !== undefined && tail.members.some(stopsAt)) return undefined;
      members.push(...tail.members);
      return members;
    }
    const next = skipSpace(text, end);
    const code = text.charCodeAt(next);
    if (code === CLOSE_OBJECT) return members;
    if (code !== COMMA) return undefined;
    index = skipSpace(text, next + 1);
  }
}

/** The end of the text, which was read backwards. */
interface Tail {
  /** Members that lie completely in this part, in order. */
  readonly members: Members;
  /** Index just past the value before these members; negative if it was not reached. */
  readonly valueEnd: number;
  /** Reading reached the floor, and the value before these members starts there. */
  readonly joined: boolean;
  /** The value before these members is an array, and one of its last elements is a message: an object with a `role`. */
  readonly ofMessages: boolean;
  /** White space was found between tokens, so a plain JSON.stringify did not write the text. */
  readonly spaced: boolean;
  /** All text after this index was read. */
  readonly readFrom: number;
}

/** Reads backwards from the end of the text, to `floor` at most, until it recognizes a message. */
function readTail(text: string, floor: number): Tail {
  const limit = Math.max(floor, text.length - TAIL_WINDOW);
  const members: Member[] = [];
  let ofMessages = false;
  let spaced = false;
  let depth = 0;
  let valueEnd = NOT_SEEN;
  let index = text.length - 1;
  while (index >= limit && !ofMessages) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = index + 1;
      index = startOfString(text, index - 1, limit);
      if (index < limit) break;
      if ((depth === 1 || depth === 3) && text.charCodeAt(skipSpace(text, end)) === COLON) {
        if (depth === 3) {
          ofMessages =
            end - index === 6 && text.startsWith('role', index + 1) && text.charCodeAt(valueEnd - 1) === CLOSE_ARRAY;
        } else {
          const valueStart = skipSpace(text, skipSpace(text, end) + 1);
          members.push({ key: text.slice(index + 1, end - 1), valueStart, end: valueEnd });
          // The end of the preceding value is unknown until the comma after it is read.
          valueEnd = NOT_SEEN;
        }
      }
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) valueEnd = backOverSpace(text, index);
      depth += 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth -= 1;
    } else if (code === COMMA) {
      if (depth === 1) valueEnd = backOverSpace(text, index);
    } else if (code <= SPACE) {
      spaced = true;
    }
    index -= 1;
  }
  if (valueEnd === NOT_SEEN) valueEnd = members.pop()?.end ?? NOT_SEEN;
  return {
    members: members.toReversed(),
    valueEnd,
    joined: depth === 1 && index === floor - 1,
    ofMessages,
    spaced,
    readFrom: index,
  };
}

interface UnendedValue {
  readonly isConversation: boolean;
  readonly valueStart: number;
  /** The value does not end before this index. */
  readonly readTo: number;
}

/** True when the unended value is certainly the one directly in front of the tail's members. */
function isLastBefore(tail: Tail, text: string, { isConversation, valueStart, readTo }: UnendedValue): boolean {
  if (tail.valueEnd < 0) return false;
  if (tail.joined) return true;
  // Only the conversation has elements with a `role`: such a value is recognized without its key.
  if (tail.ofMessages) return isConversation;
  // An array that ended in between would be followed by a comma and a key, `],"`, which no string can contain.
  const spaced = tail.spaced || text.charCodeAt(valueStart - 1) !== COLON || text.charCodeAt(1) !== QUOTE;
  if (spaced || text.charCodeAt(valueStart) !== OPEN_ARRAY) return false;
  const ended = text.indexOf('],"', readTo - 2);
  return ended < 0 || ended > tail.readFrom;
}

/** Index just past the value at `index`; `UNENDED` when it does not end before `limit`; `BROKEN` when it never ends. */
function endOfValue(text: string, index: number, limit: number): number {
  const first = text.charCodeAt(index);
  if (first === QUOTE) return endOfString(text, index + 1);
  const stop = Math.min(limit, text.length);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return endOfLiteral(text, index);
  let depth = 0;
  for (let i = index; i < stop; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i + 1, stop) - 1;
      if (i < 0) break;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return stop < text.length ? UNENDED : BROKEN;
}

/** Index just past the closing quote of the string whose first character is at `index`; negative if there is none before `limit`. */
function endOfString(text: string, index: number, limit = text.length): number {
  let i = index;
  // Without the slice, the search would continue past the window.
  const haystack = limit < text.length ? text.slice(0, limit) : text;
  for (let quote = haystack.indexOf('"', i); quote >= 0; quote = haystack.indexOf('"', i)) {
    let before = quote - 1;
    while (before >= i && text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote + 1;
    i = quote + 1;
  }
  return BROKEN;
}

/** Index of the opening quote of the string whose last character is at `index`; `limit - 1` when it is before `limit`. */
function startOfString(text: string, index: number, limit: number): number {
  if (text.indexOf('"', limit) > index) return limit - 1;
  for (let i = index; i >= limit; i--) {
    // Inside a string, every quote follows a backslash; the character before the opening quote is punctuation.
    if (text.charCodeAt(i) === QUOTE && text.charCodeAt(i - 1) !== BACKSLASH) return i;
  }
  return limit - 1;
}

function endOfLiteral(text: string, index: number): number {
  let i = index;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === CLOSE_OBJECT || code <= SPACE) break;
  }
  return i === index ? BROKEN : i;
}

function skipSpace(text: string, index: number): number {
  let i = index;
  while (text.charCodeAt(i) <= SPACE) i += 1;
  return i;
}

/** Index just past the last character before `index` that is not white space. */
function backOverSpace(text: string, index: number): number {
  let i = index;
  while (text.charCodeAt(i - 1) <= SPACE) i -= 1;
  return i;
}
