/**
 * Numbers about a request as a short code in the name of its segment: nothing else is kept of them. `difficulty=16:b` says that a number is
 * on the level b (hexadecimal) of 16, counted from 0. No declared value has a colon, so the colon identifies a code.
 */

/** Maximum count of numbers that an intent may have. */
export const MAX_NUMBERS = 512;

/** @param digits levels from 0 to `levels − 1`, at most 15 */
export function numberCode(levels: number, digits: readonly number[]): string {
  return `${levels}:${digits.map(digit => digit.toString(16)).join('')}`;
}

const CODE = /(^|,)([^=,]+=(\d+)):([^,]*)(?:,|$)/;
const DIGITS = /^[0-9a-f]+$/;

/** The segment's name without its code. */
export function withoutCode(segment: string): string {
  return segment.replace(CODE, (part, before: string) => (part.endsWith(',') ? before : ''));
}

/** The parts of a coded segment. */
export interface CodedSegment {
  /** The rest of the segment's name. */
  readonly base: string;
  /** The name, levels and count of the numbers. Numbers of another kind cannot be compared. */
  readonly kind: string;
  /** The levels, scaled to mean 0 and variance 1 if all levels are equally frequent; empty where they are not known. */
  readonly numbers: readonly number[];
}

/** A code without readable digits gives no numbers. */
export function codedSegment(segment: string): CodedSegment {
  const [, , scale = '', levels = '', digits = ''] = CODE.exec(segment) ?? [];
  return {
    base: withoutCode(segment),
    kind: `${scale}:${digits.length}`,
    numbers: Array.from(DIGITS.test(digits) ? digits : '', digit =>
      standardised(Number.parseInt(digit, 16), Number(levels)),
    ),
  };
}

function standardised(level: number, levels: number): number {
  return levels < 2 ? 0 : (2 * level + 1 - levels) * Math.sqrt(3 / (levels * levels - 1));
}
