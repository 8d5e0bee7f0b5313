/** Confidence intervals (95 %) in closed form, chosen for their coverage with rare failures and skewed costs. */
import type { ObservedCosts } from './bursts.ts';
import { unseenBurstsUsd } from './bursts.ts';
import type { Range } from './clamp.ts';
import { clamp } from './clamp.ts';
import { studentT95, Z95 } from './distributions.ts';

/** A figure with its 95 % interval. */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The input of intervals of cost figures: costs of `n` intents, USD, and outcomes of `labelled` of them. */
export interface CostSample extends ObservedCosts {
  /** Number of costs (n_eff for decayed ones, see {@link effectiveSize}). */
  readonly n: number;
  /** Sample variance of one cost, USD². */
  readonly variance: number;
  readonly skewness: number;
  readonly labelled: number;
  readonly successes: number;
  /** Correlation of cost and loss (the failure cost of failed intents, 0 for others) over labelled intents, −1 to 1. */
  readonly correlation: number;
  /** Mean cost of a failure, USD. */
  readonly failureCostUsd: number;
  /** E[H²]/E[H] where failures differ in cost, USD, never below their mean; default: all cost the same. */
  readonly failureCostTiltedUsd?: number;
}

/**
 * Replaces failures of different cost by fewer, more expensive ones of equal cost (Bohm & Zech 2014) with the same
 * total loss and the same variance, so that limits of their rate give limits of the loss.
 */
export function equalFailures(sample: CostSample): { readonly count: number; readonly costUsd: number } {
  const failures = sample.labelled - sample.successes;
  const { failureCostUsd, failureCostTiltedUsd: costUsd = failureCostUsd } = sample;
  return costUsd > failureCostUsd
    ? { count: (failures * failureCostUsd) / costUsd, costUsd }
    : { count: failures, costUsd: failureCostUsd };
}

/** Size of the unweighted sample with as much information as a weighted one: (Σw)²/Σw². */
export function effectiveSize(sumOfWeights: number, sumOfSquaredWeights: number): number {
  return sumOfSquaredWeights > 0 ? sumOfWeights ** 2 / sumOfSquaredWeights : 0;
}

/**
 * Wilson's score interval of a rate. Fractional counts are allowed.
 *
 * @example
 * ```ts
 * wilson(95, 100); // { value: 0.95, low: 0.888…, high: 0.978… }
 * ```
 */
export function wilson(successes: number, n: number, z = Z95): Figure {
  if (!(n > 0)) return { value: Number.NaN, low: 0, high: 1 };
  const rate = Math.min(1, Math.max(0, successes / n));
  const z2 = z * z;
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n));
  return {
    value: rate,
    low: rate === 0 ? 0 : Math.max(0, centre - half),
    high: rate === 1 ? 1 : Math.min(1, centre + half),
  };
}

/** Hall's (1992) interval of the mean of skewed data: Student's t on a transformed scale without skewness. */
export function hall({
  n,
  meanUsd,
  variance,
  skewness,
}: Pick<CostSample, 'n' | 'meanUsd' | 'variance' | 'skewness'>): Figure {
  if (!(n > 1)) return { value: n > 0 ? meanUsd : Number.NaN, low: 0, high: Number.POSITIVE_INFINITY };
  const error = Math.sqrt(Math.max(0, variance) / n);
  const t = studentT95(n - 1);
  return {
    value: meanUsd,
    low: Math.min(meanUsd, Math.max(0, meanUsd - hallPoint(t, { n, skewness }) * error)),
    high: Math.max(meanUsd, meanUsd - hallPoint(-t, { n, skewness }) * error),
  };
}

/**
 * Fraction of the samples without a burst whose upper limit may be too low. Larger: the intervals of bursty costs hold the truth
 * less often than 92 %. Smaller: all intervals of spend are wider.
 */
const MISSED_BURSTS = 0.08;

/**
 * Upper limit of the amount that unseen bursts may add, as a multiple of the sample's mean: a world in which they are two thirds of the
 * spend. Larger: the limits of fewer than 126 costs are too wide to be useful. Smaller: they are too low where bursts are more of the
 * spend.
 */
const MAX_UNSEEN_MEANS = 2;

/** The amount that bursts missing from the sample may add to the upper limit of its mean cost, USD. */
export function unseenUsd(sample: ObservedCosts): number {
  const unseen = unseenBurstsUsd(sample, MISSED_BURSTS);
  return unseen > 0 ? Math.min(MAX_UNSEEN_MEANS * sample.meanUsd, unseen) : 0;
}

/** Mean cost with Hall's limits, and above them room for bursts that few costs do not show. */
export function meanCost(sample: Pick<CostSample, 'n' | 'meanUsd' | 'variance' | 'skewness' | 'mayBurst'>): Figure {
  const { value, low, high } = hall(sample);
  return { value, low, high: high + unseenUsd(sample) };
}

function hallPoint(z: number, { n, skewness: g }: { n: number; skewness: number }): number {
  if (Math.abs(g) < 1e-9) return z;
  const root = Math.sqrt(n);
  return ((3 * root) / g) * (Math.cbrt(1 + g * (z / root - g / (6 * n))) - 1);
}

/**
 * Cost per intent, C + L: MOVER (Zou & Donner 2008) from the limits of the mean cost (Hall) and of the mean loss, with
 * their correlation. The loss is H·f with Wilson's limits of f, of {@link equalFailures} where failures differ in cost.
 * Unseen bursts of cost are added afterwards, because they cannot cancel with an error of the loss.
 */
export function costPerIntent(sample: CostSample): Figure {
  const { cost, loss, correlation } = parts(sample);
  const value = cost.value + loss.value;
  return {
    value,
    low: Math.max(0, value - combined(cost.value - cost.low, loss.value - loss.low, correlation)),
    high: value + combined(cost.high - cost.value, loss.high - loss.value, correlation) + unseenUsd(sample),
  };
}

/**
 * Cost per success, (C + H)/p − H: MOVER on the logarithm of (C + H)/p. Where failures differ in cost, the uncertainty
 * of the loss beyond that of the failure rate is added in quadrature.
 */
export function costPerSuccess(sample: CostSample): Figure {
  const { cost, fail, loss, correlation } = parts(sample);
  const H = sample.failureCostUsd;
  const p = 1 - fail.value;
  const [pLow, pHigh] = [1 - fail.high, 1 - fail.low];
  if (!(p > 0)) {
    const low = Number.isNaN(p) ? 0 : Math.max(0, (cost.low + H) / pHigh - H);
    return { value: Number.isNaN(p) ? p : Number.POSITIVE_INFINITY, low, high: Number.POSITIVE_INFINITY };
  }
  if (!(cost.value + H > 0)) return { ...cost, high: cost.high / pLow };
  const A = Math.log(cost.value + H);
  const centre = A - Math.log(p);
  const below = combined(A - Math.log(cost.low + H), Math.log(pHigh / p), correlation);
  const above = combined(Math.log(cost.high + H) - A, Math.log(p / pLow), correlation);
  const value = (cost.value + H) / p - H;
  const extra = (lossUsd: number, failRate: number): number => beyond(lossUsd, H * failRate) / p;
  return {
    value,
    low: Math.max(
      0,
      value - combined(value - Math.exp(centre - below) + H, extra(loss.value - loss.low, fail.value - fail.low), 0),
    ),
    high:
      value +
      combined(Math.exp(centre + above) - H - value, extra(loss.high - loss.value, fail.high - fail.value), 0) +
      unseenUsd(sample) / pLow,
  };
}

const CORRELATIONS: Range = [-1, 1];

function parts(sample: CostSample): { cost: Figure; fail: Figure; loss: Figure; correlation: number } {
  const { n, labelled, successes } = sample;
  // Only labelled intents enter both means, which weakens the correlation of the means.
  const shared = n > 0 ? Math.sqrt(Math.min(1, labelled / n)) : 0;
  const equal = equalFailures(sample);
  const rate = wilson(equal.count, labelled);
  return {
    cost: hall(sample),
    fail: wilson(labelled - successes, labelled),
    loss: { value: equal.costUsd * rate.value, low: equal.costUsd * rate.low, high: equal.costUsd * rate.high },
    correlation: clamp(sample.correlation, CORRELATIONS) * shared,
  };
}

/** √(x² − y²): the part of a distance that `y` does not explain. */
function beyond(x: number, y: number): number {
  return Math.sqrt(Math.max(0, x * x - y * y));
}

/**
 * The first figure minus the second, from different intents: MOVER (Zou & Donner 2008) from the limits of both. For two
 * rates with Wilson's limits that is Newcombe's (1998) hybrid score interval. Unless both figures are finite, the
 * difference is NaN.
 *
 * @example
 * ```ts
 * difference(wilson(56, 70), wilson(48, 80)); // { value: 0.2, low: 0.052…, high: 0.333… }
 * ```
 */
export function difference(x: Figure, y: Figure): Figure {
  const value = x.value - y.value;
  if (!Number.isFinite(value)) {
    return { value: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  }
  return {
    value,
    low: value - combined(x.value - x.low, y.high - y.value, 0),
    high: value + combined(x.high - x.value, y.value - y.low, 0),
  };
}

/** √(x² + y² + 2ρxy), for distances that may be infinite. */
function combined(x: number, y: number, correlation: number): number {
  if (x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.sqrt(Math.max(0, x * x + y * y + 2 * correlation * x * y));
}

/**
 * Labelled outcomes needed until the 95 % interval of the cost per intent is ±`halfWidthUsd`.
 *
 * @example
 * ```ts
 * outcomesNeeded({ success: 0.95, failureCostUsd: 15, halfWidthUsd: 0.2 }); // 1027
 * ```
 */
export function outcomesNeeded(aim: {
  readonly success: number;
  readonly failureCostUsd: number;
  readonly halfWidthUsd: number;
  /** Standard deviation of one intent's spend, USD; default 0, because the failure cost outweighs it. */
  readonly costSdUsd?: number;
  /** Mean of observed spends, USD. The sample must be large enough that rare bursts could add less than this. Default 0. */
  readonly observedCostUsd?: number;
}): number {
  const { success, failureCostUsd, halfWidthUsd, costSdUsd = 0, observedCostUsd = 0 } = aim;
  const variance = failureCostUsd ** 2 * success * (1 - success) + costSdUsd ** 2;
  const burstsUsd = unseenBurstsUsd({ n: 1, meanUsd: observedCostUsd, mayBurst: true }, MISSED_BURSTS);
  const forBursts = halfWidthUsd < MAX_UNSEEN_MEANS * observedCostUsd ? burstsUsd / halfWidthUsd : 0;
  return Math.ceil(Math.max((Z95 / halfWidthUsd) ** 2 * variance, forBursts));
}
