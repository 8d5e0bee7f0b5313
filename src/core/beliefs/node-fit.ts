/**
 * The model of nodes over all features. In a feature of difficulty d, P(success) of node k has a Beta around σ(μ_k + d) with probability
 * λ_k, its likeness, and may have any value otherwise: a robust meta-analytic-predictive prior (Schmidli et al. 2014) whose weight is
 * estimated. μ_k and λ_k are fitted by expectation–maximization over the difficulties that each feature may have, so a model that only easy
 * features use is not taken for a better one.
 */
import { FEATURE_LIKENESS, FIT_STEPS, LIKENESS_STEPS, MAX_LEVEL_STEP, MAX_LIKENESS, RELAXATION } from './constants.ts';
import { DIFFICULTIES, logPriors, shapesByDifficulty } from './difficulty.ts';
import type { PooledNode } from './pooled-nodes.ts';
import { informationFraction } from './pooled-nodes.ts';
import type { BetaShape } from './posterior.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { clamp } from '../math/clamp.ts';
import { logBeta } from '../math/distributions.ts';
import { normalised } from '../math/log-weights.ts';
import { sigmoid } from '../math/sigmoid.ts';

/** Estimates of a node from the other features; a `feature` of `undefined` is one without outcomes. */
export interface NodeFit {
  /** Logit of P(success) in a feature of ordinary difficulty. */
  logit(node: NodeKey, feature: string | undefined): number;
  /** P(the node is like that of the other features). */
  likeness(node: NodeKey, feature: string | undefined): number;
}

/** Sums over features, or one feature's part of them. */
interface FitSums {
  /** Features that count for the node's likeness, and the expected number of those that are like the others. */
  weight: number;
  like: number;
  /** First derivative of ln P(outcomes) by μ_k, and minus the second. */
  slope: number;
  curvature: number;
}

interface Level extends FitSums {
  readonly pooled: PooledNode;
  /** Variance of the node's logit around μ_k + d. */
  readonly variance: number;
  logit: number;
  likeness: number;
  shapes: readonly (BetaShape & { readonly logNormaliser: number })[];
}

interface NodeOutcomes extends FitSums {
  readonly level: Level;
  readonly n: number;
  readonly s: number;
  /** ln P(outcomes | any rate), up to the constant that P(outcomes | like the others) has too. */
  readonly logUniform: number;
  /** By difficulty: P(outcomes | like the others) ÷ P(outcomes | any rate). */
  ratios: readonly number[];
}

/** @param variance of nodes around the mean that model and difficulty give (logit); `ofLevel`: the variance of μ_k */
export function fitNodes(
  features: ReadonlyMap<string, readonly RateCell[]>,
  nodes: ReadonlyMap<NodeKey, PooledNode>,
  { variance, ofLevel }: { readonly variance: number; readonly ofLevel: (pooled: PooledNode) => number },
): NodeFit {
  const guess = FEATURE_LIKENESS;
  const levels = new Map(
    [...nodes].map(([node, pooled]): [NodeKey, Level] => [
      node,
      {
        pooled,
        variance: variance + ofLevel(pooled),
        logit: pooled.logit,
        likeness: guess.value,
        shapes: [],
        ...NO_SUMS,
      },
    ]),
  );
  const parts = new Map([...features].map(([feature, rows]) => [feature, partsOf(rows, levels)]));
  let common = guess.value;

  for (let step = 0; step < FIT_STEPS; step++) {
    for (const level of levels.values()) setShapes(level);
    for (const ofFeature of parts.values()) for (const part of ofFeature.values()) setRatios(part);
    for (let again = 0; again < LIKENESS_STEPS; again++) {
      for (const level of levels.values()) resetSums(level);
      const logs = logPriors(common);
      for (const ofFeature of parts.values()) addExpectedSums([...ofFeature.values()], { variance, priors: logs });
      // Likeness is pooled over nodes: a node that few features have tried is as likely to be like the others as nodes are
      // in general.
      const sum = (name: 'weight' | 'like'): number =>
        [...levels.values()].reduce(
          (total, level) => total + level[name],
          guess.weight * (name === 'like' ? guess.value : 1),
        );
      common = sum('like') / sum('weight');
      for (const level of levels.values()) level.likeness = likenessOf(level, common);
    }
    for (const level of levels.values())
      level.logit += clamp((RELAXATION * level.slope) / level.curvature, [-MAX_LEVEL_STEP, MAX_LEVEL_STEP]);
  }

  const without = (node: NodeKey, feature: string | undefined) => {
    const level = levels.get(node) as Level;
    const own = feature === undefined ? undefined : parts.get(feature)?.get(node);
    return { level, own: own ?? NO_SUMS };
  };
  return {
    logit(node, feature) {
      const { level, own } = without(node, feature);
      const step = own.slope / Math.max(level.curvature - own.curvature, Number.MIN_VALUE);
      return level.logit - clamp(step, [-MAX_LEVEL_STEP, MAX_LEVEL_STEP]);
    },
    likeness(node, feature) {
      const { level, own } = without(node, feature);
      return MAX_LIKENESS * likenessOf({ weight: level.weight - own.weight, like: level.like - own.like }, common);
    },
  };
}

const NO_SUMS: FitSums = Object.freeze({ weight: 0, like: 0, slope: 0, curvature: 0 });

function likenessOf({ weight, like }: Pick<FitSums, 'weight' | 'like'>, common: number): number {
  return (common * FEATURE_LIKENESS.weight + like) / (FEATURE_LIKENESS.weight + weight);
}

function partsOf(rows: readonly RateCell[], levels: ReadonlyMap<NodeKey, Level>): ReadonlyMap<NodeKey, NodeOutcomes> {
  return new Map(
    rows
      .filter(({ n }) => n > 0)
      .map((row): [NodeKey, NodeOutcomes] => {
        const level = levels.get(row.node) as Level;
        const weight = informationFraction(row, level.logit);
        const { n, s } = row;
        const logUniform = logBeta(1 + s, 1 + Math.max(0, n - s));
        return [row.node, { ...NO_SUMS, level, n, s, logUniform, weight, ratios: [] }];
      }),
  );
}

/** The Betas of a level at every difficulty. */
function setShapes(level: Level): void {
  level.shapes = shapesByDifficulty(level.logit, level.variance).map(shape => ({
    ...shape,
    logNormaliser: logBeta(shape.a, shape.b),
  }));
}

/** How much better each Beta of the level predicts the feature's outcomes than the uniform prior. */
function setRatios(part: NodeOutcomes): void {
  const failures = Math.max(0, part.n - part.s);
  part.ratios = part.level.shapes.map(({ a, b, logNormaliser }) =>
    Math.exp(logBeta(a + part.s, b + failures) - logNormaliser - part.logUniform),
  );
}

/** Sets a level's sums to those of the guess at the node's rate. */
function resetSums(level: Level): void {
  const { guess } = level.pooled;
  const rate = sigmoid(level.logit);
  level.weight = level.like = 0;
  level.slope = guess.weight * (guess.value - rate);
  level.curvature = guess.weight * rate * (1 - rate);
}

/**
 * Computes one feature's expected sums over its possible difficulties, and adds them to those of the levels.
 * @param priors ln P(difficulty) before any outcome
 */
function addExpectedSums(
  parts: readonly NodeOutcomes[],
  { variance, priors }: { readonly variance: number; readonly priors: readonly number[] },
): void {
  const logs = priors.slice();
  for (const { level, ratios } of parts) {
    for (let d = 0; d < logs.length; d++)
      logs[d] = (logs[d] as number) + Math.log(1 - level.likeness + level.likeness * (ratios[d] as number));
  }
  const weights = normalised(logs);
  for (const part of parts) {
    const { level, n, s } = part;
    const odds = level.likeness / (1 - level.likeness);
    part.like = part.slope = part.curvature = 0;
    for (let d = 0; d < weights.length; d++) {
      if (DIFFICULTIES[d]?.logit === undefined) continue;
      const ratio = odds * (part.ratios[d] as number);
      const probability = ((weights[d] as number) * ratio) / (1 + ratio);
      const { a, b } = level.shapes[d] as BetaShape;
      const rate = a / (a + b);
      const information = n * rate * (1 - rate);
      // Because nodes also differ at random, a node with many outcomes is little more evidence than one with a few.
      const weight = probability / (1 + information * variance);
      part.like += part.weight * probability;
      part.slope += weight * (s - n * rate);
      part.curvature += weight * information;
    }
    level.weight += part.weight;
    level.like += part.like;
    level.slope += part.slope;
    level.curvature += part.curvature;
  }
}
