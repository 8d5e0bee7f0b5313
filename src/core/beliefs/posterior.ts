/** The belief about a node, from its decayed sums: a Beta for every rate, a lognormal for its mean cost. */
import { MIN_REMEMBERED_OUTCOMES } from './constants.ts';
import type { ExpectedCost } from './cost-belief.ts';
import { costBelief } from './cost-belief.ts';
import type { NodeRates, PlanGraph } from './plan-graph.ts';
import type { RateCounts } from './rate-counts.ts';
import { acceptedCounts, climbCounts, endedCounts, returnedCounts } from './rate-counts.ts';
import { logBeta } from '../math/distributions.ts';
import type { RoutingSums } from './routing-sums.ts';
import { meanRequests } from './routing-sums.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Beta distribution of a rate: `a` counts for it (successes, rejections), `b` against it. */
export interface BetaShape {
  readonly a: number;
  readonly b: number;
}

/** The belief about one node at one moment. */
export interface NodePosterior {
  readonly node: NodeKey;
  /** Decayed visits, those with a known outcome, and the mean number of requests per visit (absent: 1). */
  readonly n: number;
  readonly outcomes: number;
  readonly requests?: number;
  /** Expected USD per visit, and the standard deviation of the logarithm of that expectation. */
  readonly costUsd: number;
  readonly costLogSd: number;
  /** The expected net cost, without the cost of reading a session's prefix: from the visits whose prefix was known. */
  readonly netUsd?: number;
  /** P(the reply is rejected). */
  readonly climb: BetaShape;
  /** P(success | accepted), P(success | rejected, but returned), P(success | the intent ends here). */
  readonly accepted: BetaShape;
  readonly rejected: BetaShape;
  readonly ended: BetaShape;
  /** The mixtures that `accepted` and `ended` approximate, where the prior holds only if the feature is like the others. */
  readonly mixed?: { readonly accepted: RateMixture; readonly ended: RateMixture };
  /** P(the node is like those of other features). */
  readonly likeness?: number;
  /** The mixture of `ended` at each of the difficulties that the feature may have; absent where a plan climbs on from the node. */
  readonly byDifficulty?: readonly RateMixture[];
  /** The node as it was before its last change, with the probability that it is in that state again. */
  readonly former?: NodeComponent;
}

/** A two-component mixture: the rate is like that of other features, or it is not. */
export interface RateMixture {
  readonly like: BetaShape;
  readonly unlike: BetaShape;
  /** P(the rate is like that of other features), given the feature's own outcomes. */
  readonly likeness: number;
  /** ln P(the feature's own outcomes). */
  readonly logEvidence: number;
}

/** The belief about a feature (in one segment): its nodes, in the order of `graph.nodes`. */
export interface Posterior {
  readonly graph: PlanGraph;
  readonly nodes: readonly NodePosterior[];
  /** True when other features' outcomes are in the priors; `evidence`: only public evidence is, which no feature has tested. */
  readonly hasPooledPrior?: boolean | 'evidence';
  /** True when the rates of a node have changed since the first evidence on it. */
  readonly hasChanged?: boolean;
}

/** One component of a node's mixture. The weights of a node's components sum to 1. */
export interface NodeComponent {
  readonly node: NodePosterior;
  readonly weight: number;
}

/** A posterior with one or more components per node. */
export interface Mixture extends Omit<Posterior, 'nodes'> {
  readonly nodes: readonly (readonly NodeComponent[])[];
}

/**
 * A posterior as a mixture: one component per node, or two where the node may have returned to its state before its last
 * change.
 */
export function asMixture({ nodes, ...rest }: Posterior): Mixture {
  return { ...rest, nodes: nodes.map(node => withFormer([{ node, weight: 1 }], node.former)) };
}

/** Puts a node's former state first among its components, so that the last one stays that of the whole feature. */
export function withFormer(
  components: readonly NodeComponent[],
  former: NodeComponent | undefined,
): readonly NodeComponent[] {
  if (former === undefined) return components;
  return [former, ...components.map(({ node, weight }) => ({ node, weight: (1 - former.weight) * weight }))];
}

/** The belief about a node before its first visit. */
export interface NodePrior extends ExpectedCost {
  /** P(success | accepted) where a plan climbs on from the node, else P(success | the intent ends here). */
  readonly success: BetaShape;
  /** P(the feature is like the others). If it is, `success` holds, otherwise `unlike` (default: uniform). Absent: `success` holds. */
  readonly likeness?: number;
  readonly unlike?: BetaShape;
  /** `success` at each of the difficulties that the feature may have, before any of its outcomes. */
  readonly byDifficulty?: readonly BetaShape[];
  readonly climb: BetaShape;
  readonly rejected: BetaShape;
}

export const UNIFORM: BetaShape = Object.freeze({ a: 1, b: 1 });

/** Prior plus decayed counts, plus up to five outcomes that decay removed, so that an idle node is not explored from scratch. */
function posteriorRate(prior: BetaShape, decayed: RateCounts, undecayed: RateCounts): BetaShape {
  const { n, s } = decayed;
  const extra = Math.min(MIN_REMEMBERED_OUTCOMES, Math.max(0, undecayed.n - n));
  const rate = undecayed.n > 0 ? Math.min(1, Math.max(0, undecayed.s / undecayed.n)) : 0;
  return {
    a: prior.a + Math.max(0, s) + extra * rate,
    b: prior.b + Math.max(0, n - s) + extra * (1 - rate),
  };
}

/** @param undecayed sums since the last change point, without weights */
export function nodePosterior(
  node: NodeKey,
  { decayed, undecayed, prior }: { decayed: RoutingSums; undecayed: RoutingSums; prior: NodePrior },
): NodePosterior {
  const known = {
    node,
    n: Math.max(0, decayed.n),
    outcomes: Math.max(0, decayed.labelled),
    requests: meanRequests(decayed),
    ...costBelief(prior, decayed),
    climb: posteriorRate(prior.climb, climbCounts(decayed), climbCounts(undecayed)),
    rejected: posteriorRate(prior.rejected, returnedCounts(decayed), returnedCounts(undecayed)),
  };
  const { success, likeness, byDifficulty, unlike: before = UNIFORM } = prior;
  const accepted = posteriorRate(success, acceptedCounts(decayed), acceptedCounts(undecayed));
  const ended = posteriorRate(success, endedCounts(decayed), endedCounts(undecayed));
  if (likeness === undefined) return { ...known, accepted, ended };
  const apart = unlikeThem(accepted, success, before);
  const mixedAccepted = mixtureOf(success, { like: accepted, likeness, apart });
  const matchedAccepted = momentMatched(mixedAccepted);
  // Without labels of rejected replies both rates are equal. Computing them takes most of the time of a posterior.
  const isSame = accepted.a === ended.a && accepted.b === ended.b;
  const apartEnded = isSame ? apart : unlikeThem(ended, success, before);
  const mixedEnded = isSame ? mixedAccepted : mixtureOf(success, { like: ended, likeness, apart: apartEnded });
  return {
    ...known,
    accepted: matchedAccepted,
    ended: isSame ? matchedAccepted : momentMatched(mixedEnded),
    mixed: { accepted: mixedAccepted, ended: mixedEnded },
    likeness,
    ...(byDifficulty === undefined
      ? {}
      : {
          byDifficulty: byDifficulty.map(at => {
            const like = { a: at.a + ended.a - success.a, b: at.b + ended.b - success.b };
            return mixtureOf(at, { like, likeness, apart: apartEnded });
          }),
        }),
  };
}

/**
 * The posterior if the feature is unlike the others, and ln P(its outcomes) in that case, which does not depend on the
 * difficulty.
 */
interface Apart {
  readonly unlike: BetaShape;
  readonly logUnlike: number;
}

/** @param like the posterior under the prior `success`, which also contains the outcomes */
function unlikeThem(like: BetaShape, success: BetaShape, before: BetaShape): Apart {
  const unlike = { a: before.a + like.a - success.a, b: before.b + like.b - success.b };
  return { unlike, logUnlike: logBeta(unlike.a, unlike.b) - (before === UNIFORM ? 0 : logBeta(before.a, before.b)) };
}

/** The posterior of a prior that may not hold, given the posterior `like` if it does. */
function mixtureOf(
  success: BetaShape,
  { like, likeness, apart: { unlike, logUnlike } }: { like: BetaShape; likeness: number; apart: Apart },
): RateMixture {
  const bayesFactor = Math.exp(logBeta(like.a, like.b) - logBeta(success.a, success.b) - logUnlike);
  const evidence = likeness * bayesFactor + 1 - likeness;
  return { like, unlike, likeness: (likeness * bayesFactor) / evidence, logEvidence: logUnlike + Math.log(evidence) };
}

/** The Beta with the mixture's mean and variance. */
function momentMatched({ like, unlike, likeness }: Omit<RateMixture, 'logEvidence'>): BetaShape {
  const mean = likeness * betaMean(like) + (1 - likeness) * betaMean(unlike);
  const between = likeness * (1 - likeness) * (betaMean(like) - betaMean(unlike)) ** 2;
  const variance = likeness * betaVariance(like) + (1 - likeness) * betaVariance(unlike) + between;
  return betaOfMoments(mean, variance);
}

/** P(success) before the feature's own outcomes, as one Beta. */
export function expectedSuccess({ success, likeness, unlike = UNIFORM }: NodePrior): BetaShape {
  return likeness === undefined ? success : momentMatched({ like: success, unlike, likeness });
}

export function betaMean({ a, b }: BetaShape): number {
  return a / (a + b);
}

export function betaVariance({ a, b }: BetaShape): number {
  const n = a + b;
  return (a * b) / (n * n * (n + 1));
}

export function betaOfMoments(mean: number, variance: number): BetaShape {
  const strength = (mean * (1 - mean)) / variance - 1;
  return { a: strength * mean, b: strength * (1 - mean) };
}

/** The distribution of 1 − rate. */
export function flipped({ a, b }: BetaShape): BetaShape {
  return { a: b, b: a };
}

/** Posterior means of a node. */
export function expectedRates(node: NodePosterior): NodeRates {
  return {
    costUsd: node.costUsd,
    climb: betaMean(node.climb),
    failAccepted: 1 - betaMean(node.accepted),
    failRejected: 1 - betaMean(node.rejected),
    failEnded: 1 - betaMean(node.ended),
  };
}

/** Posterior means of a node's mixture. */
export function expectedMixtureRates(components: readonly NodeComponent[]): NodeRates {
  const mean = { costUsd: 0, climb: 0, failAccepted: 0, failRejected: 0, failEnded: 0 };
  for (const { node, weight } of components) {
    const rates = expectedRates(node);
    mean.costUsd += weight * rates.costUsd;
    mean.climb += weight * rates.climb;
    mean.failAccepted += weight * rates.failAccepted;
    mean.failRejected += weight * rates.failRejected;
    mean.failEnded += weight * rates.failEnded;
  }
  return mean;
}
