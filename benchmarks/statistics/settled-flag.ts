/** The settled flag on an exact tie, checked after every outcome, with a policy that shifts traffic between the plans. */
import type { CostSample } from '../../src/core/math/interval.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { betaVariate, lognormalVariate } from '../../src/core/math/samplers.ts';
import { settledPlan } from '../../src/core/math/confidence-sequence.ts';
import type { Part } from './check.ts';
import { atMost, meanOf } from './check.ts';

const OUTCOMES = 10_000;
const SUCCESS = 0.9;
const COST_USD = 0.01;
const FAILURE_COST_USD = 15;

interface Arm {
  n: number;
  c1: number;
  c2: number;
  s: number;
}

function sampleOf({ n, c1, c2, s }: Arm): CostSample {
  const meanUsd = n > 0 ? c1 / n : Number.NaN;
  const variance = n > 1 ? Math.max(0, (c2 - n * meanUsd * meanUsd) / (n - 1)) : 0;
  return {
    n,
    meanUsd,
    variance,
    skewness: 0,
    labelled: n,
    successes: s,
    correlation: 0,
    failureCostUsd: FAILURE_COST_USD,
  };
}

/** z of the fixed-n test for a difference in cost per intent, including costs. */
function z(a: CostSample, b: CostSample): number {
  const rate = ({ successes, labelled }: CostSample): number => successes / labelled;
  const cost = (x: CostSample): number => x.meanUsd + FAILURE_COST_USD * (1 - rate(x));
  const variance = (x: CostSample): number =>
    (x.variance + FAILURE_COST_USD ** 2 * rate(x) * (1 - rate(x))) / x.labelled;
  return Math.abs(cost(a) - cost(b)) / Math.sqrt(variance(a) + variance(b));
}

export const SETTLED_FLAG: Part = {
  name: 'settled flag',
  run({ seeds, progress }) {
    const wrong: number[] = [];
    const wrongByFixedN: number[] = [];
    for (const seed of seeds) {
      const random = seededRandom(`tie ${seed}`);
      const arms: readonly [Arm, Arm] = [
        { n: 0, c1: 0, c2: 0, s: 0 },
        { n: 0, c1: 0, c2: 0, s: 0 },
      ];
      let [isSettled, isSignificant] = [false, false];
      for (let t = 0; t < OUTCOMES; t++) {
        const sampled = arms.map(({ n, s }) => betaVariate(1 + s, 1 + n - s, random));
        const arm = arms[(sampled[0] as number) > (sampled[1] as number) ? 0 : 1];
        const cost = lognormalVariate(COST_USD, 1, random);
        arm.n++;
        arm.c1 += cost;
        arm.c2 += cost * cost;
        if (random.next() < SUCCESS) arm.s++;
        if (arms[0].n < 2 || arms[1].n < 2) continue;
        const samples = arms.map(sampleOf) as [CostSample, CostSample];
        const strength = z(...samples);
        if (arms[0].n >= 100 && arms[1].n >= 100 && strength > 1.959964) isSignificant = true;
        // The bounds of both are wider than 2.7 standard errors, so neither can decide below a z of 2.5 or without failures.
        // Skipping those steps saves most of the time.
        if (!(strength <= 2.5) && settledPlan(samples) >= 0) isSettled = true;
      }
      wrong.push(isSettled ? 100 : 0);
      wrongByFixedN.push(isSignificant ? 100 : 0);
      progress('settled flag');
    }
    return [
      { name: 'settled flag: false on an exact tie', ...meanOf(wrong), unit: '%', bar: atMost(5) },
      { name: '  fixed-n z-test, watched', ...meanOf(wrongByFixedN), unit: '%' },
    ];
  },
};
