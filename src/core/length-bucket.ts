/** The size of a request as a segment: four buckets, a factor of four apart, are as fine as a feature's traffic bears. */

const BOUNDS = [
  [2_000, 'short'],
  [8_000, 'medium'],
  [32_000, 'long'],
] as const;

/** @param chars length of the request's body, in characters */
export function lengthBucket(chars: number): 'short' | 'medium' | 'long' | 'huge' {
  return BOUNDS.find(([below]) => chars < below)?.[1] ?? 'huge';
}
