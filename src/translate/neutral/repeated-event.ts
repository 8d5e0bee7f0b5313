/**
 * Recognizes events that differ from the one before only in a string, as nearly all events of a stream do. They are read without
 * parsing their JSON, which is most of the cost of reading a stream.
 */
import { closingQuote, decodeUtf8 } from '../../wires/encoded-text.ts';
import { parseJson } from '../../wires/json-fields.ts';

/** The effect of an event that only added a piece. */
export interface SaidPiece {
  /** The name of the one member that contains the piece. */
  readonly name: string;
  /** Repeats the event's effect with another piece. */
  say(piece: string): void;
  /** Reads the counts in an event's `usage`. Of consecutive events, the last one has all counts. */
  count?(json: unknown): void;
}

/** Where an event is in the text: its fields, its data, and the index behind it. */
export interface EventPlace {
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

export interface RepeatedEvent {
  /** True when the event repeats the kept one with another piece, which has been handled. */
  take(bytes: string, place: EventPlace): boolean;
  /** Keeps an event that was read. If `said` is `undefined`, the event had another effect, so the next event is parsed too. */
  keep(bytes: string, place: EventPlace, said: SaidPiece | undefined): void;
  /** Reads the counts of the last events. To be called before another kind of event, and at the end. */
  settle(): void;
}

/** Values that differ in every event without meaning. */
const VARIED = /(?<=,"obfuscation":")[^"\\]*(?=")|(?<=,"sequence_number":)\d+(?=[,}])/g;

/** The usage of an event, and the counts in it. */
const USAGE = /"usage":\{(?:[^{}]|\{[^{}]*\})*\}/;
const COUNTS = /(?<=:)\d+(?=[,}])/g;

const ZERO = 48;
const NINE = 57;
const QUOTE = 34;

export function repeatedEvent(): RepeatedEvent {
  let said: SaidPiece | undefined;
  let headLength = 0;
  /** Fixed text before the piece. */
  let before = '';
  /** Fixed texts after the piece, between the values that differ. */
  let behind: readonly string[] = [];
  /** The last event whose counts were not read. */
  let uncounted: string | undefined;

  function isBehind(bytes: string, from: number, end: number): boolean {
    let at = from;
    for (const [index, text] of behind.entries()) {
      if (index > 0) at = endOfVaried(bytes, at);
      if (bytes.slice(at, at + text.length) !== text) return false;
      at += text.length;
    }
    return at === end;
  }

  return {
    take(bytes, { start, dataStart, end }) {
      if (said === undefined || dataStart - start !== headLength) return false;
      const from = dataStart + before.length;
      if (bytes.slice(dataStart, from) !== before) return false;
      const to = closingQuote(bytes, from);
      if (to < 0 || to >= end || !isBehind(bytes, to, end)) return false;
      const piece = decoded(bytes.slice(from, to));
      if (piece === undefined) return false;
      said.say(piece);
      if (said.count !== undefined) uncounted = bytes.slice(dataStart, end);
      return true;
    },
    settle() {
      if (uncounted !== undefined) said?.count?.(parseJson(decodeUtf8(uncounted)));
      uncounted = undefined;
    },
    keep(bytes, { start, dataStart, end }, next) {
      said = undefined;
      if (next === undefined) return;
      const key = `"${next.name}":"`;
      const found = bytes.indexOf(key, dataStart);
      if (found < 0 || found >= end) return;
      const from = found + key.length;
      const to = closingQuote(bytes, from);
      const again = bytes.indexOf(key, to);
      // It is not clear which of two members is the piece.
      if (to < 0 || (again >= 0 && again < end)) return;
      said = next;
      headLength = dataStart - start;
      before = bytes.slice(dataStart, from);
      behind = fixedIn(bytes.slice(to, end), next.count !== undefined);
    },
  };
}

/** The fixed text of events, between the values that differ. */
function fixedIn(text: string, hasCounts: boolean): readonly string[] {
  const usage = hasCounts ? USAGE.exec(text) : null;
  if (usage === null) return text.split(VARIED);
  const [counted] = usage;
  const parts = [text.slice(0, usage.index).split(VARIED), counted.split(COUNTS)];
  parts.push(text.slice(usage.index + counted.length).split(VARIED));
  // No value lies between two parts, so the end of one and the start of the next are one fixed text.
  return parts.reduce((all, part) => [...all.slice(0, -1), (all.at(-1) ?? '') + (part[0] ?? ''), ...part.slice(1)]);
}

/** Index after a varying value: digits, or a string up to its quote. */
function endOfVaried(bytes: string, from: number): number {
  let at = from;
  if (isDigit(bytes.charCodeAt(at)) && bytes.charCodeAt(at - 1) !== QUOTE)
    while (isDigit(bytes.charCodeAt(at))) at += 1;
  else at = bytes.indexOf('"', at);
  return at < 0 ? bytes.length : at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** The text of a JSON string; `undefined` where it is none. */
function decoded(bytes: string): string | undefined {
  const text = decodeUtf8(bytes);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
