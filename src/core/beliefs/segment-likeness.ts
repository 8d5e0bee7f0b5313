/**
 * How similar are a feature's segments? A segment's rate is Beta(κm, κ(1−m)) around the feature's own rate m: at κ = 2
 * each segment has a rate of its own, at κ = ∞ they have one rate. κ is unknown, so every value is kept, weighted by how
 * well it predicted the outcomes (Bayesian model averaging).
 */
import type { LikenessPrior } from './constants.ts';
import { SEGMENT_LIKENESS } from './constants.ts';
import type { BetaShape } from './posterior.ts';
import type { RateCounts } from './rate-counts.ts';
import { logBeta } from '../math/distributions.ts';
import { logSum, normalised } from '../math/log-weights.ts';
import { sigmoid } from '../math/sigmoid.ts';

/** A value of κ and its probability. */
export interface WeightedStrength {
  readonly strength: number;
  readonly weight: number;
}

/** κ of segments with one rate. */
export const ONE_RATE: number = Number.POSITIVE_INFINITY;

/** The counts of a rate by segment, and the belief about the feature's rate before these counts. */
export interface SegmentedRate {
  readonly base: BetaShape;
  readonly counts: readonly RateCounts[];
}

/**
 * The prior of one segment's rate given the other segments' counts, at strength κ. The n outcomes of another segment are as much evidence
 * on the feature's rate as n(κ+1)/(κ+n) of its own would be; the segment's rate then varies around that with strength κ. First two moments
 * only: close to the integral over the feature's rate, in microseconds instead of milliseconds.
 */
export function priorFromOthers(base: BetaShape, others: readonly RateCounts[], strength: number): BetaShape {
  return widenByBetweenSegmentVariance(
    others.reduce((pooled, each) => updateWithSegment(pooled, each, strength), base),
    strength,
  );
}

function updateWithSegment({ a, b }: BetaShape, { n, s }: RateCounts, strength: number): BetaShape {
  const part = strength === ONE_RATE ? 1 : (strength + 1) / (strength + Math.max(1, n));
  return { a: a + part * Math.max(0, s), b: b + part * Math.max(0, n - s) };
}

/** The distribution of one segment's rate: the same mean as the pooled rate's, and the variance between segments added. */
function widenByBetweenSegmentVariance({ a, b }: BetaShape, strength: number): BetaShape {
  if (strength === ONE_RATE) return { a, b };
  const kept = strength / (a + b + strength + 1);
  return { a: kept * a, b: kept * b };
}

/**
 * P(κ | outcomes) of every node (each with its rates), in the order of the prior's strengths. Whether segments differ at
 * all is estimated from all nodes together; how much they differ, for each node separately.
 */
export function strengthWeights(
  nodes: readonly (readonly SegmentedRate[])[],
  { similarProbability, strengths }: LikenessPrior = SEGMENT_LIKENESS,
): readonly (readonly WeightedStrength[])[] {
  const ifDifferent = nodes.map(rates => {
    const logs = strengths.map(strength => rates.reduce((sum, rate) => sum + logEvidence(rate, strength), 0));
    // Relative to the case of one common rate, so that the exponents below stay small.
    const ratios = logs.map(log => log - (logs.at(-1) as number));
    return { logMean: logSum(ratios) - Math.log(ratios.length), weights: normalised(ratios) };
  });
  const logOdds =
    Math.log((1 - similarProbability) / similarProbability) +
    ifDifferent.reduce((sum, { logMean }) => sum + logMean, 0);
  const differProbability = sigmoid(logOdds);
  return ifDifferent.map(({ weights }) =>
    strengths.map((strength, i) => {
      const weight = differProbability * (weights[i] as number);
      return { strength, weight: strength === ONE_RATE ? weight + 1 - differProbability : weight };
    }),
  );
}

/**
 * ln P(outcomes | κ) as a chain of predictions: of the second largest segment from the largest, of the third from these two,
 * and so on. The largest segment's own probability is left out, because it does not depend on κ.
 */
function logEvidence({ base, counts }: SegmentedRate, strength: number): number {
  const [largest, ...rest] = counts.toSorted((x, y) => y.n - x.n);
  if (largest === undefined) return 0;
  let pooled = updateWithSegment(base, largest, strength);
  let log = 0;
  for (const each of rest) {
    const { a, b } = widenByBetweenSegmentVariance(pooled, strength);
    log += logBeta(a + each.s, b + Math.max(0, each.n - each.s)) - logBeta(a, b);
    pooled = updateWithSegment(pooled, each, strength);
  }
  return log;
}
