/**
 * An experiment: would another rule cost less than Thompson sampling with the same beliefs? Information-directed sampling (Russo and Van
 * Roy, "Learning to optimize via information-directed sampling", 2014) of two plans chooses the shares that minimize (expected regret)² ÷
 * information. A plan's expected regret Δ is its mean score above that of the best plan of each sample. Its information g is the part of
 * the variance of one intent's score that knowing the best plan explains:
 *
 *   g_k = Σ_j P(j is best)·(E[S_k | j is best] − E[S_k])² / Var(score of one intent)
 *
 * Thompson sampling tries a plan as often as it may be best, whatever its outcomes can tell. This rule tries it where its outcomes tell
 * much for their price.
 */
import type { Policy } from '../../src/contracts/policy.ts';
import type { Mixture } from '../../src/core/beliefs/posterior.ts';
import { asMixture } from '../../src/core/beliefs/posterior.ts';
import type { ScoreWeights } from '../../src/core/choice/allocation.ts';
import { meanScores, raiseToFloors } from '../../src/core/choice/allocation.ts';
import { POOLED_FLOOR } from '../../src/core/choice/constants.ts';
import type { SampleTable } from '../../src/core/choice/posterior-samples.ts';
import { sampleMixture } from '../../src/core/choice/posterior-samples.ts';
import type { PlanSet } from '../../src/core/ledger/plan-set.ts';
import { hasPlan } from '../../src/core/ledger/plan-set.ts';
import { sharePolicy } from '../../src/policies/share-policy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { scoreWeights } from '../../src/policies/view.ts';

/** The router, with these shares and its own floors in a feature of two models whose priors come from other features' outcomes. */
export function informationDirected(): Policy {
  const router = thompson();
  const directed = sharePolicy<SampleTable>({
    name: 'information-directed',
    prepare: ({ learned, nowMs }, random, { replaced }) =>
      sampleMixture(asMixture(learned.posterior(nowMs)), random, { reused: replaced }),
    shares(table, view) {
      const weights = scoreWeights(table, view);
      const shares = informationShares(table, weights, view.eligible);
      raiseToFloors(shares, { scores: meanScores(table, weights), eligible: view.eligible, floor: POOLED_FLOOR });
      return shares;
    },
  });
  return Object.freeze<Policy>({
    name: 'information-directed',
    decide: (view, random) => (isDirected(view.learned.posterior(view.nowMs)) ? directed : router).decide(view, random),
  });
}

/** After a change the evidence on a plan may be old, and where plans climb, an outcome of one node tells about several plans. */
function isDirected({ graph, hasPooledPrior, hasChanged = false }: Omit<Mixture, 'nodes'>): boolean {
  const { plans, climbs, modelsPerFamily = 1 } = graph;
  return (
    hasPooledPrior === true && !hasChanged && plans.length === 2 && modelsPerFamily === 1 && !climbs.includes(true)
  );
}

/** Expected regret of a plan in USD, and its information. */
interface Trial {
  readonly regret: number;
  readonly information: number;
}

/** The shares of two plans; they sum to 1. Where one of them is best in every sample, nothing is left to learn, and it has all. */
export function informationShares(table: SampleTable, weights: ScoreWeights, eligible: PlanSet): Float64Array {
  if (!hasPlan(eligible, 0)) return Float64Array.of(0, 1);
  if (!hasPlan(eligible, 1)) return Float64Array.of(1, 0);
  const share = bestShare(...trialsOf(table, weights));
  return Float64Array.of(share, 1 - share);
}

function trialsOf(
  { rows, costUsd, fail, meanCostUsd, meanFail }: SampleTable,
  { valueUsd, costMultiplier, extraUsd }: ScoreWeights,
): readonly [Trial, Trial] {
  const scoreAt = (index: number, k: number): number =>
    costMultiplier * ((costUsd[index] as number) + (extraUsd?.[k] ?? 0)) + valueUsd * (fail[index] as number);
  /** Of the rows in which the first or the second plan is best: their number, and the sums of the two scores. */
  const best = [
    { won: 0, sums: [0, 0] },
    { won: 0, sums: [0, 0] },
  ] as const satisfies readonly Best[];
  for (let row = 0; row < rows; row++) {
    const first = scoreAt(2 * row, 0);
    const second = scoreAt(2 * row + 1, 1);
    const of: Best = best[second < first ? 1 : 0];
    of.won++;
    of.sums[0] += first;
    of.sums[1] += second;
  }
  const least = (best[0].sums[0] + best[1].sums[1]) / rows;
  const trial = (k: 0 | 1): Trial => {
    const mean = (best[0].sums[k] + best[1].sums[k]) / rows;
    const explained = best.reduce(
      (sum, { won, sums }: Best) => sum + (won > 0 ? (won / rows) * (sums[k] / won - mean) ** 2 : 0),
      0,
    );
    const failure = meanFail[k] as number;
    // The standard deviation of one intent's cost is about its mean.
    const variance = valueUsd ** 2 * failure * (1 - failure) + (costMultiplier * (meanCostUsd[k] as number)) ** 2;
    return { regret: mean - least, information: explained / variance };
  };
  return [trial(0), trial(1)];
}

interface Best {
  won: number;
  readonly sums: [first: number, second: number];
}

/** The share of the first plan that has the least ratio: 0, 1, or where the ratio's derivative is 0. */
function bestShare(first: Trial, second: Trial): number {
  const regret = first.regret - second.regret;
  const information = first.information - second.information;
  const surest = regret <= 0 ? 1 : 0;
  if (Math.min(first.regret, second.regret) === 0) return surest;
  const ratio = (share: number): number =>
    (second.regret + share * regret) ** 2 / (second.information + share * information);
  // Not a number where both plans have the same figures, and then never less.
  const turning = second.regret / regret - (2 * second.information) / information;
  return [1 - surest, Math.min(1, Math.max(0, turning))].reduce(
    (least, share) => (ratio(share) < ratio(least) ? share : least),
    surest,
  );
}
