/** Whether a belief has changed so much that a policy should sample it again. */
import {
  MAX_COST_SHIFT,
  MAX_EVIDENCE_CHANGE,
  MAX_LIKENESS_SHIFT,
  MAX_RATE_SHIFT,
  MAX_WEIGHT_SHIFT,
} from './constants.ts';
import type { BetaShape, NodeComponent, Mixture, NodePosterior } from './posterior.ts';
import { betaMean, betaVariance } from './posterior.ts';

/** True when samples of `before` are still valid for `now`. */
export function isSameBelief(before: Mixture, now: Mixture): boolean {
  return (
    before.graph === now.graph &&
    before.hasPooledPrior === now.hasPooledPrior &&
    now.nodes.every((components, index) => haveSameComponents(before.nodes[index], components))
  );
}

function haveSameComponents(before: readonly NodeComponent[] | undefined, now: readonly NodeComponent[]): boolean {
  return (
    before?.length === now.length &&
    now.every(({ node, weight }, i) => {
      const was = before[i] as NodeComponent;
      return Math.abs(weight - was.weight) <= MAX_WEIGHT_SHIFT && isSameNode(was.node, node);
    })
  );
}

function isSameNode(before: NodePosterior, now: NodePosterior): boolean {
  return (
    Math.abs(now.n - before.n) <= MAX_EVIDENCE_CHANGE * now.n &&
    Math.abs((before.likeness ?? 0) - (now.likeness ?? 0)) <= MAX_LIKENESS_SHIFT &&
    isSameCost(before, now) &&
    isSameRate(before.climb, now.climb) &&
    isSameRate(before.accepted, now.accepted) &&
    isSameRate(before.rejected, now.rejected) &&
    isSameRate(before.ended, now.ended)
  );
}

function isSameCost(before: NodePosterior, now: NodePosterior): boolean {
  return (
    Math.abs(now.costUsd - before.costUsd) <= MAX_COST_SHIFT * now.costLogSd * now.costUsd &&
    Math.abs(now.costLogSd - before.costLogSd) <= MAX_EVIDENCE_CHANGE * before.costLogSd
  );
}

function isSameRate(before: BetaShape, now: BetaShape): boolean {
  const strength = now.a + now.b;
  return (
    Math.abs(strength - before.a - before.b) <= MAX_EVIDENCE_CHANGE * strength &&
    (betaMean(now) - betaMean(before)) ** 2 <= MAX_RATE_SHIFT ** 2 * betaVariance(now)
  );
}
