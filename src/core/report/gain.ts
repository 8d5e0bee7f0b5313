/**
 * What a feature would save from now on by sending every intent to its best plan, so that an operator knows which
 * features to look at first.
 */
import type { ScoreWeights } from '../choice/allocation.ts';
import { countShares, meanScores, valueOfFailure } from '../choice/allocation.ts';
import { sampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';
import type { Posterior } from '../beliefs/posterior.ts';
import { seededRandom } from '../math/random.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { planKey } from '../ledger/vocabulary.ts';
import { allPlans } from '../ledger/plan-set.ts';
import { GAIN_SAMPLES } from './constants.ts';
import { quantile } from './explain-figures.ts';
import { withExtraUsd } from './standard-cost.ts';

export interface Gain {
  /** The plan with the lowest expected cost now. */
  readonly plan: PlanKey;
  /** Number of recent intents. The same number is assumed to come, with plans chosen as they are now. */
  readonly intents: number;
  /**
   * Expected saving per such intent with this plan, USD, at the costs and success rates believed now: a posterior mean with its
   * 95 % credible interval. Not what the recent intents themselves would have saved: they may have had other prices and rates.
   */
  readonly perIntentUsd: Figure;
  /** The saving for as many intents as the recent ones. */
  readonly inAllUsd: Figure;
}

/**
 * Compares plans chosen as they are now (by a policy that learns, as likely as each is the cheapest; otherwise as often as in recent
 * intents) with the plan that now has the lowest expected cost, both at the costs believed now: the difference is the remaining cost of
 * exploration, or the waste of a policy that does not learn. To ask what a past period would have cost under another policy, use a replay.
 * `undefined` without recent intents or plans.
 *
 * @param options.recent number of intents by plan; plans that can no longer be chosen are left out
 */
export function gainOf(
  posterior: Posterior,
  options: {
    readonly recent: ReadonlyMap<PlanKey, number>;
    readonly failureCostUsd: number;
    readonly perSuccess: boolean;
    /** The policy's shares follow what is learned, so recent intents were chosen with less evidence. */
    readonly learns?: boolean;
    /**
     * Difference between each plan's standard cost and its bill, USD per intent, in the order of the posterior's plans.
     */
    readonly extraUsd?: readonly number[] | undefined;
  },
): Gain | undefined {
  const { failureCostUsd, perSuccess } = options;
  const { plans } = posterior.graph;
  const counts = plans.map(plan => options.recent.get(planKey(plan)) ?? 0);
  const intents = counts.reduce((sum, n) => sum + n, 0);
  if (intents === 0) return undefined;
  const billed = sampleTable(posterior, seededRandom('gain'), GAIN_SAMPLES);
  const table = options.extraUsd === undefined ? billed : withExtraUsd(billed, options.extraUsd);
  const eligible = allPlans(plans.length);
  const score: ScoreWeights = {
    valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible }),
    costMultiplier: 1,
  };
  const means = meanScores(table, score);
  const best = counts.reduce((x, _, k) => ((means[k] as number) < (means[x] as number) ? k : x), 0);
  const shares: ArrayLike<number> =
    options.learns === true ? countShares(table, score, eligible) : counts.map(n => n / intents);
  const excess = (scoreOf: (plan: number) => number): number =>
    counts.reduce((sum, _, k) => sum + (shares[k] as number) * scoreOf(k), 0) - scoreOf(best);
  const samples = Float64Array.from({ length: GAIN_SAMPLES }, (_, row) =>
    excess(k => {
      const index = row * plans.length + k;
      return (table.costUsd[index] as number) + score.valueUsd * (table.fail[index] as number);
    }),
  ).sort();
  const perIntentUsd = {
    value: Math.max(
      0,
      excess(k => means[k] as number),
    ),
    low: Math.max(0, quantile(samples, 0.025)),
    high: Math.max(0, quantile(samples, 0.975)),
  };
  const times = (part: keyof Figure): number => intents * perIntentUsd[part];
  return {
    plan: planKey(plans[best] ?? []),
    intents,
    perIntentUsd,
    inAllUsd: { value: times('value'), low: times('low'), high: times('high') },
  };
}
