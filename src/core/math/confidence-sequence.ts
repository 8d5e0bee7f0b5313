/**
 * When a comparison of plans is settled: confidence sequences, whose bounds hold at every moment at once, however the
 * traffic was allocated and however often they are evaluated. A test for one fixed n, evaluated continually, is wrong
 * in 24–46 % of ties.
 */
import { unseenBurstsUsd } from './bursts.ts';
import { logBeta } from './distributions.ts';
import type { CostSample } from './interval.ts';
import { equalFailures } from './interval.ts';

/**
 * Probability that a comparison is ever settled wrongly, over all plans and all time: most of it for the rates, a
 * little for the costs, which vary less. Larger: more ties are called settled. Smaller: a clear winner is called
 * settled later.
 */
const ALPHA_RATE = 0.045;
const ALPHA_COST = 0.005;
/**
 * Number of costs at which their bounds are tightest. Larger: wider bounds for few costs. Smaller: wider ones for many.
 */
const COST_TUNED_AT = 500;
/**
 * Fraction of the samples without a burst for which a plan may be wrongly called the cheaper one, where the other plan has no bursts.
 * Larger: such errors are more frequent. With bursts of twice the size, the fraction of errors is the square root of this. Smaller: plans
 * that differ in cost alone are settled later; at a thousandth, a factor of two is settled after about 700 visits.
 */
const MISSED_BURSTS = 0.001;

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Beta-binomial confidence sequence of a rate (Robbins 1970): all p with ln B(1+s, 1+f) − s·ln p − f·ln(1−p) < ln(1/α).
 */
export function rateBounds(successes: number, failures: number, alpha: number): Bounds {
  const n = successes + failures;
  if (n === 0) return { low: 0, high: 1 };
  const limit = Math.log(1 / alpha) - logBeta(1 + successes, 1 + failures);
  const isInside = (p: number): boolean => {
    const left = successes === 0 ? 0 : -successes * Math.log(p);
    const right = failures === 0 ? 0 : -failures * Math.log1p(-p);
    return left + right < limit;
  };
  const top = successes / n;
  return {
    low: successes === 0 ? 0 : edge(0, top, isInside),
    high: failures === 0 ? 1 : edge(1, top, isInside),
  };
}

/**
 * Bisects from `inside` towards `outside` for the edge of the region around `inside`. The result is on the outer side.
 */
function edge(outside: number, inside: number, isInside: (p: number) => boolean): number {
  let [outer, inner] = [outside, inside];
  for (let i = 0; i < 60; i++) {
    const middle = (outer + inner) / 2;
    if (isInside(middle)) inner = middle;
    else outer = middle;
  }
  return outer;
}

/**
 * Asymptotic confidence sequence of a mean cost by a normal mixture (Waudby-Smith et al. 2021), USD. The upper bound allows
 * for bursts that few costs do not show ({@link unseenBurstsUsd}).
 */
export function costBounds(sample: Pick<CostSample, 'n' | 'meanUsd' | 'variance' | 'mayBurst'>, alpha: number): Bounds {
  const { n, meanUsd, variance } = sample;
  if (!(n > 1)) return { low: 0, high: Number.POSITIVE_INFINITY };
  const rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / COST_TUNED_AT;
  const grown = n * rho2 + 1;
  const half = Math.sqrt(variance * ((2 * grown) / (n * n * rho2)) * Math.log(Math.sqrt(grown) / alpha));
  return { low: Math.max(0, meanUsd - half), high: meanUsd + half + unseenBurstsUsd(sample, MISSED_BURSTS) };
}

/**
 * Index of the plan whose upper bound lies below the lower bound of every other plan, or -1 while there is none.
 * It compares cost per intent, or cost per success.
 */
export function settledPlan(samples: readonly CostSample[], perSuccess = false): number {
  const bounds = samples.map(sample => figureBounds(sample, { plans: samples.length, perSuccess }));
  return bounds.findIndex((mine, k) => bounds.every((other, j) => j === k || mine.high < other.low));
}

/**
 * Bounds of a plan's cost per intent (or per success), USD, that hold at every moment when `plans` plans are compared.
 * Where failures differ in cost the bounds are those of {@link equalFailures}: verified by simulation, not proven.
 */
export function figureBounds(
  sample: CostSample,
  { plans, perSuccess = false }: { plans: number; perSuccess?: boolean },
): Bounds {
  const cost = costBounds(sample, ALPHA_COST / plans);
  const { count, costUsd } = equalFailures(sample);
  // Per success, both the rate and the loss are uncertain, unless one follows from the other: each gets half of the error
  // probability.
  const alpha = ALPHA_RATE / plans / (perSuccess && costUsd !== sample.failureCostUsd ? 2 : 1);
  const equal = rateBounds(sample.labelled - count, count, alpha);
  const low = cost.low + costUsd * (1 - equal.high);
  const high = cost.high + costUsd * (1 - equal.low);
  if (!perSuccess) return { low, high };
  const rate = rateBounds(sample.successes, sample.labelled - sample.successes, alpha);
  return { low: low / rate.high, high: rate.low > 0 ? high / rate.low : Number.POSITIVE_INFINITY };
}
