/** Models that are one provider model at several efforts: the outcomes of some show what to expect of the others. */
import type { BetaShape, NodePrior } from './posterior.ts';
import type { RateCounts } from './rate-counts.ts';
import { endedCounts } from './rate-counts.ts';
import { sigmoid } from '../math/sigmoid.ts';
import type { RoutingSums } from './routing-sums.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** One provider model, and the position of its effort among all: neighbors differ by 1. */
export interface EffortPlace {
  readonly family: string;
  readonly position: number;
}

/** Places by model; a model without an effort has none. */
export type EffortAxes = Readonly<Record<string, EffortPlace>>;

/** The outcomes of a sibling model, and its place on the axis. */
export interface SiblingCounts {
  /** Steps of effort from this model to the sibling; negative for a lower effort. */
  readonly steps: number;
  readonly counts: RateCounts;
}

/**
 * The belief about a family of efforts before its outcomes, on the logit scale: the effect of a step of effort (mean and standard
 * deviation), and how far an effort deviates from that line. Chosen on `bench:statistics --only "effort arms"`, seeds below 1,000,000, and
 * on such worlds in which a step subtracts .2 ± .5, with ± .4 at each level. Smaller deviations cost a sixth less in the former, and up to
 * twice as much in the latter: an effort against which its siblings' outcomes speak is then no longer tried.
 */
const STEP_MEAN = 0.1;
const STEP_SD = 0.4;
const OWN_SD = 0.3;

/** Average number of models that share one provider model; 1 without axes. */
export function modelsPerFamily(axes: EffortAxes = {}): number {
  const places = Object.values(axes);
  return places.length === 0 ? 1 : places.length / new Set(places.map(({ family }) => family)).size;
}

/**
 * The prior of a model that is asked first, adjusted by the outcomes of its siblings. Outcomes of the model in other features, where there
 * are any, are better evidence than those of its siblings.
 */
export function withSiblings(
  prior: NodePrior,
  {
    axes = {},
    node,
    sumsOf,
  }: {
    readonly axes: EffortAxes | undefined;
    readonly node: NodeKey;
    readonly sumsOf: (sibling: NodeKey) => RoutingSums;
  },
): NodePrior {
  const own = axes[node];
  if (own === undefined || prior.likeness !== undefined) return prior;
  const siblings = Object.entries(axes).flatMap(([name, { family, position }]) =>
    name === node || family !== own.family
      ? []
      : [{ steps: position - own.position, counts: endedCounts(sumsOf(name)) }],
  );
  return { ...prior, success: priorFromSiblings(prior.success, siblings) };
}

/**
 * The logits of a family are a line over the steps of effort, with a deviation at each. Each sibling's outcomes are one observation of its
 * logit (empirical logit, Gart and Zweifel 1967), from which the model's own is predicted: linear Gaussian, one observation after the other
 * (Kalman's update). The belief is a Beta with these moments: logit mean ln a/b, variance 1/a + 1/b.
 */
export function priorFromSiblings(base: BetaShape, siblings: readonly SiblingCounts[]): BetaShape {
  const known = siblings.filter(({ counts }) => counts.n > 0);
  if (known.length === 0) return base;
  // The model itself comes first.
  const steps = [0, ...known.map(each => each.steps)];
  const means = steps.map(step => Math.log(base.a / base.b) + STEP_MEAN * step);
  const level = 1 / base.a + 1 / base.b;
  let covariance = steps.map((x, i) => steps.map((y, j) => level + STEP_SD ** 2 * x * y + (i === j ? OWN_SD ** 2 : 0)));
  for (const [index, { counts }] of known.entries()) {
    const seen = index + 1;
    const successes = Math.max(0, counts.s) + 0.5;
    const failures = Math.max(0, counts.n - counts.s) + 0.5;
    const ofSeen = covariance[seen] as readonly number[];
    const variance = (ofSeen[seen] as number) + 1 / successes + 1 / failures;
    const surprise = Math.log(successes / failures) - (means[seen] as number);
    const gains = ofSeen.map(each => each / variance);
    for (const [i, gain] of gains.entries()) means[i] = (means[i] as number) + gain * surprise;
    covariance = covariance.map((row, i) => row.map((each, j) => each - (gains[i] as number) * (ofSeen[j] as number)));
  }
  const rate = sigmoid(means[0] as number);
  const strength = 1 / (rate * (1 - rate) * (covariance[0]?.[0] as number));
  return { a: rate * strength, b: (1 - rate) * strength };
}
