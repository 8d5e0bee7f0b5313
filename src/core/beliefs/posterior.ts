/** From decayed sums to what is believed about a node: a Beta for every rate, a lognormal for its cost. */
import { COST_VARIATION_VISITS, MIN_REMEMBERED_OUTCOMES, MODEL_COST_FRACTION } from './constants.ts';
import { correctedRate } from '../math/prediction-powered.ts';
import type { NodeRates, PlanGraph } from './plan-graph.ts';
import { logBeta } from '../math/distributions.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { SteeringSums } from './series.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Beta distribution of a rate: `a` counts for it (successes, rejections), `b` against it. */
export interface BetaShape {
  readonly a: number;
  readonly b: number;
}

/** What is believed about one node, as of one moment. */
export interface NodePosterior {
  readonly node: NodeKey;
  /** Decayed visits. */
  readonly n: number;
  /** Expected USD per visit, and the standard deviation of the logarithm of that expectation. */
  readonly costUsd: number;
  readonly costLogSd: number;
  /** P(the reply is rejected). */
  readonly climb: BetaShape;
  /** P(success | accepted), P(success | rejected and returned), P(success | the intent ends here). */
  readonly passed: BetaShape;
  readonly rejected: BetaShape;
  readonly ended: BetaShape;
  /** What `passed` and `ended` sum up, where the prior holds only if the feature is like the others. */
  readonly mixed?: { readonly passed: RateMixture; readonly ended: RateMixture };
  /** See {@link NodePrior.likeness}. */
  readonly likeness?: number;
}

/** A rate of which nobody knows yet whether it is like that of other features. */
export interface RateMixture {
  readonly like: BetaShape;
  readonly unlike: BetaShape;
  /** P(it is like them), own outcomes counted. */
  readonly likeness: number;
}

/** What is believed about a feature (in one segment): its nodes, in the order of `graph.nodes`. */
export interface Posterior {
  readonly graph: PlanGraph;
  readonly nodes: readonly NodePosterior[];
  /** Other features' evidence is in the priors: what a plan does here is not learnt from nothing. */
  readonly hasPooledPrior?: boolean;
}

/** One of several things that may be true of a node, and how likely it is: of all together, 1. */
export interface LikelyNode {
  readonly node: NodePosterior;
  readonly weight: number;
}

/** A posterior where nobody knows, node by node, which of several things is true. */
export interface Mixture {
  readonly graph: PlanGraph;
  readonly nodes: readonly (readonly LikelyNode[])[];
  readonly hasPooledPrior?: boolean;
}

/** A posterior as a mixture: one thing is true of every node. */
export function certain({ nodes, ...rest }: Posterior): Mixture {
  return { ...rest, nodes: nodes.map(node => [{ node, weight: 1 }]) };
}

/** What is believed about a node before it was seen. */
export interface NodePrior {
  readonly success: BetaShape;
  /** P(`success` holds), before own outcomes; if it does not, any rate is as likely. Absent: it holds. */
  readonly likeness?: number;
  readonly climb: BetaShape;
  readonly rejected: BetaShape;
  /** USD per visit from price × typical size; weighs as one visit. */
  readonly costUsd: number;
  /** What the cost of visits elsewhere says; instead of `costUsd`. */
  readonly cost?: CostPrior;
}

/** Expected cost of a visit, and how far it is to be trusted. */
export interface CostPrior {
  readonly usd: number;
  /** Visits it weighs as. */
  readonly visits: number;
  /** Squared coefficient of variation of the cost of one visit. */
  readonly variation: number;
  /** Part of its standard deviation that tells models apart; default {@link MODEL_COST_FRACTION}. */
  readonly doubt?: number;
}

export const UNIFORM: BetaShape = Object.freeze({ a: 1, b: 1 });

/** Counts of a rate: `l` trials, `s` for it. */
export interface RateCounts {
  readonly l: number;
  readonly s: number;
}

/** Beta posterior of a rate: prior, decayed counts, and a little long memory so that an idle node is not forgotten. */
function betaOf(prior: BetaShape, decayed: RateCounts, whole: RateCounts): BetaShape {
  const { l, s } = decayed;
  const extra = whole.l > 0 ? Math.min(MIN_REMEMBERED_OUTCOMES, Math.max(0, whole.l - l)) : 0;
  const rate = whole.l > 0 ? Math.min(1, Math.max(0, whole.s / whole.l)) : 0;
  return {
    a: prior.a + Math.max(0, s) + extra * rate,
    b: prior.b + Math.max(0, l - s) + extra * (1 - rate),
  };
}

export function climbCounts(sums: SteeringSums): RateCounts {
  return { l: sums.n, s: sums.rejected };
}

/** Labels of accepted replies; where some were audited, what the audits make of all of them. */
export function acceptedCounts(sums: SteeringSums): RateCounts {
  const labelled = sums.labelled - sums.labelledRejected;
  const successes = sums.successes - sums.successesRejected;
  if (!(sums.audited > 1e-9)) return { l: labelled, s: successes };
  const { rate, n } = correctedRate({ ...sums, labelled, successes });
  return { l: n, s: n * rate };
}

export function returnedCounts(sums: SteeringSums): RateCounts {
  return { l: sums.labelledRejected, s: sums.successesRejected };
}

function endedCounts(sums: SteeringSums): RateCounts {
  const good = acceptedCounts(sums);
  return { l: good.l + sums.labelledRejected, s: good.s + sums.successesRejected };
}

/** @param whole undecayed sums since the last change cut */
export function nodePosterior(
  node: NodeKey,
  { decayed, whole, prior }: { decayed: SteeringSums; whole: SteeringSums; prior: NodePrior },
): NodePosterior {
  const n = Math.max(0, decayed.n);
  const cost = decayed.cost / NANO_PER_USD;
  const cost2 = decayed.cost2 / NANO_PER_USD ** 2;
  const { usd, visits, variation } = prior.cost ?? { usd: prior.costUsd, visits: 1, variation: 1 };
  const mean = Math.max(Number.MIN_VALUE, (visits * usd + cost) / (visits + n));
  const spread = Math.max(0, cost2 - (cost * cost) / Math.max(n, 1));
  const logVariance = Math.log1p(
    (COST_VARIATION_VISITS * variation * mean * mean + spread) /
      (COST_VARIATION_VISITS + n) /
      ((n + visits) * mean * mean),
  );
  const known = {
    node,
    n,
    costUsd: mean,
    costLogSd: Math.sqrt(logVariance) * (prior.cost === undefined ? 1 : (prior.cost.doubt ?? MODEL_COST_FRACTION)),
    climb: betaOf(prior.climb, climbCounts(decayed), climbCounts(whole)),
    rejected: betaOf(prior.rejected, returnedCounts(decayed), returnedCounts(whole)),
  };
  const { success, likeness } = prior;
  const passed = betaOf(success, acceptedCounts(decayed), acceptedCounts(whole));
  const ended = betaOf(success, endedCounts(decayed), endedCounts(whole));
  if (likeness === undefined) return { ...known, passed, ended };
  const mixed = {
    passed: mixtureOf({ success, likeness }, passed),
    ended: mixtureOf({ success, likeness }, ended),
  };
  return { ...known, passed: summaryOf(mixed.passed), ended: summaryOf(mixed.ended), mixed, likeness };
}

/** What outcomes make of a prior that may not hold, from what they make of it if it does. */
function mixtureOf(
  { success, likeness }: Required<Pick<NodePrior, 'success' | 'likeness'>>,
  like: BetaShape,
): RateMixture {
  const unlike = { a: UNIFORM.a + like.a - success.a, b: UNIFORM.b + like.b - success.b };
  const logBayesFactor = logBeta(like.a, like.b) - logBeta(success.a, success.b) - logBeta(unlike.a, unlike.b);
  return { like, unlike, likeness: 1 / (1 + ((1 - likeness) / likeness) * Math.exp(-logBayesFactor)) };
}

/** The Beta of the same mean and variance. */
function summaryOf({ like, unlike, likeness }: RateMixture): BetaShape {
  const mean = likeness * betaMean(like) + (1 - likeness) * betaMean(unlike);
  const between = likeness * (1 - likeness) * (betaMean(like) - betaMean(unlike)) ** 2;
  const variance = likeness * betaVariance(like) + (1 - likeness) * betaVariance(unlike) + between;
  const strength = (mean * (1 - mean)) / variance - 1;
  return { a: strength * mean, b: strength * (1 - mean) };
}

/** P(success) before own outcomes, as one Beta. */
export function expectedSuccess({ success, likeness }: NodePrior): BetaShape {
  return likeness === undefined ? success : summaryOf({ like: success, unlike: UNIFORM, likeness });
}

export function betaMean({ a, b }: BetaShape): number {
  return a / (a + b);
}

export function betaVariance({ a, b }: BetaShape): number {
  const n = a + b;
  return (a * b) / (n * n * (n + 1));
}

/** Posterior means of a node. */
export function expectedRates(node: NodePosterior): NodeRates {
  return {
    costUsd: node.costUsd,
    climb: betaMean(node.climb),
    failPassed: 1 - betaMean(node.passed),
    failRejected: 1 - betaMean(node.rejected),
    failEnded: 1 - betaMean(node.ended),
  };
}

/** The same where several things may be true of it. */
export function expectedOfLikely(likely: readonly LikelyNode[]): NodeRates {
  const [only] = likely;
  if (only !== undefined && likely.length === 1) return expectedRates(only.node);
  const mean = { costUsd: 0, climb: 0, failPassed: 0, failRejected: 0, failEnded: 0 };
  for (const { node, weight } of likely) {
    const rates = expectedRates(node);
    mean.costUsd += weight * rates.costUsd;
    mean.climb += weight * rates.climb;
    mean.failPassed += weight * rates.failPassed;
    mean.failRejected += weight * rates.failRejected;
    mean.failEnded += weight * rates.failEnded;
  }
  return mean;
}
