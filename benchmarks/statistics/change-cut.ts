/** The change cut on one node's history, tested after every outcome: false alarms, and the delay until a drop is detected. */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { Series } from '../../src/core/beliefs/series.ts';
import { createSeries } from '../../src/core/beliefs/series.ts';
import type { Part } from './check.ts';
import { atMost, meanOf } from './check.ts';

const OUTCOMES = 10_000;
/** Six outcomes an hour, as in the simulations. */
const PER_BUCKET = 6;
const HALF_LIFE_BUCKETS = 672;

function observe(series: Series, t: number, { success, random }: { success: number; random: Random }): void {
  const isSuccess = random.next() < success;
  series.add(
    { bucket: Math.floor(t / PER_BUCKET) },
    { n: 1n, ended: 1n, labelled: 1n, ...(isSuccess ? { successes: 1n } : {}) },
  );
}

export const CHANGE_CUT: Part = {
  name: 'change cut',
  run({ seeds, progress }) {
    const alarms: number[] = [];
    const delays: number[] = [];
    for (const seed of seeds) {
      const random = seededRandom(`change ${seed}`);
      const steady = createSeries();
      let isAlarmed = false;
      for (let t = 0; t < OUTCOMES; t++) {
        observe(steady, t, { success: 0.95, random });
        // Merges old groups, as every read does.
        if (t % 50 === 0) steady.decayed(t / PER_BUCKET, HALF_LIFE_BUCKETS);
        if (t % 5 === 0 && steady.detectChange(Number.POSITIVE_INFINITY)) isAlarmed = true;
      }
      alarms.push(isAlarmed ? 100 : 0);

      const falling = createSeries();
      for (let t = 0; t < 5000; t++) observe(falling, t, { success: 0.95, random });
      falling.decayed(5000 / PER_BUCKET, HALF_LIFE_BUCKETS);
      falling.detectChange(Number.POSITIVE_INFINITY);
      let delay = 0;
      for (; delay < 2000; delay++) {
        observe(falling, 5000 + delay, { success: 0.55, random });
        if (falling.detectChange(Number.POSITIVE_INFINITY)) break;
      }
      delays.push(delay + 1);
      progress('change cut');
    }
    const sorted = delays.toSorted((a, b) => a - b);
    return [
      { name: 'change cut: false alarms per 10,000 outcomes', ...meanOf(alarms), unit: '%', bar: atMost(1) },
      { name: 'change cut: .95 → .55 found after, mean', ...meanOf(delays), unit: 'outcomes' },
      {
        name: 'change cut: .95 → .55 found after, at worst',
        value: sorted.at(-1) as number,
        unit: 'outcomes',
        bar: atMost(100),
      },
    ];
  },
};
