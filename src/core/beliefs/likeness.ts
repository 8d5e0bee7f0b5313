/**
 * Is a feature like the others? A prior that is made of other features holds only if it is; otherwise a rate may be
 * anything. How likely that is, is learnt from how well such priors have foretold the features so far: a robust
 * meta-analytic-predictive prior (Schmidli et al. 2014) whose weight is not set but estimated.
 */
import { FEATURE_LIKENESS, LIKENESS_STEPS } from './constants.ts';

/** How a prior made of the other features has fared in one feature. */
export interface Comparison {
  readonly feature: string;
  /** ln of P(its outcomes | the prior) ÷ P(its outcomes | any rate is as likely). */
  readonly logBayesFactor: number;
  /** How much of a whole observation the feature is, from 0 to 1. */
  readonly weight: number;
}

/**
 * P(a feature is like the others), as all *other* features tell: the mode by expectation–maximisation, and then without
 * the feature's own part, which its posterior counts itself.
 *
 * @returns a function of the feature's name; of none, for a feature that nobody has seen
 * @example
 * ```ts
 * likenessOf([])(undefined); // 0.5
 * ```
 */
export function likenessOf(comparisons: readonly Comparison[]): (feature: string | undefined) => number {
  const weight = comparisons.reduce((sum, each) => sum + each.weight, 0);
  const expected = (share: number, { logBayesFactor }: Comparison): number =>
    1 / (1 + ((1 - share) / share) * Math.exp(-logBayesFactor));
  let share = FEATURE_LIKENESS.value;
  let alike: readonly number[] = [];
  let sum = 0;
  for (let step = 0; step < LIKENESS_STEPS; step++) {
    const now = share;
    alike = comparisons.map(each => each.weight * expected(now, each));
    sum = alike.reduce((total, part) => total + part, 0);
    share = (FEATURE_LIKENESS.value * FEATURE_LIKENESS.weight + sum) / (FEATURE_LIKENESS.weight + weight);
  }
  const places = new Map(comparisons.map(({ feature }, i) => [feature, i]));
  return feature => {
    const at = feature === undefined ? undefined : places.get(feature);
    const own =
      at === undefined ? { alike: 0, weight: 0 } : { alike: alike[at] ?? 0, weight: comparisons[at]?.weight ?? 0 };
    return (
      (FEATURE_LIKENESS.value * FEATURE_LIKENESS.weight + sum - own.alike) /
      (FEATURE_LIKENESS.weight + weight - own.weight)
    );
  };
}
