/** What a feature could still gain by sending everything to its best plan: where to look first. */
import type { Score } from '../choice/allocation.ts';
import { meanScores, valueOfFailure } from '../choice/allocation.ts';
import { sampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';
import type { Posterior } from '../beliefs/posterior.ts';
import { seededRandom } from '../math/random.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { planKey } from '../ledger/vocabulary.ts';
import { allPlans } from '../ledger/plan-set.ts';

const ROWS = 1_000;

export interface Gain {
  /** The plan that is believed to be the cheapest now. */
  readonly plan: PlanKey;
  /** Recent intents, and what each would cost less by it, USD: a posterior mean with its 95 % credible interval. */
  readonly intents: number;
  readonly perIntentUsd: Figure;
  /** The same over the recent intents. */
  readonly inAllUsd: Figure;
}

/**
 * Where recent intents went against the plan that is believed to be the cheapest now: what is still paid for learning, and
 * what a policy that does not learn leaves lying. `undefined` without recent intents or plans. What a past period would
 * have cost under another policy is answered by a replay, not by this.
 *
 * @param about.recent intents by plan; plans that can no longer be chosen are left out
 */
export function gainOf(
  posterior: Posterior,
  about: {
    readonly recent: ReadonlyMap<PlanKey, number>;
    readonly failureCostUsd: number;
    readonly perSuccess: boolean;
  },
): Gain | undefined {
  const { failureCostUsd, perSuccess } = about;
  const { plans } = posterior.graph;
  const counts = plans.map(plan => about.recent.get(planKey(plan)) ?? 0);
  const intents = counts.reduce((sum, n) => sum + n, 0);
  if (intents === 0) return undefined;
  const table = sampleTable(posterior, seededRandom('gain'), ROWS);
  const eligible = allPlans(plans.length);
  const score: Score = {
    valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible }),
    costMultiplier: 1,
  };
  const means = meanScores(table, score);
  const best = counts.reduce((x, _, k) => ((means[k] as number) < (means[x] as number) ? k : x), 0);
  const mixed = (scoreOf: (plan: number) => number): number =>
    counts.reduce((sum, n, k) => sum + (n / intents) * scoreOf(k), 0) - scoreOf(best);
  const samples = Float64Array.from({ length: ROWS }, (_, row) =>
    mixed(k => {
      const at = row * plans.length + k;
      return (table.costUsd[at] as number) + score.valueUsd * (table.fail[at] as number);
    }),
  ).sort();
  const perIntentUsd = {
    value: Math.max(
      0,
      mixed(k => means[k] as number),
    ),
    low: Math.max(0, samples[Math.round(0.025 * (ROWS - 1))] as number),
    high: Math.max(0, samples[Math.round(0.975 * (ROWS - 1))] as number),
  };
  const times = (part: keyof Figure): number => intents * perIntentUsd[part];
  return {
    plan: planKey(plans[best] ?? []),
    intents,
    perIntentUsd,
    inAllUsd: { value: times('value'), low: times('low'), high: times('high') },
  };
}
