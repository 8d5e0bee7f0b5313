/** Excludes plans by a feature's quality floor and latency objective, before a policy decides. Never excludes all. */
import { MIN_CREDIBILITY, MIN_OUTCOMES_TO_EXCLUDE } from './constants.ts';
import type { BetaShape, NodePosterior, Posterior } from '../beliefs/posterior.ts';
import { betaMean, betaOfMoments, betaVariance, flipped } from '../beliefs/posterior.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { NO_PLANS, planIndexes, withPlan } from '../ledger/plan-set.ts';
import { betaCdf } from '../math/distributions.ts';

/** P(success) of a plan, as a Beta distribution: exact for one model, with the exact mean and variance for a climb. */
export function planSuccess({ graph, nodes }: Posterior, plan: number): BetaShape {
  const path = graph.paths[plan] as readonly number[];
  const first = path[0] as number;
  if (graph.climbs[first] !== true) return (nodes[first] as NodePosterior).ended;
  // From the last node back: F = (1 − r)·f + r·F′, with the rejection rate r, the failure rate f of accepted replies, and
  // the failure rate F′ after a rejection, which are independent of each other.
  let failure: Moments | undefined;
  for (const index of path.toReversed()) {
    const node = nodes[index] as NodePosterior;
    if (graph.climbs[index] !== true) {
      failure = momentsOf(flipped(node.ended));
      continue;
    }
    const after: Moments = failure ?? momentsOf(flipped(node.rejected));
    const r = momentsOf(node.climb);
    const f = momentsOf(flipped(node.accepted));
    failure = {
      mean: (1 - r.mean) * f.mean + r.mean * after.mean,
      square:
        (1 - 2 * r.mean + r.square) * f.square +
        2 * (r.mean - r.square) * f.mean * after.mean +
        r.square * after.square,
    };
  }
  const { mean, square } = failure as Moments;
  return flipped(betaOfMoments(mean, Math.max(1e-12, square - mean * mean)));
}

interface Moments {
  readonly mean: number;
  readonly square: number;
}

function momentsOf(shape: BetaShape): Moments {
  const mean = betaMean(shape);
  return { mean, square: betaVariance(shape) + mean * mean };
}

/** The plans for which P(success) ≥ `floor` is credible; if it is credible for no plan, the one with the highest chance. */
export function eligibleByQuality(
  posterior: Posterior,
  { floor, eligible }: { floor: number; eligible: PlanSet },
): PlanSet {
  const { graph, nodes } = posterior;
  const before = { graph, nodes: nodes.map(node => node.former?.node ?? node) };
  // Computed as the lower tail of P(failure): the upper tail, 1 − a number near 1, would round to 0 for all hopeless plans.
  const credenceOf = ({ a, b }: BetaShape): number => betaCdf(1 - floor, b, a);
  return credibleOrBest(eligible, plan => {
    const success = planSuccess(posterior, plan);
    // An excluded plan gets no new outcomes. Only time makes it plausible that it has returned to its earlier, better
    // state.
    const again = Math.max(...(graph.paths[plan] ?? []).map(node => nodes[node]?.former?.weight ?? 0));
    const credence =
      again > 0
        ? (1 - again) * credenceOf(success) + again * credenceOf(planSuccess(before, plan))
        : credenceOf(success);
    return { credence, outcomes: success.a + success.b };
  });
}

/** Requests of a plan, and those that took longer than the objective allows. */
export interface LatencyCounts {
  readonly n: number;
  readonly slow: number;
}

/**
 * The plans for which P(latency > objective) ≤ `tolerance` is credible; if it is credible for no plan, the one with the highest chance.
 * @param counts by plan, recent ones only
 */
export function eligibleByLatency(
  counts: readonly LatencyCounts[],
  { tolerance, eligible }: { tolerance: number; eligible: PlanSet },
): PlanSet {
  return credibleOrBest(eligible, plan => {
    const { n, slow } = counts[plan] ?? { n: 0, slow: 0 };
    return { credence: betaCdf(tolerance, 1 + slow, 1 + n - slow), outcomes: n };
  });
}

function credibleOrBest(eligible: PlanSet, assess: (plan: number) => { credence: number; outcomes: number }): PlanSet {
  let credible = NO_PLANS;
  let best = NO_PLANS;
  let highest = -1;
  for (const plan of planIndexes(eligible)) {
    const { credence, outcomes } = assess(plan);
    if (credence >= MIN_CREDIBILITY || outcomes < MIN_OUTCOMES_TO_EXCLUDE) credible = withPlan(credible, plan);
    if (credence > highest) {
      highest = credence;
      best = withPlan(NO_PLANS, plan);
    }
  }
  return credible === NO_PLANS ? best : credible;
}
