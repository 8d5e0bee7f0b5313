/** Sorts numbers of which most occur many times: a million delays are of a few lengths, and a million failure costs of a few amounts. */

/** With more different numbers, counting them takes longer than to sort them. */
const MAX_DIFFERENT = 64;

/** A copy in ascending order, as `Float64Array.sort` gives it. No number may be −0. */
export function sortedFloats(numbers: Float64Array): Float64Array {
  const counts = new Map<number, number>();
  let [last, count] = [Number.NaN, 0];
  for (const number of numbers) {
    if (number === last) {
      count++;
      continue;
    }
    if (count > 0) counts.set(last, (counts.get(last) ?? 0) + count);
    if (counts.size > MAX_DIFFERENT) return numbers.slice().sort();
    [last, count] = [number, 1];
  }
  if (count > 0) counts.set(last, (counts.get(last) ?? 0) + count);
  const sorted = new Float64Array(numbers.length);
  let from = 0;
  for (const number of Float64Array.from(counts.keys()).sort()) {
    const to = from + (counts.get(number) as number);
    sorted.fill(number, from, to);
    from = to;
  }
  return sorted;
}
