/**
 * Is a feature like the others? A prior pooled over the other features holds only if it is; otherwise any success rate is
 * possible. How likely that is, is estimated from how well such priors have predicted the features so far: a robust
 * meta-analytic-predictive prior (Schmidli et al. 2014) whose weight is not set but estimated.
 */
import { FEATURE_LIKENESS, LIKENESS_STEPS } from './constants.ts';

/** How well the pooled prior of the other features predicted one feature. */
export interface PriorFit {
  readonly feature: string;
  /** ln of P(its outcomes | the pooled prior) ÷ P(its outcomes | the uniform prior). */
  readonly logBayesFactor: number;
  /** How much the feature counts, from 0 (no outcomes) to 1. */
  readonly weight: number;
}

/**
 * P(a feature is like the others): the mode, by expectation–maximisation, without the feature's own part, because its
 * posterior adds that.
 *
 * @returns a function of the feature's name; `undefined` for a feature without outcomes
 * @example
 * ```ts
 * likenessOf([])(undefined); // 0.5
 * ```
 */
export function likenessOf(fits: readonly PriorFit[]): (feature: string | undefined) => number {
  const guess = FEATURE_LIKENESS;
  const weight = fits.reduce((sum, fit) => sum + fit.weight, 0);
  let likeness = guess.value;
  let weightedLikelihoods: readonly number[] = [];
  let total = 0;
  for (let step = 0; step < LIKENESS_STEPS; step++) {
    const prior = likeness;
    weightedLikelihoods = fits.map(fit => fit.weight * posteriorLikeness(prior, fit));
    total = weightedLikelihoods.reduce((sum, part) => sum + part, 0);
    likeness = (guess.value * guess.weight + total) / (guess.weight + weight);
  }
  const indexes = new Map(fits.map(({ feature }, index) => [feature, index]));
  return feature => {
    const index = feature === undefined ? undefined : indexes.get(feature);
    const own =
      index === undefined
        ? { likelihood: 0, weight: 0 }
        : { likelihood: weightedLikelihoods[index] ?? 0, weight: fits[index]?.weight ?? 0 };
    return (guess.value * guess.weight + total - own.likelihood) / (guess.weight + weight - own.weight);
  };
}

function posteriorLikeness(prior: number, { logBayesFactor }: PriorFit): number {
  return 1 / (1 + ((1 - prior) / prior) * Math.exp(-logBayesFactor));
}
