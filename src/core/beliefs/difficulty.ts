/**
 * How difficult a feature is, as a few possible values. Given one value, the feature's nodes are independent of each other, and their
 * outcomes together show how likely the value is. So evidence on one node changes the belief about the others, and differences between
 * nodes are known better than their rates. One more value means that the feature is unlike the others in every node.
 */
import {
  DIFFICULTY_POINTS,
  DIFFICULTY_SPAN,
  DIFFICULTY_VARIANCE,
  POOLED_STRENGTH,
  UNLIKE_FEATURES,
} from './constants.ts';
import type { BetaShape, NodePosterior, RateMixture } from './posterior.ts';
import { betaMean, UNIFORM } from './posterior.ts';
import { clamp } from '../math/clamp.ts';
import { normalised } from '../math/log-weights.ts';
import { sigmoid } from '../math/sigmoid.ts';

export interface Difficulty {
  /** Added to the logit of every node's success rate; absent: the feature is unlike the others. */
  readonly logit?: number;
  /** ln of the value's probability, if the feature is like the others. */
  readonly logProbability: number;
}

export const DIFFICULTIES: readonly Difficulty[] = Object.freeze(difficulties());

function difficulties(): Difficulty[] {
  const steps = DIFFICULTY_POINTS - 1;
  const deviations = Array.from({ length: DIFFICULTY_POINTS }, (_, i) => DIFFICULTY_SPAN * ((2 * i) / steps - 1));
  const total = deviations.reduce((sum, z) => sum + Math.exp((-z * z) / 2), 0);
  return [
    ...deviations.map(z => ({
      logit: z * Math.sqrt(DIFFICULTY_VARIANCE),
      logProbability: (-z * z) / 2 - Math.log(total),
    })),
    { logProbability: Number.NEGATIVE_INFINITY },
  ];
}

/**
 * ln P(difficulty) before any outcome. The less nodes are like those of other features, the more likely is a feature that is unlike
 * the others in all of them.
 * @param likeness P(a node is like that of other features)
 */
export function logPriors(likeness: number): number[] {
  const unlike = UNLIKE_FEATURES * (1 - likeness);
  return DIFFICULTIES.map(({ logit, logProbability }) =>
    logit === undefined ? Math.log(unlike) : logProbability + Math.log(1 - unlike),
  );
}

/** A Beta whose logit has about this mean and variance. */
export function shapeOf(logit: number, variance: number): BetaShape {
  const rate = sigmoid(logit);
  const strength = clamp(1 / (rate * (1 - rate) * variance) - 1, POOLED_STRENGTH);
  return { a: strength * rate, b: strength * (1 - rate) };
}

/** Such a Beta at each of {@link DIFFICULTIES}, for a node with this logit in a feature of ordinary difficulty. */
export function shapesByDifficulty(logit: number, variance: number): readonly BetaShape[] {
  return DIFFICULTIES.map(difficulty =>
    difficulty.logit === undefined ? UNIFORM : shapeOf(logit + difficulty.logit, variance),
  );
}

/** P(difficulty | the outcomes of all nodes), in the order of {@link DIFFICULTIES}; `undefined` where no prior depends on it. */
export function difficultyWeights(nodes: readonly NodePosterior[]): readonly number[] | undefined {
  const known = nodes.flatMap(({ byDifficulty, likeness = 0 }) =>
    byDifficulty === undefined ? [] : [{ byDifficulty, likeness }],
  );
  if (known.length === 0) return undefined;
  const likeness = known.reduce((sum, node) => sum + node.likeness, 0) / known.length;
  return normalised(
    logPriors(likeness).map((logPrior, d) =>
      known.reduce((sum, { byDifficulty }) => sum + (byDifficulty[d] as RateMixture).logEvidence, logPrior),
    ),
  );
}

/** P(failure) of a node over all difficulties; `undefined` where its prior does not depend on them. */
export function expectedFailure({ byDifficulty }: NodePosterior, weights: readonly number[] = []): number | undefined {
  return byDifficulty?.reduce((sum, { like, unlike, likeness }, d) => {
    const success = likeness * betaMean(like) + (1 - likeness) * betaMean(unlike);
    return sum + (weights[d] as number) * (1 - success);
  }, 0);
}

/** P(a node behaves as in other features), given the outcomes of all of the feature's nodes. */
export function likenessNow(node: NodePosterior, weights: readonly number[] = []): number | undefined {
  return (
    node.byDifficulty?.reduce(
      (sum, { likeness }, d) => (DIFFICULTIES[d]?.logit === undefined ? sum : sum + (weights[d] as number) * likeness),
      0,
    ) ?? node.likeness
  );
}
