/**
 * Nearly every event of a stream differs from the one before only in its text. Such an event is recognized by comparing the
 * characters before and after the text, and is not read field by field.
 */
import type { GrowingText } from './encoded-text.ts';
import { closingQuote } from './encoded-text.ts';

/** A delta that a reader has taken from an event: `bytes.slice(from, to)` is its text, JSON-encoded. */
export interface TakenDelta {
  readonly bytes: string;
  /** Where the event begins, and where it ends, after its blank line. */
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  /**
   * The bytes from this index to `end` may differ in the next event, if `mayEnd` of {@link repeatedDelta} accepts them. Default: no byte
   * may differ.
   */
  readonly same?: number;
  readonly into: GrowingText;
}

export interface RepeatedDelta {
  /** Remembers an event that the reader has taken, to compare the next one with. */
  learn(delta: TakenDelta): void;
  /** Forgets the remembered event: to be called before each event that is read field by field. */
  forget(): void;
  /** True if the chunk is exactly one event, and like the remembered one; the event's text is then added to the same reply. */
  take(chunk: string): boolean;
}

/** @param mayEnd whether this text may be between `same` and the end of an event, including its blank line */
export function repeatedDelta(mayEnd: (rest: string) => boolean = () => false): RepeatedDelta {
  let into: GrowingText | undefined;
  let front = '';
  let behind = '';
  let rest = '';

  return {
    learn({ bytes, start, end, from, to, same = end, into: text }) {
      into = text;
      front = bytes.slice(start, from);
      behind = bytes.slice(to, same);
      rest = bytes.slice(same, end);
    },
    forget() {
      into = undefined;
    },
    take(chunk) {
      const from = front.length;
      if (into === undefined || chunk.slice(0, from) !== front) return false;
      const to = closingQuote(chunk, from);
      // A line feed before the event's blank line would end the event, or its data.
      if (to < 0 || chunk.indexOf('\n', from) !== chunk.length - 2 || !chunk.endsWith('\n')) return false;
      const same = to + behind.length;
      if (chunk.slice(to, same) !== behind) return false;
      const others = chunk.slice(same);
      if (others !== rest && !mayEnd(others)) return false;
      into.addEncoded(chunk.slice(from, to));
      return true;
    },
  };
}
