/**
 * Fifty features with Zipf traffic: priors pooled across features against uniform ones. And dissimilar features: the cost of
 * pooling for them.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, fewer, meanOf } from './check.ts';
import { runPooled } from './pooled-features.ts';
import { costOverBest, ONE_OF_FIVE, OPPOSITE_WINNERS, TEN_SIMILAR } from './unlike-features.ts';

const FEATURES = 50;
const INTENTS = 5000;
const MODELS = [
  ['m0', 0.0008, 0.6],
  ['m1', 0.0019, 0.8],
  ['m2', 0.006, 0.92],
  ['m3', 0.014, 0.95],
] as const;

/** Success on the logit scale: the model's level, the feature's difficulty (sd .8) and a residual (sd .3). */
function featureWorlds(random: Random): readonly World[] {
  return Array.from({ length: FEATURES }, (_, f) => {
    const difficulty = 0.8 * normal(random);
    return modelsWorld({
      name: `feature ${f}`,
      failureCostUsd: 15,
      models: MODELS.map(([name, costUsd, success]) => ({
        name,
        costUsd,
        success: sigmoid(Math.log(success / (1 - success)) + difficulty + 0.3 * normal(random)),
      })),
    });
  });
}

function regret(seed: number, poolPriors: boolean): number {
  const random = seededRandom(`features ${seed}`);
  const worlds = featureWorlds(random.fork('worlds'));
  const traffic = random.fork('traffic');
  return runPooled(worlds, { policy: thompson(), seed, traffic, intents: INTENTS, poolPriors }).regretUsd;
}

/** Highest total cost ÷ that of the best model per feature; above it, pooling keeps a feature from its best model. */
const LOCK_IN_BAR = 1.05;

function unlikeFeatures(seeds: readonly number[], progress: (what: string) => void): readonly Figure[] {
  return [OPPOSITE_WINNERS, ONE_OF_FIVE, TEN_SIMILAR].flatMap(world => {
    const shared = costOverBest(world, { seeds, poolPriors: true });
    progress(world.name);
    const apart = costOverBest(world, { seeds, poolPriors: false });
    progress(world.name);
    return [
      {
        name: `shared priors: ${world.name}, cost over the best`,
        ...shared,
        unit: 'x',
        bar: atMost(LOCK_IN_BAR),
      },
      { name: '  features apart', ...apart, unit: 'x' },
    ] satisfies readonly Figure[];
  });
}

export const SHARED_PRIORS: Part = {
  name: 'shared priors',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 5);
    const uniform: number[] = [];
    const learnt: number[] = [];
    for (const seed of runs) {
      uniform.push(regret(seed, false));
      learnt.push(regret(seed, true));
      progress('shared priors');
    }
    const [before, after] = [meanOf(uniform), meanOf(learnt)];
    // Delta method on the paired ratio.
    const ratios = learnt.map((x, i) => 100 * (1 - x / (uniform[i] as number)));
    return [
      {
        name: 'shared priors: less regret than uniform',
        value: 100 * (1 - after.value / before.value),
        standardError: meanOf(ratios).standardError,
        unit: '%',
        bar: atLeast(55),
      },
      { name: '  uniform priors', ...before, unit: 'USD' },
      { name: '  learnt priors', ...after, unit: 'USD' },
      ...unlikeFeatures(runs, progress),
    ];
  },
};
