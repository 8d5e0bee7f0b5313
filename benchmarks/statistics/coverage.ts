/**
 * How often the 95 % intervals hold the truth: costs lognormal with σ = 1, H = $15 for every intent, and other failure
 * costs for other users or tickets.
 */
import type { CostSample } from '../../src/core/math/interval.ts';
import { costPerIntent, costPerSuccess } from '../../src/core/math/interval.ts';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';

const SIZES = [50, 100, 500] as const;
const RATES = [0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99] as const;
const COST_USD = 0.014;
const FAILURE_COST_USD = 15;
const DRAWS_PER_SEED = 50;

/** Failure costs. Configured ones are known for every intent, recorded ones only for failed intents. */
interface FailureCosts {
  readonly name: string;
  readonly drawUsd: (random: Random) => number;
  readonly meanUsd: number;
  readonly isRecorded?: boolean;
  readonly drawsPerSeed: number;
  /** Highest allowed coverage, %; absent: no limit. */
  readonly atMost?: number;
}

const SAME: FailureCosts = {
  name: '',
  drawUsd: () => FAILURE_COST_USD,
  meanUsd: FAILURE_COST_USD,
  drawsPerSeed: DRAWS_PER_SEED,
  atMost: 96.5,
};
/** Intervals are conservative: the spread of costs is that of the failures or of all intents, whichever is larger. */
const ONE_IN_TWENTY: FailureCosts = {
  name: ', one user in 20 at $200',
  drawUsd: random => (random.next() < 0.05 ? 200 : FAILURE_COST_USD),
  meanUsd: 24.25,
  drawsPerSeed: 25,
  atMost: 97.5,
};
const BY_USER: FailureCosts = {
  name: ', lognormal by user',
  drawUsd: random => lognormalVariate(FAILURE_COST_USD, 1, random),
  meanUsd: FAILURE_COST_USD,
  drawsPerSeed: 25,
  atMost: 97.5,
};
/** No bar: nothing is known of a high cost before the first failure that has it. */
const RECORDED: FailureCosts = {
  name: ', lognormal as recorded',
  drawUsd: BY_USER.drawUsd,
  meanUsd: FAILURE_COST_USD,
  isRecorded: true,
  drawsPerSeed: 8,
};
const WORLDS = [SAME, ONE_IN_TWENTY, BY_USER, RECORDED];

function draw(n: number, { success, costs }: { success: number; costs: FailureCosts }, random: Random): CostSample {
  let [s, c1, c2, c3, loss, loss2, costTimesLoss, all, all2] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const cost = lognormalVariate(COST_USD, 1, random);
    c1 += cost;
    c2 += cost * cost;
    c3 += cost * cost * cost;
    const isSuccess = random.next() < success;
    if (isSuccess) s++;
    if (isSuccess && costs.isRecorded === true) continue;
    const failureCost = costs.drawUsd(random);
    all += failureCost;
    all2 += failureCost * failureCost;
    if (isSuccess) continue;
    loss += failureCost;
    loss2 += failureCost * failureCost;
    costTimesLoss += cost * failureCost;
  }
  const mean = c1 / n;
  const variance = c2 / n - mean * mean;
  const deviation = Math.sqrt(variance);
  const scale = deviation * Math.sqrt(Math.max(0, loss2 / n - (loss / n) ** 2));
  return {
    n,
    meanUsd: mean,
    variance: (variance * n) / (n - 1),
    skewness: (c3 / n - (3 * mean * c2) / n + 2 * mean ** 3) / deviation ** 3,
    labelled: n,
    successes: s,
    correlation: scale > 0 ? (costTimesLoss - mean * loss) / n / scale : 0,
    failureCostUsd: s < n ? loss / (n - s) : costs.meanUsd,
    failureCostTiltedUsd: Math.max(loss > 0 ? loss2 / loss : costs.meanUsd, all > 0 ? all2 / all : 0),
  };
}

export const COVERAGE: Part = {
  name: 'coverage',
  run({ seeds, progress }) {
    return WORLDS.flatMap(costs => {
      const figures = coverageOf(costs, seeds);
      progress('coverage');
      return figures;
    });
  },
};

function coverageOf(costs: FailureCosts, seeds: readonly number[]): readonly Figure[] {
  const shares = { costPerIntent: [] as number[], costPerSuccess: [] as number[] };
  for (const n of SIZES) {
    for (const success of RATES) {
      const random = seededRandom(`coverage ${n} ${success}${costs.name}${seeds[0] === 0 ? '' : ` ${seeds[0]}`}`);
      const truth = COST_USD + costs.meanUsd * (1 - success);
      const draws = seeds.length * costs.drawsPerSeed;
      let [intents, successes] = [0, 0];
      for (let i = 0; i < draws; i++) {
        const sample = draw(n, { success, costs }, random);
        const cpi = costPerIntent(sample);
        const cps = costPerSuccess(sample);
        if (cpi.low <= truth && truth <= cpi.high) intents++;
        if (cps.low <= truth / success && truth / success <= cps.high) successes++;
      }
      shares.costPerIntent.push((100 * intents) / draws);
      shares.costPerSuccess.push((100 * successes) / draws);
    }
  }
  return Object.entries(shares).flatMap(([name, values]): readonly Figure[] => {
    const mean: Figure = { name: `coverage: ${name}${costs.name}, mean`, value: meanOf(values).value, unit: '%' };
    const least: Figure = {
      name: `coverage: ${name}${costs.name}, least`,
      value: Math.min(...values),
      unit: '%',
      note: 'of 21 cells',
    };
    if (costs.atMost === undefined) return [mean, least];
    return [
      { ...mean, bar: atLeast(94) },
      { ...mean, bar: atMost(costs.atMost) },
      { ...least, bar: atLeast(90) },
    ];
  });
}
