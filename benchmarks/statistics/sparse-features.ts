/**
 * 200 features, most of them with a few intents: what exploring in each of them costs. And one feature unlike the nine
 * others: what borrowing from those costs there.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import type { FeatureWorld } from './feature-worlds.ts';
import { bestFixedPercent, runFeatures } from './feature-worlds.ts';
import { truePriorPercent } from './true-prior.ts';

const COSTS_USD = [0.0008, 0.0019, 0.006, 0.014];
const SUCCESS = [0.6, 0.8, 0.92, 0.95];
const FEATURES = 200;
const FAILURE_COSTS_USD = [15, 0.2];
const OVER_ORACLE_BAR = 8;

/** Traffic of the n-th feature ∝ 1/n. Success on the logit scale: the model's, the feature's (sd .8), their own (sd .3). */
function sparseFeatures(failureCostUsd: number, seed: number): FeatureWorld {
  const random = seededRandom(`sparse features ${seed}`);
  return {
    failureCostUsd,
    costsUsd: COSTS_USD,
    intents: 6000,
    features: Array.from({ length: FEATURES }, (_, f) => ({ traffic: 1 / (f + 1), success: successOf(random) })),
  };
}

function successOf(random: Random): readonly number[] {
  const difficulty = 0.8 * normal(random);
  return SUCCESS.map(rate => sigmoid(Math.log(rate / (1 - rate)) + difficulty + 0.3 * normal(random)));
}

interface UnlikeWorld {
  readonly name: string;
  readonly costsUsd: readonly number[];
  /** P(success) by model in the one feature, and in the others. */
  readonly unlike: readonly number[];
  readonly others: readonly number[];
  readonly features: number;
  /** The most of the feature's 1,000 intents that may not get its best model; absent where a feature alone needs more. */
  readonly bar?: number;
}

const UNLIKE: readonly UnlikeWorld[] = [
  {
    name: 'another model is best in one of ten',
    costsUsd: COSTS_USD,
    unlike: [0.95, 0.6, 0.5, 0.6],
    others: [0.5, 0.6, 0.7, 0.95],
    features: 10,
    bar: 40,
  },
  {
    name: 'premium is bad in one of ten',
    costsUsd: COSTS_USD,
    unlike: [0.5, 0.6, 0.7, 0.3],
    others: [0.5, 0.6, 0.7, 0.95],
    features: 10,
  },
  {
    name: 'premium of two is bad in one of ten',
    costsUsd: [0.0019, 0.014],
    unlike: [0.7, 0.4],
    others: [0.7, 0.95],
    features: 10,
    bar: 40,
  },
  {
    name: 'opposite winners in two features',
    costsUsd: [0.0019, 0.014],
    unlike: [0.95, 0.6],
    others: [0.6, 0.95],
    features: 2,
    bar: 40,
  },
];
const UNLIKE_FAILURE_COST_USD = 1;
const INTENTS_EACH = 1000;

function unlikeWorld({ costsUsd, unlike, others, features }: UnlikeWorld): FeatureWorld {
  return {
    failureCostUsd: UNLIKE_FAILURE_COST_USD,
    costsUsd,
    intents: features * INTENTS_EACH,
    features: Array.from({ length: features }, (_, f) => ({ traffic: 1, success: f === 0 ? unlike : others })),
  };
}

const RIVALS: readonly { readonly name: string; readonly policy: () => Policy; readonly poolPriors: boolean }[] = [
  { name: 'router, features apart', policy: thompson, poolPriors: false },
  { name: 'plain Thompson', policy: () => thompson({ floor: 'none' }), poolPriors: false },
  { name: 'ε-greedy 0.1, pooled priors', policy: epsilonGreedy, poolPriors: true },
  { name: 'n ≥ 100 then commit', policy: () => exploreThenCommit({ outcomes: 100 }), poolPriors: false },
  { name: 'track-and-stop', policy: trackAndStop, poolPriors: false },
];

function sparse(failureCostUsd: number, seeds: readonly number[], progress: (what: string) => void): readonly Figure[] {
  const over = (policy: () => Policy, poolPriors: boolean) =>
    meanOf(
      seeds.map(seed => {
        progress(`sparse features, ${failureCostUsd}`);
        const [run] = runFeatures(sparseFeatures(failureCostUsd, seed), [policy()], { seed: `${seed}`, poolPriors });
        return run?.overOraclePercent ?? Number.NaN;
      }),
    );
  return [
    {
      name: `sparse features: cost over the oracle, failure ${failureCostUsd} USD`,
      ...over(thompson, true),
      unit: '%',
      bar: atMost(OVER_ORACLE_BAR),
    },
    {
      name: '  best single model in hindsight',
      ...meanOf(seeds.map(seed => bestFixedPercent(sparseFeatures(failureCostUsd, seed)))),
      unit: '%',
    },
    {
      name: '  Thompson, the distribution of rates known',
      ...meanOf(
        seeds.map(seed => {
          progress(`sparse features, ${failureCostUsd}`);
          const random = seededRandom(`true prior ${seed}`);
          return truePriorPercent(sparseFeatures(failureCostUsd, seed), successOf, random);
        }),
      ),
      unit: '%',
    },
    ...RIVALS.map(
      ({ name, policy, poolPriors }): Figure => ({ name: `  ${name}`, ...over(policy, poolPriors), unit: '%' }),
    ),
  ];
}

export const SPARSE_FEATURES: Part = {
  name: 'sparse features',
  run({ seeds, progress }) {
    const runs = fewer(seeds, 5);
    return [
      ...FAILURE_COSTS_USD.flatMap(failureCostUsd => sparse(failureCostUsd, runs, progress)),
      ...UNLIKE.flatMap((world): readonly Figure[] => {
        const wasted = (poolPriors: boolean) =>
          meanOf(
            runs.map(seed => {
              progress(world.name);
              const [run] = runFeatures(unlikeWorld(world), [thompson()], { seed: `${seed}`, poolPriors });
              return run?.wasted[0] ?? Number.NaN;
            }),
          );
        return [
          {
            name: `sparse features: ${world.name}, wasted of ${INTENTS_EACH}`,
            ...wasted(true),
            unit: 'outcomes',
            ...(world.bar === undefined ? {} : { bar: atMost(world.bar) }),
          },
          { name: '  features apart', ...wasted(false), unit: 'outcomes' },
        ];
      }),
    ];
  },
};
