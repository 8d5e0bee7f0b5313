/** Does it take as many outcomes until a comparison of plans is settled as the report predicts? */
import { sampleTable } from '../../src/core/choice/posterior-samples.ts';
import type { CellMap } from '../../src/core/cells/sums.ts';
import { addCell, sumsByPlan } from '../../src/core/cells/sums.ts';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { settledOn } from '../../src/core/report/estimate.ts';
import { ALL_LEARN } from '../../src/core/report/traffic.ts';
import { sameFailureCost } from '../../src/core/report/failure-costs.ts';
import { explainDecision } from '../../src/core/report/explain-decision.ts';
import type { Forecast } from '../../src/core/report/forecast.ts';
import { knownPlans } from '../../src/core/report/known-plans.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { startSimulation, START_MS, STEP_MS } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Part } from './check.ts';
import { atLeast, fewer } from './check.ts';

const WORLDS: readonly World[] = [
  worldOf('article', 15, [0.0019, 0.7], [0.014, 0.95]),
  worldOf('$200', 200, [0.0019, 0.8], [0.014, 0.95]),
  worldOf('$1', 1, [0.0019, 0.6], [0.014, 0.97]),
  worldOf('three models', 15, [0.0019, 0.6], [0.006, 0.7], [0.014, 0.95]),
];

/** Failures of $0.05 to $5, a cheap plan and one that costs three to ten times as much and is up to 25 points better. */
function randomWorld(seed: number): World {
  const random = seededRandom(`forecasts ${seed}`);
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const cheapUsd = 0.002;
  const success = between(0.6, 0.9);
  const failureCostUsd = Math.exp(between(Math.log(0.05), Math.log(5)));
  const better = Math.min(0.99, success + between(0, 0.25));
  return worldOf(`random ${seed}`, failureCostUsd, [cheapUsd, success], [cheapUsd * between(3, 10), better]);
}

/** Of each seed. */
const RANDOM_WORLDS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const PREDICTED_AT = [100, 200, 400, 800, 1600] as const;
const INTENTS = 20_000;
/** For predictions above this, the run is too short to show whether an intent took twice as long. */
const MOST_OUTCOMES = (INTENTS - 1600) / 2;
/** Intents between two looks at whether the comparison is settled. */
const LOOK_EVERY = 50;

function worldOf(name: string, failureCostUsd: number, ...arms: readonly (readonly [number, number])[]): World {
  const models = arms.map(([costUsd, success], k) => ({ name: `m${k}`, costUsd, success }));
  return modelsWorld({ name, failureCostUsd, models });
}

interface Prediction {
  readonly forecast: Forecast;
  /** Infinity where the comparison was not settled in the run. */
  readonly tookOutcomes: number;
}

function predictionsIn(world: World, seed: number): readonly Prediction[] {
  const cells: CellMap = new Map();
  const { failureCostUsd } = world;
  const plans = world.plans.map(planKey);
  const simulation = startSimulation(world, thompson(), {
    seed,
    onDelta: delta => {
      for (const cell of delta) addCell(cells, cell);
    },
  });
  const forecasts: { at: number; forecast: Forecast }[] = [];
  for (let intents = 1; intents <= INTENTS; intents++) {
    simulation.step();
    if (intents % LOOK_EVERY !== 0) continue;
    if (intents >= 100 && settledOn(sumsByPlan(cells.values()), { plans, failureCostUsd }) !== undefined)
      return forecasts.map(({ at, forecast }) => ({ forecast, tookOutcomes: intents - at }));
    if (!PREDICTED_AT.includes(intents as 100)) continue;
    const nowMs = START_MS + intents * STEP_MS;
    const posterior = simulation.learned.segment('').posterior(nowMs);
    const decision = explainDecision(posterior, sampleTable(posterior, seededRandom(seed)), {
      failureCosts: sameFailureCost(failureCostUsd),
      perSuccess: false,
      costMultiplier: 1,
      eligible: 2 ** plans.length - 1,
      traffic: ALL_LEARN,
      known: knownPlans([...cells.values()], {}, nowMs),
    });
    if (decision?.forecast !== undefined) forecasts.push({ at: intents, forecast: decision.forecast });
  }
  return forecasts.map(({ forecast }) => ({ forecast, tookOutcomes: Number.POSITIVE_INFINITY }));
}

export const FORECASTS: Part = {
  name: 'forecasts',
  run({ seeds, progress }) {
    const fewerSeeds = fewer(seeds, 4);
    const predictions = (worlds: (seed: number) => readonly World[]): readonly Prediction[] =>
      fewerSeeds.flatMap(seed => {
        const found = worlds(seed).flatMap(world => predictionsIn(world, seed));
        progress('forecasts');
        return found;
      });
    const all = predictions(() => WORLDS);
    const ratiosOf = (made: readonly Prediction[], kind: 'outcomes' | 'at least'): readonly number[] =>
      made.flatMap(({ forecast, tookOutcomes }) =>
        forecast.kind === kind && (kind === 'at least' || forecast.moreOutcomes <= MOST_OUTCOMES)
          ? [tookOutcomes / forecast.moreOutcomes]
          : [],
      );
    const numbers = ratiosOf(all, 'outcomes');
    const least = ratiosOf(all, 'at least');
    const random = predictions(seed => RANDOM_WORLDS.map(world => randomWorld(world + 100 * seed)));
    const inRandomWorlds = ratiosOf(random, 'outcomes');
    const leastInRandomWorlds = ratiosOf(random, 'at least');
    const percent = (ratios: readonly number[], isRight: (ratio: number) => boolean): number =>
      (100 * ratios.filter(isRight).length) / ratios.length;
    return [
      {
        name: `forecasts: right within a factor of two (of ${numbers.length} numbers)`,
        value: percent(numbers, ratio => ratio >= 0.5 && ratio <= 2),
        unit: '%',
        bar: atLeast(60),
      },
      {
        name: `forecasts: it took longer, as said (of ${least.length} that say “more than”)`,
        value: percent(least, ratio => ratio >= 1),
        unit: '%',
        bar: atLeast(80),
      },
      {
        name: `forecasts: in worlds at random, right within a factor of two (of ${inRandomWorlds.length} numbers)`,
        value: percent(inRandomWorlds, ratio => ratio >= 0.5 && ratio <= 2),
        unit: '%',
      },
      {
        name: 'forecasts: in worlds at random, it took more than twice as long',
        value: percent(inRandomWorlds, ratio => ratio > 2),
        unit: '%',
      },
      {
        name: `forecasts: in worlds at random, it took longer, as said (of ${leastInRandomWorlds.length} that say “more than”)`,
        value: percent(leastInRandomWorlds, ratio => ratio >= 1),
        unit: '%',
      },
    ];
  },
};
