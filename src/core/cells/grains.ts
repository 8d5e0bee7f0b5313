/**
 * Older statistics in coarser buckets: days, then "weeks" that end with the calendar month, so that a month sums exactly. A store has two
 * boundaries, and every reader converts what it reads to their buckets. Sums only add, so merging cells early, late, twice or never changes
 * no answer.
 */
import type { Bucket, Cell, CellKey } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import type { CellMap } from './sums.ts';
import { addCell, hasSums } from './sums.ts';

/**
 * The boundaries of older statistics, in hours since the epoch: a bucket before `weekBefore` is a week (a fifth of a
 * calendar month), one before `dayBefore` a day (UTC), later ones are hours. Each is where such a bucket begins, or
 * −∞, and only grows.
 */
export interface Grains {
  readonly dayBefore: number;
  readonly weekBefore: number;
}

/** No boundaries: all cells are of an hour. */
export const NO_GRAINS: Grains = Object.freeze({ dayBefore: -Infinity, weekBefore: -Infinity });

const DAY_H = 24;
const DAYS_AFTER_DAYS = 14;
const WEEKS_AFTER_DAYS = 90;

/** First hour of the day (UTC) that contains an hour, or a moment in hours. */
export const dayOf = (hour: number): number => Math.floor(hour / DAY_H) * DAY_H;

const dateOf = (hour: number): Date => new Date(hour * BUCKET_MS);

/** First hour of the week that contains an hour. */
export function weekOf(hour: number): number {
  return dayOf(hour) - ((dateOf(hour).getUTCDate() - 1) % 7) * DAY_H;
}

/** The boundaries at a time: days that ended 14 days ago or earlier, weeks that ended 90 days ago or earlier. */
export function grainsAt(nowMs: number): Grains {
  const before = (days: number): number => nowMs / BUCKET_MS - days * DAY_H;
  return { dayBefore: dayOf(before(DAYS_AFTER_DAYS)), weekBefore: weekOf(before(WEEKS_AFTER_DAYS)) };
}

/** The bucket that an hour belongs to. */
export function canonical(hour: number, { dayBefore, weekBefore }: Grains): Bucket {
  if (hour < weekBefore) return { bucket: weekOf(hour), grain: 'week' };
  return hour < dayBefore ? { bucket: dayOf(hour), grain: 'day' } : { bucket: hour };
}

/** The key with its bucket converted to the boundaries. A bucket that is already coarser stays as it is. */
export function canonicalKey(key: CellKey, grains: Grains): CellKey {
  // Fast path: most cells are younger than both boundaries, and every commit asks.
  if (key.grain === 'week' || (key.bucket >= grains.dayBefore && key.bucket >= grains.weekBefore)) return key;
  const { bucket, grain } = canonical(key.bucket, grains);
  return grain === undefined || grain === key.grain ? key : { ...key, bucket, grain };
}

/**
 * Converts the cells to the buckets of the boundaries, and adds up those of one bucket; empty cells are left out. A bucket that is already
 * coarser stays as it is.
 */
export function foldCells(cells: readonly Cell[], grains: Grains): readonly Cell[] {
  const folded: CellMap = new Map();
  for (const { key, sums } of cells) addCell(folded, { key: canonicalKey(key, grains), sums });
  return [...folded.values()].filter(hasSums);
}

/** Hours in the widest bucket, for a fast first test: the exact hours of a week take longer to find. */
export const MAX_HOURS: number = 7 * DAY_H;

/** The weeks asked for so far, about 60 for each year: a date takes longer than all else that is done with a cell. */
const weekHours = new Map<number, number>();

/** Hours in a bucket: 1, 24, or what a week has (168; 24 to 72 for the end of a month). */
export function hoursIn({ bucket, grain }: Bucket): number {
  if (grain === undefined) return 1;
  if (grain === 'day') return DAY_H;
  let hours = weekHours.get(bucket);
  if (hours === undefined) weekHours.set(bucket, (hours = hoursInWeek(bucket)));
  return hours;
}

function hoursInWeek(bucket: number): number {
  const first = dateOf(bucket);
  if (first.getUTCDate() <= 22) return 7 * DAY_H;
  return first.setUTCMonth(first.getUTCMonth() + 1, 1) / BUCKET_MS - bucket;
}
