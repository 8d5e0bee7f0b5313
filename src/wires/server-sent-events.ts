/**
 * Reads server-sent events on their way to the caller, from bytes that arrive in any pieces.
 *
 * Bytes are read as text of one character per byte (latin1). That costs nothing, an index in the text is an index in the
 * bytes, and no ASCII character can be found inside a multi-byte one. `decodeUtf8` gives the real text.
 */

import { latin1Bytes, latin1Text } from '../bytes.ts';
import { decodeUtf8 } from './encoded-text.ts';
import { parseJson } from './json-fields.ts';
import type { RepeatedDelta } from './repeated-delta.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const COLON = 58;
const LETTER_D = 100;
const CLOSE_OBJECT = 125;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** Characters at the end of a text that may be the beginning of a blank line. */
const SEAM = 4;
/** Bytes of one event that are kept to be read. A larger event is passed on unread. */
export const MAX_EVENT_BYTES = 64 << 20;

export interface EventsOptions {
  /**
   * Called for every complete event with data, in order: `bytes.slice(dataStart, end)` is its data, perhaps with line ends
   * after it. Return true to hide the event from the caller.
   *
   * @param start where the event begins, for {@link eventName}
   */
  readonly event: (bytes: string, dataStart: number, end: number, start: number) => boolean;
  /** True when the next event may have to be hidden: its bytes are then held back until it is complete. */
  readonly mayHideNext: () => boolean;
  /** Takes events that repeat the one before, in place of `event`. None of them is hidden. */
  readonly deltas?: RepeatedDelta;
}

export interface PassedEvents {
  /** Takes a chunk and returns the bytes for the caller: the same object when nothing is hidden. */
  push(chunk: Uint8Array): Uint8Array;
  /** The bytes have ended: reads an event that no blank line ends, and returns the bytes that were held back. */
  end(): Uint8Array;
}

export function passEvents({ event, mayHideNext, deltas }: EventsOptions): PassedEvents {
  /** The event that has not ended yet. Appending is cheap while nothing looks inside: its end is searched in new bytes only. */
  let carry = '';
  /** The last characters of `carry`. */
  let seam = '';
  /** Number of bytes at the end of `carry` that the caller has not been given yet. */
  let held = 0;
  let isFirst = true;
  let hasCarriageReturns = false;

  function endOfEvent(bytes: string, from: number): number {
    const end = endOfLines(bytes, from, hasCarriageReturns);
    if (end >= 0 || hasCarriageReturns || !bytes.includes('\r', from)) return end;
    hasCarriageReturns = true;
    return endOfLines(bytes, from, true);
  }

  /** True when the event is to be hidden. */
  function readEvent(bytes: string, start: number, end: number): boolean {
    deltas?.forget();
    const dataStart = startOfData(bytes, start, end);
    if (dataStart < 0) return false;
    if (isLastLine(bytes, { from: dataStart, end, hasCarriageReturns })) return event(bytes, dataStart, end, start);
    const { name, data } = fieldsOf(bytes.slice(start, end));
    const isHidden = event(name + data, name.length, name.length + data.length, 0);
    // The text that `event` has remembered differs from the event's bytes.
    deltas?.forget();
    return isHidden;
  }

  /** Keeps a chunk in which the event does not end. */
  function keep(chunk: Uint8Array, fresh: string): Uint8Array {
    carry += fresh;
    seam = (seam + fresh).slice(-SEAM);
    if (mayHideNext() && carry.length < MAX_EVENT_BYTES) {
      held += fresh.length;
      return NO_BYTES;
    }
    const passed = held === 0 ? chunk : latin1Bytes(carry.slice(carry.length - fresh.length - held));
    held = 0;
    // Without its beginning, the event is read as one without data.
    if (carry.length >= MAX_EVENT_BYTES) carry = seam;
    return passed;
  }

  function push(chunk: Uint8Array): Uint8Array {
    const fresh = latin1Text(chunk);
    if (carry === '' && !hasCarriageReturns && deltas?.take(fresh) === true) return chunk;
    if (isFirst || carry !== '') hasCarriageReturns ||= fresh.includes('\r');
    const found = endOfEvent(seam + fresh, 0);
    if (found < 0) return keep(chunk, fresh);
    const bytes = carry + fresh;
    const given = carry.length - held;
    let passed = given;
    let visible = '';
    let start = 0;
    let end = carry.length - seam.length + found;
    while (end >= 0) {
      if (readEvent(bytes, isFirst ? behindMark(bytes) : start, end)) {
        visible += bytes.slice(passed, start);
        passed = Math.max(passed, end);
      }
      isFirst = false;
      start = end;
      end = start === bytes.length ? -1 : endOfEvent(bytes, start);
    }
    const hidden = passed > given;
    const wasHeld = held > 0;
    carry = start === bytes.length ? '' : bytes.slice(start);
    seam = carry.slice(-SEAM);
    held = carry !== '' && mayHideNext() ? bytes.length - Math.max(start, passed) : 0;
    if (!hidden && !wasHeld && held === 0) return chunk;
    return latin1Bytes(visible + bytes.slice(passed, bytes.length - held));
  }

  return {
    push,
    end() {
      const bytes = `${carry}\n\n`;
      const hides = carry !== '' && readEvent(bytes, isFirst ? behindMark(bytes) : 0, bytes.length);
      const rest = hides ? NO_BYTES : latin1Bytes(carry.slice(carry.length - held));
      carry = seam = '';
      held = 0;
      return rest;
    },
  };
}

const NO_BYTES = new Uint8Array();

/** Index just past the blank line that ends the event; -1 if it has not arrived. */
function endOfLines(bytes: string, from: number, hasCarriageReturns: boolean): number {
  if (!hasCarriageReturns) {
    const blank = bytes.indexOf('\n\n', from);
    return blank < 0 ? -1 : blank + 2;
  }
  const blank = /\n\r?\n|\r\r|\n\r(?=[^\n])/g;
  blank.lastIndex = from;
  return blank.test(bytes) ? blank.lastIndex : -1;
}

/** Index of the first event, after a byte order mark. */
function behindMark(bytes: string): number {
  return bytes.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
}

/** Index of the event's first data; -1 for an event without data (a comment, a proxy's ping). */
function startOfData(bytes: string, start: number, end: number): number {
  let dataStart = start + 5;
  // `data:` is the only field name of this length and first letter.
  if (bytes.charCodeAt(start) !== LETTER_D || bytes.charCodeAt(start + 4) !== COLON) {
    let line = bytes.indexOf('data:', start);
    const before = bytes.charCodeAt(line - 1);
    if (line < 0 || line >= end || (before !== LINE_FEED && before !== CARRIAGE_RETURN)) {
      line = start + 1 + bytes.slice(start, end).search(/[\n\r]data:/);
      if (line === start) return -1;
    }
    dataStart = line + 5;
  }
  return bytes.charCodeAt(dataStart) === SPACE ? dataStart + 1 : dataStart;
}

/** True when the line that holds the index `from` is the event's last one. */
function isLastLine(
  bytes: string,
  {
    from,
    end,
    hasCarriageReturns,
  }: { readonly from: number; readonly end: number; readonly hasCarriageReturns: boolean },
): boolean {
  if (!hasCarriageReturns && bytes.indexOf('\n', from) === end - 2) return true;
  return !/[\n\r][^\n\r]/.test(bytes.slice(from, end));
}

/** The fields of an event, in whatever order: its data with the lines joined, and the line of its name. */
function fieldsOf(event: string): { readonly data: string; readonly name: string } {
  const data: string[] = [];
  let name = '';
  for (const line of event.split(/\r\n|\r|\n/)) {
    const value = line.slice(line.indexOf(':') + 1).replace(/^ /, '');
    if (line.startsWith('data:')) data.push(value);
    else if (line.startsWith('event:')) name = `${line}\n`;
  }
  return { data: data.join('\n'), name };
}

/** The event's name; `''` for none. */
export function eventName(bytes: string, start: number, dataStart: number): string {
  return /^event: ?(.*)$/m.exec(bytes.slice(start, dataStart))?.[1] ?? '';
}

/** False when an event whose data begins as an object was cut off. */
export function isObject(bytes: string, end: number): boolean {
  let last = end - 1;
  while (bytes.charCodeAt(last) <= SPACE) last--;
  return bytes.charCodeAt(last) === CLOSE_OBJECT;
}

/** The event's data as JSON; `undefined` when it is not JSON. */
export function eventJson(bytes: string, dataStart: number, end: number): unknown {
  return parseJson(decodeUtf8(bytes.slice(dataStart, end)));
}
