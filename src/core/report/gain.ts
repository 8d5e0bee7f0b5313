/**
 * What a feature would save from now on by sending every intent to its best plan, so that an operator knows which
 * features to look at first.
 */
import { meanScores, valueOfFailure } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { planIndexes } from '../ledger/plan-set.ts';
import { quantile } from './explain-figures.ts';
import type { FailureCosts } from './failure-costs.ts';
import type { Traffic } from './traffic.ts';
import { sharesNow } from './traffic.ts';

export interface Gain {
  /** The plan with the lowest expected cost now. */
  readonly plan: PlanKey;
  /** Number of recent intents. The same number of new intents is assumed, with plans chosen as they are now. */
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
 * Compares plans chosen as they are now (by a policy that learns, as likely as each is the cheapest) with the plan that now has the lowest
 * expected cost, both at the costs believed now: the difference is the remaining cost of exploration, or the waste of a policy that does not
 * learn. To ask what a past period would have cost under another policy, use a replay. `undefined` without recent intents or plans.
 *
 * @param options.recent number of intents by plan; plans that can no longer be chosen are left out
 */
export function gainOf(
  table: SampleTable,
  options: {
    /** Keys of the plans, in the order of the table. */
    readonly plans: readonly PlanKey[];
    readonly recent: ReadonlyMap<PlanKey, number>;
    readonly traffic: Traffic;
    /** What a failure of new intents costs. */
    readonly failureCosts: FailureCosts;
    readonly perSuccess: boolean;
    /** Plans that can be chosen. */
    readonly eligible: PlanSet;
    /** Weight of a dollar of spend in the choice. */
    readonly costMultiplier: number;
  },
): Gain | undefined {
  const { plans, recent, traffic, failureCosts, perSuccess, eligible, costMultiplier } = options;
  const choices = planIndexes(eligible);
  const intents = choices.reduce((sum, k) => sum + (recent.get(plans[k] as PlanKey) ?? 0), 0);
  if (intents === 0) return undefined;
  const present = failureCosts.map(({ fraction, usd: failureCostUsd }) => {
    const valueUsd = valueOfFailure(table, { failureCostUsd, perSuccess, eligible });
    const score = { valueUsd, costMultiplier };
    return { fraction, valueUsd, shares: sharesNow(traffic, table, { failureCostUsd, score, eligible }) };
  });
  const meanOf = (of: (part: (typeof present)[number]) => number): number =>
    present.reduce((sum, part) => sum + part.fraction * of(part), 0);
  // One plan for all intents is compared with plans that are chosen by what each intent's failure costs.
  const valueUsd = meanOf(part => part.valueUsd);
  const means = meanScores(table, { valueUsd, costMultiplier });
  const best = choices.reduce((x, k) => ((means[k] as number) < (means[x] as number) ? k : x));
  const weights = plans.map((_, k) => ({
    cost: meanOf(({ shares }) => shares[k] as number) - Number(k === best),
    fail: meanOf(part => (part.shares[k] as number) * part.valueUsd) - (k === best ? valueUsd : 0),
  }));
  const excess = (costUsd: Float64Array, fail: Float64Array, row: number): number =>
    weights.reduce((sum, weight, k) => {
      const index = row * plans.length + k;
      return sum + weight.cost * (costUsd[index] as number) + weight.fail * (fail[index] as number);
    }, 0);
  const samples = Float64Array.from({ length: table.rows }, (_, row) => excess(table.costUsd, table.fail, row)).sort();
  const perIntentUsd = {
    value: Math.max(0, excess(table.meanCostUsd, table.meanFail, 0)),
    low: Math.max(0, quantile(samples, 0.025)),
    high: Math.max(0, quantile(samples, 0.975)),
  };
  const times = (part: keyof Figure): number => intents * perIntentUsd[part];
  return {
    plan: plans[best] as PlanKey,
    intents,
    perIntentUsd,
    inAllUsd: { value: times('value'), low: times('low'), high: times('high') },
  };
}
