/** The change cut on one node's history, tested after every outcome: false alarms, and the delay until a drop is detected. */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { shuffle } from '../../src/core/math/samplers.ts';
import type { Series } from '../../src/core/beliefs/series.ts';
import { createSeries } from '../../src/core/beliefs/series.ts';
import type { Figure, Part } from './check.ts';
import { atMost, meanOf } from './check.ts';

const OUTCOMES = 10_000;
const HALF_LIFE_BUCKETS = 672;

interface Traffic {
  readonly name: string;
  readonly perHour: number;
  /** Labels come in random order once this number of intents waits for a label; default: at once. */
  readonly together?: number;
}

const TRAFFIC: readonly Traffic[] = [
  { name: '3 labels an hour', perHour: 3 },
  { name: '6 an hour', perHour: 6 },
  { name: '1 a second', perHour: 3600 },
  { name: '10 a second', perHour: 36_000 },
  { name: '6 an hour, in bursts once a day', perHour: 6, together: 144 },
  { name: '1 a second, in bursts once a minute', perHour: 3600, together: 60 },
];

/** One intent at its hour, and its label as of that moment. */
function observe(series: Series, moment: number, isSuccess: boolean): void {
  series.add({ bucket: Math.floor(moment) }, { labelled: 1n, ...(isSuccess ? { successes: 1n } : {}) }, moment);
}

/** Whether a change is found in 10,000 outcomes of one rate. */
function isAlarmed(
  { perHour, together = 1 }: Traffic,
  { success, random }: { success: number; random: Random },
): boolean {
  const series = createSeries();
  let alarms = 0;
  for (let from = 0; from < OUTCOMES; from += together) {
    const moments = shuffle(
      Array.from({ length: together }, (_, i) => (from + i) / perHour),
      random,
    );
    for (let i = 0; i < together; i++)
      series.add({ bucket: Math.floor((from + i) / perHour) }, { n: 1n, ended: 1n }, (from + i) / perHour);
    for (const moment of moments) {
      observe(series, moment, random.next() < success);
      if (series.detectChange(Number.POSITIVE_INFINITY)) alarms++;
    }
    // Merges old groups, as every read does.
    if (from % 50 < together) series.decayed(from / perHour, HALF_LIFE_BUCKETS);
  }
  return alarms > 0;
}

/** Outcomes from a drop of .95 to .55 until it is found. */
function delayOf({ perHour }: Traffic, random: Random): number {
  const series = createSeries();
  const step = (t: number, success: number): void => {
    series.add({ bucket: Math.floor(t / perHour) }, { n: 1n, ended: 1n }, t / perHour);
    observe(series, t / perHour, random.next() < success);
  };
  for (let t = 0; t < 5000; t++) step(t, 0.95);
  series.decayed(5000 / perHour, HALF_LIFE_BUCKETS);
  while (series.detectChange(Number.POSITIVE_INFINITY));
  let delay = 0;
  for (; delay < 2000; delay++) {
    step(5000 + delay, 0.55);
    if (series.detectChange(Number.POSITIVE_INFINITY)) break;
  }
  return delay + 1;
}

export const CHANGE_CUT: Part = {
  name: 'change cut',
  run({ seeds, progress }) {
    return TRAFFIC.flatMap((traffic): readonly Figure[] => {
      const alarms: number[] = [];
      const delays: number[] = [];
      for (const seed of seeds) {
        const random = seededRandom(`change ${seed}`);
        alarms.push(isAlarmed(traffic, { success: seed % 2 === 0 ? 0.95 : 0.7, random }) ? 100 : 0);
        if (traffic.together === undefined) delays.push(delayOf(traffic, random));
        progress('change cut');
      }
      const of = `change cut, ${traffic.name}`;
      const falseAlarms: Figure = {
        name: `${of}: false alarms per 10,000`,
        ...meanOf(alarms),
        unit: '%',
        bar: atMost(1),
      };
      if (delays.length === 0) return [falseAlarms];
      return [
        falseAlarms,
        { name: `${of}: .95 → .55 found after, mean`, ...meanOf(delays), unit: 'outcomes' },
        {
          name: `${of}: .95 → .55 found after, at worst`,
          value: Math.max(...delays),
          unit: 'outcomes',
          bar: atMost(100),
        },
      ];
    });
  },
};
