/** How much larger one figure is than another, as a fraction of the other, with a 95 % interval. */
import type { Figure } from './interval.ts';

/**
 * `x / y − 1` of positive figures from different intents: MOVER (Zou & Donner 2008) on the logarithm of the ratio. A limit of 0
 * leaves the ratio open on that side. NaN unless both figures are positive and finite.
 *
 * @example
 * ```ts
 * relativeDifference({ value: 2, low: 1.9, high: 2.1 }, { value: 4, low: 3.9, high: 4.1 }); // { value: -0.5, low: -0.52…, high: -0.47… }
 * ```
 */
export function relativeDifference(x: Figure, y: Figure): Figure {
  const ratio = x.value / y.value;
  if (!(x.value > 0 && y.value > 0 && Number.isFinite(ratio))) {
    return { value: Number.NaN, low: -1, high: Number.POSITIVE_INFINITY };
  }
  const below = Math.hypot(logDistance(x.low, x.value), logDistance(y.value, y.high));
  const above = Math.hypot(logDistance(x.value, x.high), logDistance(y.low, y.value));
  return { value: ratio - 1, low: ratio * Math.exp(-below) - 1, high: ratio * Math.exp(above) - 1 };
}

function logDistance(low: number, high: number): number {
  return low > 0 ? Math.log(high / low) : Number.POSITIVE_INFINITY;
}
