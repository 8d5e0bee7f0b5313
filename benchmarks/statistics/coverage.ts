/** How often the 95 % intervals hold the truth: costs lognormal with σ = 1, H = $15. */
import type { CostSample } from '../../src/core/interval.ts';
import { costPerIntent, costPerSuccess } from '../../src/core/interval.ts';
import type { Random } from '../../src/core/random.ts';
import { seededRandom } from '../../src/core/random.ts';
import { lognormalVariate } from '../../src/core/samplers.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';

const SIZES = [50, 100, 500] as const;
const RATES = [0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99] as const;
const COST_USD = 0.014;
const FAILURE_COST_USD = 15;
const DRAWS_PER_SEED = 50;

function draw(n: number, success: number, random: Random): CostSample {
  let [s, c1, c2, c3, ofFailures] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const cost = lognormalVariate(COST_USD, 1, random);
    c1 += cost;
    c2 += cost * cost;
    c3 += cost * cost * cost;
    if (random.next() < success) s++;
    else ofFailures += cost;
  }
  const mean = c1 / n;
  const variance = c2 / n - mean * mean;
  const deviation = Math.sqrt(variance);
  const fail = 1 - s / n;
  const scale = deviation * Math.sqrt(fail * (1 - fail));
  return {
    n,
    meanUsd: mean,
    variance: (variance * n) / (n - 1),
    skewness: (c3 / n - (3 * mean * c2) / n + 2 * mean ** 3) / deviation ** 3,
    labelled: n,
    successes: s,
    correlation: scale > 0 ? (ofFailures / n - mean * fail) / scale : 0,
    failureCostUsd: FAILURE_COST_USD,
  };
}

export const COVERAGE: Part = {
  name: 'coverage',
  run({ seeds, progress }) {
    const shares = { costPerIntent: [] as number[], costPerSuccess: [] as number[] };
    for (const n of SIZES) {
      for (const success of RATES) {
        const random = seededRandom(`coverage ${n} ${success}`);
        const truth = COST_USD + FAILURE_COST_USD * (1 - success);
        const draws = seeds * DRAWS_PER_SEED;
        let [intents, successes] = [0, 0];
        for (let i = 0; i < draws; i++) {
          const sample = draw(n, success, random);
          const cpi = costPerIntent(sample);
          const cps = costPerSuccess(sample);
          if (cpi.low <= truth && truth <= cpi.high) intents++;
          if (cps.low <= truth / success && truth / success <= cps.high) successes++;
        }
        shares.costPerIntent.push((100 * intents) / draws);
        shares.costPerSuccess.push((100 * successes) / draws);
        progress('coverage');
      }
    }
    return Object.entries(shares).flatMap(([name, values]): readonly Figure[] => {
      const mean = meanOf(values).value;
      return [
        { name: `coverage: ${name}, mean`, value: mean, unit: '%', bar: atLeast(94) },
        { name: `coverage: ${name}, mean`, value: mean, unit: '%', bar: atMost(96.5) },
        {
          name: `coverage: ${name}, least`,
          value: Math.min(...values),
          unit: '%',
          bar: atLeast(90),
          note: 'of 21 cells',
        },
      ];
    });
  },
};
