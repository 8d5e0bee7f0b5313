/**
 * Classes of failure cost, so that intents whose failures cost about the same are compared with each other. Each cut is the
 * one that most reduces the sum of squares within the classes.
 */
import { sortedFloats } from '../common/sorted-floats.ts';

const MAX_CLASSES = 4;
/** Minimum fraction of all intents, and minimum number, in a class: in a smaller one a plan may never have been chosen. */
const MIN_FRACTION = 0.01;
const MIN_INTENTS = 50;
/** Fraction of the total sum of squares that a further cut must remove. Smaller: cuts that only follow chance. */
const MIN_GAIN = 0.02;
/** Ratio of the largest to the smallest failure cost below which classes are not needed. */
const ONE_CLASS_RATIO = 1.25;
/** Maximum number of places that are tried for a cut. */
const MAX_PLACES = 1000;

/** The lower limits of the classes from the second on, ascending. Intents without a failure cost are a class of their own. */
export function failureCostCuts(failureCostsUsd: Float64Array): readonly number[] {
  const sorted = sortedFloats(failureCostsUsd.filter(usd => usd > 0));
  const n = sorted.length;
  const at = (i: number): number => sorted[i] as number;
  if (n === 0) return [];
  const hasFree = n < failureCostsUsd.length;
  const free = hasFree ? [at(0)] : [];
  if (at(n - 1) <= ONE_CLASS_RATIO * at(0)) return free;
  const spread = sumsOfSquares(sorted);
  const smallest = Math.max(MIN_INTENTS, MIN_FRACTION * failureCostsUsd.length);
  const places = cutPlaces(sorted);
  const edges = [0, n];
  while (edges.length <= MAX_CLASSES) {
    let best = MIN_GAIN * spread(0, n);
    let cut = -1;
    for (const place of places) {
      const [from, to] = [edges.findLast(edge => edge <= place) ?? 0, edges.find(edge => edge > place) ?? n];
      if (place - from < smallest || to - place < smallest) continue;
      const gain = spread(from, to) - spread(from, place) - spread(place, to);
      if (gain > best) [best, cut] = [gain, place];
    }
    if (cut < 0) break;
    edges.push(cut);
    edges.sort((x, y) => x - y);
  }
  return [...free, ...edges.slice(1, -1).map(at)];
}

/** Places where a larger cost begins, because equal costs stay together. If there are many places, a selection is tried. */
function cutPlaces(sorted: Float64Array): readonly number[] {
  const places: number[] = [];
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) places.push(i);
  const step = Math.ceil(places.length / MAX_PLACES);
  return places.filter((_, i) => i % step === 0);
}

/** Sum of squared deviations from their mean, of the sorted values from one place to before another. */
function sumsOfSquares(sorted: Float64Array): (from: number, to: number) => number {
  const sums = new Float64Array(sorted.length + 1);
  const squares = new Float64Array(sorted.length + 1);
  sorted.forEach((value, i) => {
    sums[i + 1] = (sums[i] as number) + value;
    squares[i + 1] = (squares[i] as number) + value ** 2;
  });
  return (from, to) => {
    const part = (of: Float64Array): number => (of[to] as number) - (of[from] as number);
    return to > from ? part(squares) - part(sums) ** 2 / (to - from) : 0;
  };
}
