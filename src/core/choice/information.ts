/**
 * Information-directed sampling of two plans: the shares that minimize (expected regret)² ÷ information (Russo and Van Roy, "Learning to
 * optimize via information-directed sampling", 2018). A plan's expected regret is its mean score above that of the best plan of each
 * sample. Its information is the variance of its mean score that knowing the best plan explains, ÷ the variance of one intent's score
 * (as Kirschner and Krause do where the noise of plans differs, 2018):
 *
 *   g_k = Σ_j P(j is best)·(E[S_k | j is best] − E[S_k])² / Var(score of one intent)
 *
 * Thompson sampling tries a plan as often as it may be best, whatever its outcomes can tell. This rule tries it where its outcomes tell
 * much for their price, and needs no guess of the traffic that is still to come.
 */
import type { Posterior } from '../beliefs/posterior.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { hasPlan } from '../ledger/plan-set.ts';
import type { ScoreWeights } from './allocation.ts';
import { INFORMATION_HALF_VISITS } from './constants.ts';
import type { SampleTable } from './posterior-samples.ts';

/**
 * Weight of this rule in the shares. It is 0 unless the feature has two models whose priors come from the outcomes of other features. It falls
 * with the feature's visits, because the rule hardly tries a plan that a wrong prior calls worse. After a change the evidence on a plan may
 * be old, and where plans climb, an outcome of one node tells about several plans.
 *
 * The weight is multiplied by the fraction of visits whose outcome is known, where the next visit counts as known. The rule assumes that an
 * outcome is known before the next decision; while many are open, the intents in flight will tell the same, and the shares of Thompson
 * sampling divide them between the plans.
 */
export function informationWeight({ graph, nodes, hasPooledPrior, hasChanged = false }: Posterior): number {
  const { plans, climbs, modelsPerFamily = 1 } = graph;
  if (hasPooledPrior !== true || hasChanged || plans.length !== 2 || modelsPerFamily > 1 || climbs.includes(true))
    return 0;
  const visits = nodes.reduce((sum, { n }) => sum + n, 0);
  const outcomes = nodes.reduce((sum, node) => sum + node.outcomes, 0);
  // A late outcome may be all that is left of a visit.
  const known = Math.min(1, (outcomes + 1) / (visits + 1));
  return known / (1 + (visits / INFORMATION_HALF_VISITS) ** 2);
}

/** Mixes the shares of two plans with those of this rule, which has the given weight. They sum to 1 again. In place. */
export function directByInformation(
  shares: Float64Array,
  { table, score, eligible, weight }: { table: SampleTable; score: ScoreWeights; eligible: PlanSet; weight: number },
): void {
  if (!hasPlan(eligible, 0) || !hasPlan(eligible, 1)) return;
  const [first, second] = trialsOf(table, score);
  const directed = first.regret <= second.regret ? 1 - shareOf(second, first) : shareOf(first, second);
  const share = weight * directed + (1 - weight) * (shares[0] as number);
  shares[0] = share;
  shares[1] = 1 - share;
}

/** Regret and information of a plan, up to factors that are the same for both plans. */
interface Trial {
  readonly regret: number;
  readonly information: number;
}

function trialsOf(
  { rows, costUsd, fail, meanCostUsd, meanFail }: SampleTable,
  { valueUsd, costMultiplier, extraUsd }: ScoreWeights,
): readonly [Trial, Trial] {
  let won = 0;
  // Sums of each plan's score: over the rows in which the first plan is best, and over the other rows.
  const [whereFirst, whereSecond]: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  const scoreAt = (index: number, k: number): number =>
    costMultiplier * ((costUsd[index] as number) + (extraUsd?.[k] ?? 0)) + valueUsd * (fail[index] as number);
  for (let row = 0; row < rows; row++) {
    const [first, second] = [scoreAt(2 * row, 0), scoreAt(2 * row + 1, 1)];
    const isFirst = first <= second;
    if (isFirst) won++;
    const sums = isFirst ? whereFirst : whereSecond;
    sums[0] += first;
    sums[1] += second;
  }
  const trial = (k: 0 | 1, regret: number): Trial => {
    const failure = meanFail[k] as number;
    // The standard deviation of one intent's cost is about its mean.
    const variance = valueUsd ** 2 * failure * (1 - failure) + (costMultiplier * (meanCostUsd[k] as number)) ** 2;
    return { regret, information: (whereFirst[k] / won - whereSecond[k] / (rows - won)) ** 2 / variance };
  };
  return [trial(0, whereSecond[0] - whereSecond[1]), trial(1, whereFirst[1] - whereFirst[0])];
}

/**
 * The share of a plan beside one with no more regret that gives the least ratio: the ratio is convex in the share, so this is where its
 * derivative is 0. Where the other plan is best in every sample, information is not a number, and there is nothing left to learn.
 */
function shareOf(plan: Trial, surest: Trial): number {
  const more = plan.information - surest.information;
  if (!(more > 0)) return 0;
  const turning = surest.regret / (plan.regret - surest.regret) - (2 * surest.information) / more;
  return Math.min(1, Math.max(0, turning));
}
