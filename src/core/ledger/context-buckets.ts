/**
 * Numbers about a request as buckets that name its segment: few, because a feature's traffic must fill each of them.
 */

/** Context that the router observes by itself, without a declaration by the application. */
export type ObservedContext = 'length' | 'tools' | 'turns';

/**
 * A request with fewer characters has this size. Sizes are a factor of four apart; beyond the last, a request is `huge`.
 */
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
 * The bucket of a number between cuts: `below-0.3`, `0.3-to-0.7`, `from-0.7`. A number equal to a cut is above it.
 *
 * @param cuts ascending, at least one
 */
export function cutBucket(value: number, cuts: readonly number[]): string {
  const above = cuts.findIndex(cut => value < cut);
  if (above === 0) return `below-${cuts[0]}`;
  return above < 0 ? `from-${cuts.at(-1)}` : `${cuts[above - 1]}-to-${cuts[above]}`;
}
