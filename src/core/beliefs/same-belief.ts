/** Whether what is believed has changed enough to be worth another sample of it. */
import type { BetaShape, LikelyNode, Mixture, NodePosterior } from './posterior.ts';
import { betaMean } from './posterior.ts';

/** A mean may move by this part of its standard deviation: less than a table of some hundred samples can tell. */
const RATE_SHIFT = 0.1;
/** Costs are known far better than rates, and weigh far less than failures. */
const COST_SHIFT = 0.25;
/** Evidence may grow or decay by this part of itself. */
const GROWTH = 0.1;

/** What may be true of a node may become this much likelier. */
const WEIGHT_SHIFT = 0.05;
/** How likely the feature is to be like the others may change by this. */
const LIKENESS_SHIFT = 0.1;

/** True when samples drawn from `before` still stand for `now`. */
export function isSameBelief(before: Mixture, now: Mixture): boolean {
  return (
    before.graph === now.graph &&
    before.hasPooledPrior === now.hasPooledPrior &&
    now.nodes.every((likely, at) => areSameNodes(before.nodes[at], likely))
  );
}

function areSameNodes(before: readonly LikelyNode[] | undefined, now: readonly LikelyNode[]): boolean {
  return (
    before?.length === now.length &&
    now.every(({ node, weight }, i) => {
      const was = before[i] as LikelyNode;
      return Math.abs(weight - was.weight) <= WEIGHT_SHIFT && isSameNode(was.node, node);
    })
  );
}

function isSameNode(before: NodePosterior, now: NodePosterior): boolean {
  return (
    Math.abs(now.n - before.n) <= GROWTH * now.n &&
    Math.abs((before.likeness ?? 0) - (now.likeness ?? 0)) <= LIKENESS_SHIFT &&
    isSameCost(before, now) &&
    isSameRate(before.climb, now.climb) &&
    isSameRate(before.passed, now.passed) &&
    isSameRate(before.rejected, now.rejected) &&
    isSameRate(before.ended, now.ended)
  );
}

function isSameCost(before: NodePosterior, now: NodePosterior): boolean {
  return (
    Math.abs(now.costUsd - before.costUsd) <= COST_SHIFT * now.costLogSd * now.costUsd &&
    Math.abs(now.costLogSd - before.costLogSd) <= GROWTH * before.costLogSd
  );
}

function isSameRate(before: BetaShape, now: BetaShape): boolean {
  const strength = now.a + now.b;
  const mean = betaMean(now);
  const variance = (mean * (1 - mean)) / (strength + 1);
  return (
    Math.abs(strength - before.a - before.b) <= GROWTH * strength &&
    (mean - betaMean(before)) ** 2 <= RATE_SHIFT ** 2 * variance
  );
}
