/** Masks on the eligible plans, before any policy speaks: quality floors and latency objectives. Never empty. */
import { MIN_CREDIBILITY, MIN_OUTCOMES_TO_EXCLUDE } from './constants.ts';
import { betaCdf } from '../math/distributions.ts';
import type { BetaShape, NodePosterior, Posterior } from '../beliefs/posterior.ts';
import { betaMean, betaVariance } from '../beliefs/posterior.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { NO_PLANS, planIndexes, withPlan } from '../ledger/plan-set.ts';

/**
 * P(success) of a plan, as a Beta distribution: exact for one model, with the exact mean and variance for a climb.
 */
export function planSuccess({ graph, nodes }: Posterior, plan: number): BetaShape {
  const path = graph.paths[plan] ?? [];
  const [only] = path;
  if (path.length === 1 && only !== undefined && graph.climbs[only] !== true)
    return (nodes[only] as NodePosterior).ended;
  // From the last node back: F = (1 − r)·f + r·F′, with the climb rate r, the failure rate f when accepted, and what
  // follows, F′, independent of each other.
  let next: Moments | undefined;
  for (const at of path.toReversed()) {
    const node = nodes[at] as NodePosterior;
    if (graph.climbs[at] !== true && next === undefined) {
      next = momentsOf(flipped(node.ended));
      continue;
    }
    const follows: Moments = next ?? momentsOf(flipped(node.rejected));
    const r = momentsOf(node.climb);
    const f = momentsOf(flipped(node.accepted));
    next = {
      mean: (1 - r.mean) * f.mean + r.mean * follows.mean,
      square:
        (1 - 2 * r.mean + r.square) * f.square +
        2 * (r.mean - r.square) * f.mean * follows.mean +
        r.square * follows.square,
    };
  }
  const { mean, square } = next ?? { mean: 0.5, square: 1 / 3 };
  const strength = (mean * (1 - mean)) / Math.max(1e-12, square - mean * mean) - 1;
  return { a: strength * (1 - mean), b: strength * mean };
}

interface Moments {
  readonly mean: number;
  readonly square: number;
}

function momentsOf(shape: BetaShape): Moments {
  const mean = betaMean(shape);
  return { mean, square: betaVariance(shape) + mean * mean };
}

function flipped({ a, b }: BetaShape): BetaShape {
  return { a: b, b: a };
}

/** Plans of which P(success) ≥ `floor` is credible; if none is, the likeliest. */
export function qualityMask(posterior: Posterior, { floor, eligible }: { floor: number; eligible: PlanSet }): PlanSet {
  return credible(eligible, plan => {
    const { a, b } = planSuccess(posterior, plan);
    // The upper tail from its own side: among hopeless plans the likeliest must still be told apart.
    return { credence: betaCdf(1 - floor, b, a), outcomes: a + b };
  });
}

/** Requests of a plan, and those that took longer than the objective allows. */
export interface LatencyCounts {
  readonly n: number;
  readonly slow: number;
}

/**
 * Plans of which P(latency > objective) ≤ `tolerance` is credible; if none is, the likeliest.
 * @param counts by plan, recent ones only
 */
export function latencyMask(
  counts: readonly LatencyCounts[],
  { tolerance, eligible }: { tolerance: number; eligible: PlanSet },
): PlanSet {
  return credible(eligible, plan => {
    const { n, slow } = counts[plan] ?? { n: 0, slow: 0 };
    return { credence: betaCdf(tolerance, 1 + slow, 1 + n - slow), outcomes: n };
  });
}

function credible(eligible: PlanSet, judge: (plan: number) => { credence: number; outcomes: number }): PlanSet {
  let kept = NO_PLANS;
  let likeliest = -1;
  let most = -1;
  for (const plan of planIndexes(eligible)) {
    const { credence, outcomes } = judge(plan);
    if (credence >= MIN_CREDIBILITY || outcomes < MIN_OUTCOMES_TO_EXCLUDE) kept = withPlan(kept, plan);
    if (credence > most) {
      most = credence;
      likeliest = plan;
    }
  }
  return kept === NO_PLANS && likeliest >= 0 ? withPlan(NO_PLANS, likeliest) : kept;
}
