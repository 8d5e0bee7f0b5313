/**
 * How alike are a feature's segments? A segment's rate is Beta(κm, κ(1−m)) around the feature's own rate m: at κ = 2 each
 * goes its own way, at κ = ∞ there is one rate for all. Nobody knows κ, so every answer is kept, weighted by how well it
 * foretold the outcomes (Bayesian model averaging).
 */
import { logBeta } from '../math/distributions.ts';
import type { LikenessPrior } from './constants.ts';
import { SEGMENT_LIKENESS } from './constants.ts';
import type { BetaShape, RateCounts } from './posterior.ts';

/** A strength κ that may hold between segments, and how likely it is taken to be. */
export interface Likeness {
  readonly strength: number;
  readonly weight: number;
}

const ONE_RATE = Number.POSITIVE_INFINITY;

/** A rate with the counts of every segment, and what was believed of the whole feature's before them. */
export interface SegmentedRate {
  readonly base: BetaShape;
  readonly counts: readonly RateCounts[];
}

/**
 * What is believed of one segment's rate from what the others have shown, at strength κ. An other segment's l outcomes
 * tell of the feature's rate as much as l(κ+1)/(κ+l) of its own would; the segment's rate then strays from that by κ.
 * First two moments only: near enough to the integral over the feature's rate, and microseconds instead of milliseconds.
 */
export function priorFromOthers(base: BetaShape, others: readonly RateCounts[], strength: number): BetaShape {
  return widenByBetweenSegmentVariance(
    others.reduce((whole, each) => updateWithSegment(whole, each, strength), base),
    strength,
  );
}

function updateWithSegment({ a, b }: BetaShape, { l, s }: RateCounts, strength: number): BetaShape {
  const part = strength === ONE_RATE ? 1 : (strength + 1) / (strength + Math.max(1, l));
  return { a: a + part * Math.max(0, s), b: b + part * Math.max(0, l - s) };
}

/** Beta with the mean of `whole` and the variance that a draw around a draw of it has. */
function widenByBetweenSegmentVariance({ a, b }: BetaShape, strength: number): BetaShape {
  if (strength === ONE_RATE) return { a, b };
  const kept = strength / (a + b + strength + 1);
  return { a: kept * a, b: kept * b };
}

/**
 * What is believed of κ after the outcomes, node by node (each with its rates), in the order of the prior's strengths.
 * That segments differ at all is a question to all nodes together; how much, to each for itself.
 */
export function likenessAfter(
  nodes: readonly (readonly SegmentedRate[])[],
  { similarProbability, strengths }: LikenessPrior = SEGMENT_LIKENESS,
): readonly (readonly Likeness[])[] {
  const apart = nodes.map(rates => {
    const logs = strengths.map(strength => rates.reduce((sum, rate) => sum + evidence(rate, strength), 0));
    // Against one rate, so that what is left to sum is small.
    const ratios = logs.map(log => log - (logs.at(-1) as number));
    return { logMean: logSum(ratios) - Math.log(ratios.length), weights: normalised(ratios) };
  });
  const logOdds =
    Math.log((1 - similarProbability) / similarProbability) + apart.reduce((sum, { logMean }) => sum + logMean, 0);
  const differ = 1 / (1 + Math.exp(-logOdds));
  return apart.map(({ weights }) =>
    strengths.map((strength, i) => {
      const weight = differ * (weights[i] as number);
      return { strength, weight: strength === ONE_RATE ? weight + 1 - differ : weight };
    }),
  );
}

function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

function normalised(logs: readonly number[]): readonly number[] {
  const sum = logSum(logs);
  return logs.map(log => Math.exp(log - sum));
}

/** Logarithm of how well the largest segment foretold the next, both the next, and so on: one alone says nothing of κ. */
function evidence({ base, counts }: SegmentedRate, strength: number): number {
  const [largest, ...rest] = counts.filter(({ l }) => l > 0).sort((x, y) => y.l - x.l);
  if (largest === undefined) return 0;
  let whole = updateWithSegment(base, largest, strength);
  let log = 0;
  for (const each of rest) {
    const { a, b } = widenByBetweenSegmentVariance(whole, strength);
    log += logBeta(a + each.s, b + Math.max(0, each.l - each.s)) - logBeta(a, b);
    whole = updateWithSegment(whole, each, strength);
  }
  return log;
}
