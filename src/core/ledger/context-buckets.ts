/** Numbers about a request as parts of a segment: a few buckets are as fine as a feature's traffic bears. */

/** What the router sees of a request by itself. */
export type ObservedContext = 'length' | 'tools' | 'turns';

/** Four sizes, a factor of four apart. */
const LENGTHS = [
  [2_000, 'short'],
  [8_000, 'medium'],
  [32_000, 'long'],
] as const;

/** @param chars length of the request's body, in characters */
export function lengthBucket(chars: number): 'short' | 'medium' | 'long' | 'huge' {
  return LENGTHS.find(([below]) => chars < below)?.[1] ?? 'huge';
}

/** @param turns messages of the user in the request's conversation, the newest included */
export function turnsBucket(turns: number): '1' | '2-4' | '5+' {
  if (turns <= 1) return '1';
  return turns < 5 ? '2-4' : '5+';
}

/**
 * Where a number lies between cuts: `below-0.3`, `0.3-to-0.7`, `from-0.7`. A number at a cut is above it.
 *
 * @param cuts ascending, at least one
 */
export function cutBucket(value: number, cuts: readonly number[]): string {
  const above = cuts.findIndex(cut => value < cut);
  if (above === 0) return `below-${cuts[0]}`;
  return above < 0 ? `from-${cuts.at(-1)}` : `${cuts[above - 1]}-to-${cuts[above]}`;
}
