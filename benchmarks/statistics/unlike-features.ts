/** Features whose best models differ: pooled priors must not keep a feature from finding its own best model. */
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { OutcomeRow } from '../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import type { Mean } from './check.ts';
import { meanOf } from './check.ts';

/** The cheap model is as good as premium on easy requests and useless on hard ones; premium succeeds in 90 % of both. */
const CHEAP_SUCCESS = { easy: 0.9, hard: 0.1 } as const;
const PREMIUM_SUCCESS = 0.9;
const COSTS_USD = { cheap: 0.001, premium: 0.01 } as const;
const FAILURE_COST_USD = 0.1;

export interface UnlikeFeatures {
  readonly name: string;
  readonly features: readonly (keyof typeof CHEAP_SUCCESS)[];
  readonly intentsEach: number;
}

export const OPPOSITE_WINNERS: UnlikeFeatures = {
  name: 'opposite winners',
  features: ['easy', 'hard'],
  intentsEach: 2000,
};
export const ONE_OF_FIVE: UnlikeFeatures = {
  name: 'one of five unlike',
  features: ['easy', 'hard', 'hard', 'hard', 'hard'],
  intentsEach: 1000,
};
export const TEN_SIMILAR: UnlikeFeatures = {
  name: 'ten similar',
  features: Array.from({ length: 10 }, () => 'hard' as const),
  intentsEach: 500,
};

function rowsOf({ features, intentsEach }: UnlikeFeatures, seed: number): readonly OutcomeRow[] {
  const random = seededRandom(`unlike features ${seed}`);
  return features.flatMap((kind, f) =>
    Array.from({ length: intentsEach }, (_, i) => i).flatMap((i): readonly OutcomeRow[] => {
      const row = { id: `${f}/${i}`, feature: `${f} ${kind}` };
      const success = (rate: number): 0 | 1 => (random.next() < rate ? 1 : 0);
      return [
        { ...row, model: 'cheap', costUsd: COSTS_USD.cheap, success: success(CHEAP_SUCCESS[kind]) },
        { ...row, model: 'premium', costUsd: COSTS_USD.premium, success: success(PREMIUM_SUCCESS) },
      ];
    }),
  );
}

/** Total cost ÷ that of the best model of each feature in hindsight. */
export function costOverBest(
  world: UnlikeFeatures,
  { seeds, poolPriors }: { seeds: readonly number[]; poolPriors: boolean },
): Mean {
  const ratios = seeds.map(seed => {
    const { policies } = replayTable(rowsOf(world, seed), [thompson()], {
      failureCostUsd: FAILURE_COST_USD,
      shuffles: 1,
      seed,
      poolPriors,
    });
    return policies[0]?.ratio ?? Number.NaN;
  });
  return meanOf(ratios);
}
