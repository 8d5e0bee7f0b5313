/** Estimates the strength of a prior from how much more the counts vary than chance explains. */
import type { Range } from './clamp.ts';
import { clamp } from './clamp.ts';

/**
 * Strength of a Beta prior with the given means, in outcomes, from the overdispersion ρ of the counts around them:
 * κ = 1/ρ − 1 within the range. The lowest strength for counts too small to show any dispersion.
 */
export function strengthOf(
  rates: readonly { readonly n: number; readonly s: number; readonly mean: number }[],
  range: Range,
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
  return rho <= 0 ? range[1] : clamp(1 / rho - 1, range);
}
