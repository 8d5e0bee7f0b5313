/** How fast evidence ages: about 4,000 labelled outcomes per half-life, which is 7 to 90 days. */
import { HALF_LIFE_OUTCOMES, HALF_LIFE_STEPS_PER_OCTAVE, MAX_HALF_LIFE_MS, MIN_HALF_LIFE_MS } from './constants.ts';
import { clamp } from '../math/clamp.ts';
import type { Bucket } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';

const BUCKETS_PER_DAY = 86_400_000 / BUCKET_MS;
/** Labels older than this do not count for the half-life. */
export const REMEMBERED_DAYS: number = MAX_HALF_LIFE_MS / 86_400_000;

/** Measures the rate of labels from their daily counts. */
export interface LabelClock {
  add(at: Bucket, labelled: number): void;
  /** Labels per bucket, over at most the last 90 days; 0 before the first. */
  rate(now: number): number;
  clear(): void;
}

export function labelClock(): LabelClock {
  const days = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  /** The last answer: all nodes and segments of a feature ask for the same moment. */
  let known = { now: Number.NaN, rate: 0 };
  return {
    add(at, labelled) {
      known.now = Number.NaN;
      const { bucket } = at;
      if (bucket < first) first = bucket;
      if (labelled === 0) return;
      const day = Math.floor((bucket + hoursIn(at) / 2) / BUCKETS_PER_DAY);
      days.set(day, (days.get(day) ?? 0) + labelled);
    },
    rate(now) {
      if (now === known.now) return known.rate;
      const oldest = Math.floor(now / BUCKETS_PER_DAY) - REMEMBERED_DAYS;
      let labels = 0;
      for (const [day, count] of days) {
        if (day >= oldest) labels += count;
        else days.delete(day);
      }
      const span = now - Math.max(first, oldest * BUCKETS_PER_DAY);
      known = { now, rate: labels > 0 ? labels / Math.max(1, span) : 0 };
      return known.rate;
    },
    clear() {
      days.clear();
      known.now = Number.NaN;
      first = Number.POSITIVE_INFINITY;
    },
  };
}

/** Half-life in buckets, rounded to a quarter octave so that decayed sums are not computed again with every label. */
export function halfLifeBuckets(clock: LabelClock, now: number): number {
  const rate = clock.rate(now);
  const wanted = rate > 0 ? HALF_LIFE_OUTCOMES / rate : Number.POSITIVE_INFINITY;
  const clamped = clamp(wanted, [MIN_HALF_LIFE_MS / BUCKET_MS, MAX_HALF_LIFE_MS / BUCKET_MS]);
  return 2 ** (Math.round(HALF_LIFE_STEPS_PER_OCTAVE * Math.log2(clamped)) / HALF_LIFE_STEPS_PER_OCTAVE);
}
