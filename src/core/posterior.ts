/** From decayed sums to what is believed about a node: a Beta for every rate, a lognormal for its cost. */
import type { NodeRates, PlanGraph } from './cascade.ts';
import { NANO_PER_USD } from './money.ts';
import type { SteeringSums } from './series.ts';
import type { NodeKey } from './vocabulary.ts';

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
}

/** What is believed about a feature (in one segment): its nodes, in the order of `graph.nodes`. */
export interface Posterior {
  readonly graph: PlanGraph;
  readonly nodes: readonly NodePosterior[];
}

/** What is believed about a node before it was seen. */
export interface NodePrior {
  readonly success: BetaShape;
  readonly climb: BetaShape;
  readonly rejected: BetaShape;
  /** USD per visit from price × typical size; weighs as one visit. */
  readonly costUsd: number;
}

export const UNIFORM: BetaShape = Object.freeze({ a: 1, b: 1 });

/** Outcomes of long ago that are kept at full weight when decay has left fewer. */
const LONG_MEMORY = 5;

/** Counts of a rate: `l` trials, `s` for it; decayed, and whole since the last change cut. */
interface RateCounts {
  readonly l: number;
  readonly s: number;
  readonly wholeL: number;
  readonly wholeS: number;
}

/** Beta posterior of a rate: prior, decayed counts, and a little long memory so that an idle node is not forgotten. */
function betaOf(prior: BetaShape, { l, s, wholeL, wholeS }: RateCounts): BetaShape {
  const extra = wholeL > 0 ? Math.min(LONG_MEMORY, Math.max(0, wholeL - l)) : 0;
  const rate = wholeL > 0 ? Math.min(1, Math.max(0, wholeS / wholeL)) : 0;
  return {
    a: prior.a + Math.max(0, s) + extra * rate,
    b: prior.b + Math.max(0, l - s) + extra * (1 - rate),
  };
}

/** @param whole undecayed sums since the last change cut */
export function nodePosterior(
  node: NodeKey,
  { decayed, whole, prior }: { decayed: SteeringSums; whole: SteeringSums; prior: NodePrior },
): NodePosterior {
  const n = Math.max(0, decayed.n);
  const cost = decayed.cost / NANO_PER_USD;
  const cost2 = decayed.cost2 / NANO_PER_USD ** 2;
  const mean = Math.max(Number.MIN_VALUE, (prior.costUsd + cost) / (1 + n));
  const spread = Math.max(0, cost2 - (cost * cost) / Math.max(n, 1));
  const logVariance = Math.log1p((2 * mean * mean + spread) / (2 + n) / ((n + 1) * mean * mean));
  return {
    node,
    n,
    costUsd: mean,
    costLogSd: Math.sqrt(logVariance),
    climb: betaOf(prior.climb, { l: n, s: decayed.rejected, wholeL: whole.n, wholeS: whole.rejected }),
    passed: betaOf(prior.success, {
      l: decayed.labelled - decayed.labelledRejected,
      s: decayed.successes - decayed.successesRejected,
      wholeL: whole.labelled - whole.labelledRejected,
      wholeS: whole.successes - whole.successesRejected,
    }),
    rejected: betaOf(prior.rejected, {
      l: decayed.labelledRejected,
      s: decayed.successesRejected,
      wholeL: whole.labelledRejected,
      wholeS: whole.successesRejected,
    }),
    ended: betaOf(prior.success, {
      l: decayed.labelled,
      s: decayed.successes,
      wholeL: whole.labelled,
      wholeS: whole.successes,
    }),
  };
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
