/** Numbers of the fake provider that are fixed or drawn from a range. */
import type { SeededRandom } from '../core/math/random.ts';

/** A fixed number, or a range to draw from, both ends included. */
export type FakeCount = number | readonly [min: number, max: number];

export function drawCount(count: FakeCount, random: SeededRandom): number {
  if (typeof count === 'number') return count;
  const [min, max] = count;
  return min + Math.floor(random.next() * (max - min + 1));
}
