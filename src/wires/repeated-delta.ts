/** Reads an event that differs from the one before in its text alone, as nearly every event of a stream does, without looking into it. */
import type { GrowingText } from './encoded-text.ts';
import { closingQuote } from './encoded-text.ts';

/** A delta that a reader has taken from an event: `bytes.slice(from, to)` is its text, as JSON has it. */
export interface TakenDelta {
  readonly bytes: string;
  /** Where the event begins, and where it ends, behind its blank line. */
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  /** What is behind this may be otherwise in the next event, as far as {@link RepeatedDelta.take} is told. Default: nothing. */
  readonly same?: number;
  readonly into: GrowingText;
}

export interface RepeatedDelta {
  /** The reader would take the next event in the same way, were it the same but for its text. */
  learn(delta: TakenDelta): void;
  /** Call before any other event is read. */
  forget(): void;
  /** True for one event, whole and alone, that is like the one before: its text was added where that one's was. */
  take(chunk: string): boolean;
}

/** @param mayEnd what may be behind `same`, with the blank line */
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
      // A line feed before its blank line would end the event, or its data.
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
