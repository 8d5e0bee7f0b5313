/** How much more counts scatter than chance alone would have it, and so how strong a prior around them may be. */

/** Least and most outcomes a prior between segments may be worth. */
const SEGMENT_STRENGTH: readonly [number, number] = [2, 50];

/**
 * Strength of a Beta prior with the given means, from the overdispersion ρ of counts around them: κ = 1/ρ − 1, clipped.
 * Too few counts to tell: the weakest.
 */
export function strengthOf(
  rates: readonly { readonly n: number; readonly s: number; readonly mean: number }[],
  range: readonly [number, number] = SEGMENT_STRENGTH,
): number {
  let excess = 0;
  let scale = 0;
  for (const { n, s, mean: rate } of rates) {
    const variance = rate * (1 - rate);
    excess += (s - n * rate) ** 2 - n * variance;
    scale += n * Math.max(0, n - 1) * variance;
  }
  if (scale <= 0) return range[0];
  const rho = excess / scale;
  return rho <= 0 ? range[1] : Math.min(range[1], Math.max(range[0], 1 / rho - 1));
}
