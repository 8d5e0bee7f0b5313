/** A number kept within a range. */

export type Range = readonly [min: number, max: number];

export function clamp(value: number, [min, max]: Range): number {
  return Math.min(max, Math.max(min, value));
}
