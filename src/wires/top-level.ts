/**
 * Where the top-level members of a serialised JSON object are, found without parsing it.
 *
 * The cost does not grow with the body where that can be exact: members are walked forwards from the head and, once a
 * value of a long text is longer than a window, backwards from the tail. What lies between is skipped only on proof that
 * it is the inside of that one value; otherwise the value is walked to its end.
 */

/** One top-level member: `text.slice(valueAt, end)` is its value. */
export interface Member {
  readonly key: string;
  readonly valueAt: number;
  readonly end: number;
}

export type Members = readonly Member[];

/** A text of at most this many characters is walked forwards only: native searches jump over its strings. */
const SHORT_TEXT = 2048;
/** Characters of one array or object of a longer text that are walked before the tail is asked. */
const HEAD_WINDOW = 256;
/** Characters walked backwards from the end. */
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

/** The value goes on behind the window. */
const OPEN = -1;
/** Not JSON. */
const BROKEN = -2;
/** The end of a value that no walk has come to. */
const NOT_SEEN = -3;

export interface TopLevelOptions {
  /** The key of the conversation: the one array at the top level whose elements have a `role`, in this API. */
  readonly conversation: string;
  /** The answer is `undefined` as soon as this is true of a member. */
  readonly isOfNoInterest?: ((member: Member) => boolean) | undefined;
}

/**
 * The members in order; `undefined` for text that is not an object. For text that is not JSON the answer means nothing,
 * but there is one.
 */
export function topLevelMembers(text: string, { conversation, isOfNoInterest }: TopLevelOptions): Members | undefined {
  const members: Member[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_OBJECT) return undefined;
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_OBJECT) return members;
  let tail: Tail | undefined;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return undefined;
    const keyEnd = endOfString(text, at + 1);
    const colon = skipSpace(text, keyEnd);
    if (keyEnd < 0 || text.charCodeAt(colon) !== COLON) return undefined;
    const key = text.slice(at + 1, keyEnd - 1);
    const valueAt = skipSpace(text, colon + 1);
    const window = text.length <= SHORT_TEXT ? text.length : valueAt + HEAD_WINDOW;
    let end = endOfValue(text, valueAt, window);
    if (end === OPEN) {
      tail ??= walkTail(text, valueAt);
      const isLast = isLastBefore(tail, text, { isConversation: key === conversation, valueAt, knownTo: window });
      end = isLast ? tail.valueEnd : endOfValue(text, valueAt, text.length);
    }
    if (end < 0) return undefined;
    const member = { key, valueAt, end };
    if (isOfNoInterest?.(member) === true) return undefined;
    members.push(member);
    if (end === tail?.valueEnd) {
      if (isOfNoInterest !== undefined && tail.members.some(isOfNoInterest)) return undefined;
      members.push(...tail.members);
      return members;
    }
    const next = skipSpace(text, end);
    const code = text.charCodeAt(next);
    if (code === CLOSE_OBJECT) return members;
    if (code !== COMMA) return undefined;
    at = skipSpace(text, next + 1);
  }
}

/** What is known of the end of the text. */
interface Tail {
  /** The complete members at the end, in order. */
  readonly members: Members;
  /** Where the value before them ends. */
  readonly valueEnd: number;
  /** That value starts where the walk was to end: nothing lies between. */
  readonly joined: boolean;
  /** That value is an array, and one of its last elements is a message: an object with a `role`. */
  readonly ofMessages: boolean;
  /** White space between the tokens was seen: not the work of a plain JSON.stringify. */
  readonly spaced: boolean;
  /** The walk has read everything behind this index. */
  readonly at: number;
}

/** Walks back from the end of the text, to `floor` at most, and no further than it takes to know a message. */
function walkTail(text: string, floor: number): Tail {
  const limit = Math.max(floor, text.length - TAIL_WINDOW);
  const members: Member[] = [];
  let ofMessages = false;
  let spaced = false;
  let depth = 0;
  let valueEnd = NOT_SEEN;
  let at = text.length - 1;
  while (at >= limit && !ofMessages) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = at + 1;
      at = startOfString(text, at - 1, limit);
      if (at < limit) break;
      if ((depth === 1 || depth === 3) && text.charCodeAt(skipSpace(text, end)) === COLON) {
        if (depth === 3) {
          ofMessages =
            end - at === 6 && text.startsWith('role', at + 1) && text.charCodeAt(valueEnd - 1) === CLOSE_ARRAY;
        } else {
          const valueAt = skipSpace(text, skipSpace(text, end) + 1);
          members.push({ key: text.slice(at + 1, end - 1), valueAt, end: valueEnd });
          // The value before it is not known to end until its comma has been seen.
          valueEnd = NOT_SEEN;
        }
      }
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) valueEnd = backOverSpace(text, at);
      depth += 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth -= 1;
    } else if (code === COMMA) {
      if (depth === 1) valueEnd = backOverSpace(text, at);
    } else if (code <= SPACE) {
      spaced = true;
    }
    at -= 1;
  }
  if (valueEnd === NOT_SEEN) valueEnd = members.pop()?.end ?? NOT_SEEN;
  return { members: members.toReversed(), valueEnd, joined: depth === 1 && at === floor - 1, ofMessages, spaced, at };
}

interface OpenValue {
  readonly isConversation: boolean;
  readonly valueAt: number;
  /** It does not end before this index. */
  readonly knownTo: number;
}

/** True when the open value is surely the one before the tail's members. */
function isLastBefore(tail: Tail, text: string, { isConversation, valueAt, knownTo }: OpenValue): boolean {
  if (tail.valueEnd < 0) return false;
  if (tail.joined) return true;
  // Only the conversation has elements with a role, so a value that has some is known without having seen its key.
  if (tail.ofMessages) return isConversation;
  // An array that ended in between would be followed by a comma and a key: `],"`, which no string can contain.
  const spaced = tail.spaced || text.charCodeAt(valueAt - 1) !== COLON || text.charCodeAt(1) !== QUOTE;
  if (spaced || text.charCodeAt(valueAt) !== OPEN_ARRAY) return false;
  const ended = text.indexOf('],"', knownTo - 2);
  return ended < 0 || ended > tail.at;
}

/** Index behind the value at `at`; `OPEN` when it goes on at `limit`; `BROKEN` when it never ends. */
function endOfValue(text: string, at: number, limit: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at + 1);
  const stop = Math.min(limit, text.length);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return endOfLiteral(text, at);
  let depth = 0;
  for (let i = at; i < stop; i++) {
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
  return stop < text.length ? OPEN : BROKEN;
}

/** Index behind the closing quote of the string whose first character is at `at`; negative when that is not before `limit`. */
function endOfString(text: string, at: number, limit = text.length): number {
  let i = at;
  // A search of the whole text would look behind the window.
  const haystack = limit < text.length ? text.slice(0, limit) : text;
  for (let quote = haystack.indexOf('"', i); quote >= 0; quote = haystack.indexOf('"', i)) {
    let before = quote - 1;
    while (before >= i && text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote + 1;
    i = quote + 1;
  }
  return BROKEN;
}

/** Index of the opening quote of the string whose last character is at `at`; `limit - 1` when it is not behind `limit`. */
function startOfString(text: string, at: number, limit: number): number {
  if (text.indexOf('"', limit) > at) return limit - 1;
  for (let i = at; i >= limit; i--) {
    // Inside, every quote follows a backslash; before the opening quote there is punctuation.
    if (text.charCodeAt(i) === QUOTE && text.charCodeAt(i - 1) !== BACKSLASH) return i;
  }
  return limit - 1;
}

function endOfLiteral(text: string, at: number): number {
  let i = at;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === CLOSE_OBJECT || code <= SPACE) break;
  }
  return i === at ? BROKEN : i;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) <= SPACE) i += 1;
  return i;
}

/** The index behind the last character before `at` that is not white space. */
function backOverSpace(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i - 1) <= SPACE) i -= 1;
  return i;
}
