/** How fast evidence ages: so that about 4,000 labelled outcomes are younger than the half-life, within 7 to 90 days. */
import { BUCKET_MS } from '../cells/cell.ts';

/** Labelled outcomes of the feature per half-life. */
const HALF_LIFE_OUTCOMES = 4000;
const MIN_HALF_LIFE_MS = 7 * 86_400_000;
const MAX_HALF_LIFE_MS = 90 * 86_400_000;

const BUCKETS_PER_DAY = 86_400_000 / BUCKET_MS;
const REMEMBERED_DAYS = MAX_HALF_LIFE_MS / 86_400_000;

/** Counts labels per day, to know their rate. */
export interface LabelClock {
  add(bucket: number, labelled: number): void;
  /** Labels per bucket, over at most the last 90 days; 0 before the first. */
  rate(now: number): number;
  clear(): void;
}

export function labelClock(): LabelClock {
  const days = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  return {
    add(bucket, labelled) {
      if (bucket < first) first = bucket;
      if (labelled === 0) return;
      const day = Math.floor(bucket / BUCKETS_PER_DAY);
      days.set(day, (days.get(day) ?? 0) + labelled);
    },
    rate(now) {
      const oldest = Math.floor(now / BUCKETS_PER_DAY) - REMEMBERED_DAYS;
      let labels = 0;
      for (const [day, count] of days) {
        if (day >= oldest) labels += count;
        else days.delete(day);
      }
      const span = now - Math.max(first, oldest * BUCKETS_PER_DAY);
      return labels > 0 ? labels / Math.max(1, span) : 0;
    },
    clear() {
      days.clear();
      first = Number.POSITIVE_INFINITY;
    },
  };
}

/** Half-life in buckets, in steps of a quarter octave so that sums are not made anew with every label. */
export function halfLifeBuckets(clock: LabelClock, now: number): number {
  const rate = clock.rate(now);
  const wanted = rate > 0 ? HALF_LIFE_OUTCOMES / rate : Number.POSITIVE_INFINITY;
  const clamped = Math.min(MAX_HALF_LIFE_MS / BUCKET_MS, Math.max(MIN_HALF_LIFE_MS / BUCKET_MS, wanted));
  return 2 ** (Math.round(4 * Math.log2(clamped)) / 4);
}
