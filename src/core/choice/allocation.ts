/**
 * Thompson sampling as shares: a plan's share is the fraction of a table's rows in which it scores best. The policy samples
 * from the shares, so the logged propensity is exact. Shares are sharpened where priors are pooled, and raised to floors.
 */
import type { FloorOptions } from './constants.ts';
import {
  KNOWN_OUTCOMES,
  MAX_SHARPNESS,
  SHARPNESS_HALF_VISITS,
  SHARPNESS_PER_DOUBLING,
  SIBLING_HALF_VISITS,
  SIBLING_SHARPNESS,
  UNKNOWN_EXPONENT,
} from './constants.ts';
import { FEATURE_LIKENESS } from '../beliefs/constants.ts';
import { difficultyWeights, likenessNow } from '../beliefs/difficulty.ts';
import type { BetaShape, NodePosterior, Posterior } from '../beliefs/posterior.ts';
import type { SampleTable } from './posterior-samples.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { hasPlan, planIndexes } from '../ledger/plan-set.ts';

/** The score of a plan is `costMultiplier·cost + value·P(failure)`; the lowest is best. */
export interface ScoreWeights {
  /** From {@link valueOfFailure}. */
  readonly valueUsd: number;
  readonly costMultiplier: number;
  /** USD by plan that is added to its cost in every row: what the prefix of this intent's session costs. */
  readonly extraUsd?: ArrayLike<number> | undefined;
}

/** Fraction of rows in which each eligible plan scores lowest; 0 for the others. Sums to 1. */
export function countShares(
  table: SampleTable,
  { valueUsd, costMultiplier, extraUsd }: ScoreWeights,
  eligible: PlanSet,
): Float64Array {
  const { rows, plans, costUsd, fail } = table;
  const shares = new Float64Array(plans);
  // One loop over all plans is the fastest, and every decision runs it. A plan that is not eligible wins no row.
  const more: number[] = [];
  for (let k = 0; k < plans; k++) more.push(Number.POSITIVE_INFINITY);
  for (const k of planIndexes(eligible)) more[k] = costMultiplier * (extraUsd?.[k] ?? 0);
  for (let row = 0, i = 0; row < rows; row++) {
    let best = Number.POSITIVE_INFINITY;
    let winner = 0;
    for (let k = 0; k < plans; k++, i++) {
      const score = costMultiplier * (costUsd[i] as number) + valueUsd * (fail[i] as number) + (more[k] as number);
      if (score < best) {
        best = score;
        winner = k;
      }
    }
    shares[winner] = (shares[winner] as number) + 1;
  }
  for (let k = 0; k < plans; k++) shares[k] = (shares[k] as number) / rows;
  return shares;
}

/**
 * The exponent that sharpens the shares: 1 is Thompson sampling, and {@link MAX_SHARPNESS} the maximum for two candidates. Exploring pays
 * over the traffic that follows, and after n intents a feature can expect about n more. So a new feature whose priors come from other
 * features explores less, to the extent that such priors have held elsewhere. As its own evidence grows, the exponent falls to 1, so that
 * an early mistake is corrected. It is 1 without pooled priors, unless some candidates are efforts of one model.
 *
 * More candidates than two share the exploration of two, so the exponent grows with their number; but only to the extent that the
 * feature's own outcomes also show that it is like the others, which bounds the cost of a wrong prior. The exponent does not grow where
 * plans climb, because their number says little about how many differ, nor where priors come only from public evidence.
 */
export function sharpness(posterior: Posterior): number {
  const { graph, nodes, hasPooledPrior } = posterior;
  const ofSiblings = siblingSharpness(posterior);
  if (hasPooledPrior === undefined || hasPooledPrior === false) return ofSiblings;
  const starts = graph.paths
    .filter((_, plan) => graph.plans[plan]?.length === 1)
    .map(([index]) => nodes[index as number] as NodePosterior);
  const visits = starts.reduce((sum, { n }) => sum + n, 0);
  const difficulty = difficultyWeights(starts);
  const least = (likenessOf: (node: NodePosterior) => number | undefined): number =>
    Math.min(...starts.map(node => likenessOf(node) ?? FEATURE_LIKENESS.value));
  const before = least(node => node.likeness);
  const now = least(node => likenessNow(node, difficulty));
  const doublings =
    graph.climbs.includes(true) || hasPooledPrior === 'evidence' ? 0 : Math.log2(Math.max(2, starts.length) / 2);
  const more = (MAX_SHARPNESS - 1) * before + SHARPNESS_PER_DOUBLING * doublings * Math.min(before, now);
  return Math.max(ofSiblings, 1 + more / (1 + (visits / SHARPNESS_HALF_VISITS) ** 2));
}

/** Several efforts of one model share the exploration of that model, for as many visits as it takes to tell all candidates apart. */
function siblingSharpness({ graph, nodes }: Posterior): number {
  const { modelsPerFamily = 1, plans } = graph;
  if (modelsPerFamily <= 1 || graph.climbs.includes(true)) return 1;
  const visits = nodes.reduce((sum, { n }) => sum + n, 0);
  const halfVisits = SIBLING_HALF_VISITS * plans.length;
  return 1 + (SIBLING_SHARPNESS * Math.log2(modelsPerFamily)) / (1 + (visits / halfVisits) ** 2);
}

/**
 * The exponent of each plan's share. Once a node has changed, plans with few outcomes are tried more: before the change, a few chance
 * failures of theirs did not matter, because another plan was far better.
 */
export function shareExponents(posterior: Posterior): readonly number[] {
  const { graph, nodes, hasChanged = false } = posterior;
  const ofAll = sharpness(posterior);
  return graph.paths.map(path => {
    if (!hasChanged) return ofAll;
    const outcomes = Math.min(...path.map(index => strength((nodes[index] as NodePosterior).ended)));
    return ofAll * (1 - (1 - UNKNOWN_EXPONENT) / (1 + (outcomes / KNOWN_OUTCOMES) ** 2));
  });
}

function strength({ a, b }: BetaShape): number {
  return a + b;
}

/** Raises shares to powers and makes them sum to 1 again. In place. */
export function sharpen(shares: Float64Array, exponents: readonly number[]): void {
  if (exponents.every(exponent => exponent === 1)) return;
  let sum = 0;
  for (let k = 0; k < shares.length; k++) sum += shares[k] = (shares[k] as number) ** (exponents[k] as number);
  for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) / sum;
}

/** Posterior mean score per plan. */
export function meanScores(table: SampleTable, { valueUsd, costMultiplier, extraUsd }: ScoreWeights): Float64Array {
  return table.meanCostUsd.map(
    (cost, k) => costMultiplier * (cost + (extraUsd?.[k] ?? 0)) + valueUsd * (table.meanFail[k] as number),
  );
}

/**
 * Raises every eligible plan's share to `min(maxShare, budgetFraction·J* / ((K−1)(J_k − J*)))`, with the lowest score J*, and takes it from
 * the largest share. So an idle plan is still tried, less often where a try costs more. In place.
 */
export function raiseToFloors(
  shares: Float64Array,
  { scores, eligible, floor }: { scores: Float64Array; eligible: PlanSet; floor: FloorOptions },
): void {
  let count = 0;
  let best = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let k = 0; k < shares.length; k++) {
    if (!hasPlan(eligible, k)) continue;
    count++;
    best = Math.min(best, scores[k] as number);
    if ((shares[k] as number) > (shares[largest] as number)) largest = k;
  }
  for (let k = 0; k < shares.length; k++) {
    if (!hasPlan(eligible, k)) continue;
    // The largest share is never below its floor: with at most 31 plans it is above 3 %.
    const least = floorOf((scores[k] as number) - best, { best, count, floor });
    const missing = least - (shares[k] as number);
    if (missing <= 0) continue;
    shares[k] = least;
    shares[largest] = (shares[largest] as number) - missing;
  }
}

function floorOf(gap: number, { best, count, floor }: { best: number; count: number; floor: FloorOptions }): number {
  if (floor.budgetFraction === Number.POSITIVE_INFINITY) return floor.maxShare;
  return gap > 0
    ? Math.min(floor.maxShare, (floor.budgetFraction * Math.max(0, best)) / ((count - 1) * gap))
    : floor.maxShare;
}

/**
 * USD that one failure counts as: the failure cost H. For the lowest cost per success, and where a failure costs nothing by
 * itself, the best plan's cost per success is added (Dinkelbach: argmin CPS = argmin c + (H + λ)(1 − p) at λ = min CPS).
 */
export function valueOfFailure(
  table: SampleTable,
  {
    failureCostUsd,
    perSuccess,
    eligible,
    extraUsd,
  }: { failureCostUsd: number; perSuccess: boolean; eligible: PlanSet; extraUsd?: ScoreWeights['extraUsd'] },
): number {
  if (!perSuccess && failureCostUsd > 0) return failureCostUsd;
  let lambda = Number.POSITIVE_INFINITY;
  for (let k = 0; k < table.plans; k++) {
    if (!hasPlan(eligible, k)) continue;
    const fail = table.meanFail[k] as number;
    const costUsd = (table.meanCostUsd[k] as number) + (extraUsd?.[k] ?? 0);
    lambda = Math.min(lambda, (costUsd + failureCostUsd * fail) / Math.max(1e-9, 1 - fail));
  }
  return failureCostUsd + (Number.isFinite(lambda) ? lambda : 0);
}
