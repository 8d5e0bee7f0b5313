/**
 * Turns several numbers about a request into a point around 0 at a distance of about 1, whatever their scale. The usual center and distance
 * are medians of the first requests, and are updated from then on. Distances are limited to a few times the usual one: otherwise a request
 * with nonsense in it would count more than all others together.
 */
import { MAX_NUMBER_DISTANCE } from './number-constants.ts';
import { clamp } from '../math/clamp.ts';

export interface NumberScale {
  /** A request as a standardized point. Also updates the usual center and distance. */
  standardised(numbers: ArrayLike<number>): Float32Array;
}

/** Magnitude above which sums of squares would be infinite. */
const MAX_MAGNITUDE = 1e100;

/** @param first a few requests, at least two */
export function numberScale(first: readonly ArrayLike<number>[]): NumberScale {
  const known = first.map(numbers => Float64Array.from(numbers, x => clamp(x, [-MAX_MAGNITUDE, MAX_MAGNITUDE])));
  const center = Float64Array.from(known[0] ?? [], (_, i) => medianOf(known.map(numbers => numbers[i] as number)));
  // Equal numbers have no scale: any value works until different ones come.
  let square = medianOf(known.map(each => squareFrom(center, each)).filter(found => found > 0)) || 1;
  let seen = first.length;
  return {
    standardised(numbers) {
      const point = Float64Array.from(numbers, (x, i) => clamp(x, [-MAX_MAGNITUDE, MAX_MAGNITUDE]) - (center[i] ?? 0));
      const distance = Math.sqrt(point.reduce((sum, x) => sum + x * x, 0) / square);
      const kept = Math.min(1, MAX_NUMBER_DISTANCE / distance);
      const result = Float32Array.from(point, x => (kept * x) / Math.sqrt(square));
      seen++;
      point.forEach((x, i) => (center[i] = (center[i] as number) + (kept * x) / seen));
      square *= 1 + ((kept * distance) ** 2 - 1) / seen;
      return result;
    },
  };
}

function squareFrom(center: Float64Array, numbers: Float64Array): number {
  return numbers.reduce((sum, x, i) => sum + (x - (center[i] as number)) ** 2, 0);
}

/** The median; 0 of an empty list. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
