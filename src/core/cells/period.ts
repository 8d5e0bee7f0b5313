/** Cells of a period, and cells in steps of time, for trends and plots. */
import type { Cell, CellScope, Sums } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import { hoursIn } from './grains.ts';
import type { GrowingSums } from './sums.ts';
import { addAt } from './sums.ts';

/**
 * From (included) until (excluded), milliseconds since the epoch. The start is rounded down to the hour, as cells are.
 */
export interface Period {
  readonly fromMs?: number;
  readonly toMs?: number;
}

/**
 * True for buckets that begin in the period. For a period from {@link wholeBuckets}, these are all buckets that overlap it.
 */
export function isIn({ fromMs = -Infinity, toMs = Infinity }: Period, bucket: number): boolean {
  const startMs = bucket * BUCKET_MS;
  return startMs >= Math.floor(fromMs / BUCKET_MS) * BUCKET_MS && startMs < toMs;
}

/** The cells of buckets that begin in the period; the same array if the period has no edge. */
export function cellsIn(period: Period, cells: readonly Cell[]): readonly Cell[] {
  const { fromMs, toMs } = period;
  return fromMs === undefined && toMs === undefined ? cells : cells.filter(({ key }) => isIn(period, key.bucket));
}

/**
 * The period that has no edge inside an older bucket of the cells, which cannot be divided: such an edge is moved outwards.
 * The same object where none is moved.
 */
export function wholeBuckets(period: Period, cells: Iterable<Cell>): Period {
  if (period.fromMs === undefined && period.toMs === undefined) return period;
  const buckets = coarseBuckets(cells);
  const start = bucketAt(period.fromMs, buckets)?.fromMs;
  const end = bucketAt(period.toMs, buckets)?.toMs;
  if (start === undefined && end === undefined) return period;
  return {
    ...period,
    ...(start === undefined ? {} : { fromMs: start }),
    ...(end === undefined ? {} : { toMs: end }),
  };
}

/** Older buckets that the start or the end of the period falls into, each as a period. */
export function dividedBuckets(period: Period, cells: Iterable<Cell>): readonly Required<Period>[] {
  const buckets = coarseBuckets(cells);
  const [first, last] = [bucketAt(period.fromMs, buckets), bucketAt(period.toMs, buckets)];
  return [first, last === first ? undefined : last].filter(bucket => bucket !== undefined);
}

/** The buckets of more than an hour. */
function coarseBuckets(cells: Iterable<Cell>): readonly Required<Period>[] {
  const ends = new Map<number, number>();
  for (const { key } of cells) {
    if (key.grain !== undefined) ends.set(key.bucket, Math.max(ends.get(key.bucket) ?? 0, key.bucket + hoursIn(key)));
  }
  return [...ends].map(([start, end]) => ({ fromMs: start * BUCKET_MS, toMs: end * BUCKET_MS }));
}

/** The widest bucket that a time divides. */
function bucketAt(atMs = Number.NaN, buckets: readonly Required<Period>[] = []): Required<Period> | undefined {
  const width = (bucket: Required<Period>): number => bucket.toMs - bucket.fromMs;
  const around = buckets.filter(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs);
  return around.sort((a, b) => width(b) - width(a))[0];
}

/** Start of the first bucket and end of the last one that a scope's cells have; `undefined` without cells. */
export function spanOf(cells: Iterable<Cell>, scope: CellScope = 'plan'): Required<Period> | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const { key } of cells) {
    if (key.scope !== scope) continue;
    if (key.bucket < first) first = key.bucket;
    const end = key.bucket + hoursIn(key);
    if (end > last) last = end;
  }
  return first > last ? undefined : { fromMs: first * BUCKET_MS, toMs: last * BUCKET_MS };
}

/** Hours that a step of a plot may have, so that steps begin at whole hours, days or weeks. */
const WIDTHS_H = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 1344];

/** The narrowest step that divides a span into at most `most` steps, wherever the first one begins. Milliseconds. */
export function stepFor({ fromMs, toMs }: Required<Period>, most: number): number {
  const hours = (toMs - fromMs) / 3_600_000;
  const width = WIDTHS_H.find(each => Math.ceil(hours / each) < most) ?? Math.ceil(hours / most);
  return width * 3_600_000;
}

/** The plan cells of one step of time. */
export interface Step {
  readonly fromMs: number;
  /** Sums by plan; a plan without intents in this step has none. */
  readonly plans: ReadonlyMap<string, Sums>;
}

/**
 * Where the steps of a plot begin: every `widthMs` (whole hours), or where an older bucket begins that a step would divide.
 */
export function stepStarts(cells: Iterable<Cell>, span: Required<Period>, widthMs: number): readonly number[] {
  const buckets = coarseBuckets(cells);
  const starts = [Math.floor(span.fromMs / widthMs) * widthMs];
  for (let atMs = (starts[0] as number) + widthMs; atMs < span.toMs; atMs += widthMs) {
    const startMs = bucketAt(atMs, buckets)?.fromMs ?? atMs;
    if (startMs > Math.max(span.fromMs, starts.at(-1) as number)) starts.push(startMs);
  }
  return starts;
}

/** Plan cells in steps, which begin at `starts`, in order of time. A step without intents is kept, with no plans. */
export function stepsOf(cells: Iterable<Cell>, span: Required<Period>, starts: readonly number[]): readonly Step[] {
  const steps = starts.map(fromMs => ({ fromMs, plans: new Map<string, GrowingSums>() }));
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan' || !isIn(span, key.bucket)) continue;
    const step = steps[lastUntil(starts, key.bucket * BUCKET_MS)];
    if (step !== undefined) addAt(step.plans, key.subject, sums);
  }
  return steps;
}

/** The index of the last of these times, which are in order, that is not after another one; −1 for none. */
function lastUntil(times: readonly number[], atMs: number): number {
  let [after, found] = [times.length, -1];
  while (after - found > 1) {
    const middle = (found + after) >> 1;
    if ((times[middle] as number) <= atMs) found = middle;
    else after = middle;
  }
  return found;
}

/**
 * Moves an earlier period back by as much as the start of the period after it was moved, so that no intent is in both.
 */
export function shiftedBefore(before: Required<Period>, { fromMs = Infinity }: Period): Required<Period> {
  const byMs = before.toMs - fromMs;
  return byMs > 0 ? { fromMs: before.fromMs - byMs, toMs: fromMs } : before;
}
