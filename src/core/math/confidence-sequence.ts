/**
 * When a comparison is settled: bounds that hold at every moment at once, however the traffic was allocated and however
 * often somebody looks. A test made for one fixed n and watched continuously is wrong 24–46 % of the time on ties.
 */
import { logBeta } from './distributions.ts';
import type { CostSample } from './interval.ts';
import { equalFailures } from './interval.ts';

/** Chance that a settled comparison is wrong, over all plans and all time: most for the rates, a little for the costs. */
const ALPHA_RATE = 0.045;
const ALPHA_COST = 0.005;
/** Number of costs at which their bound is tightest. */
const COST_TUNED_AT = 500;

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

/** Where the region that holds `inside` ends towards `outside`; the outer of the last two points. */
function edge(outside: number, inside: number, isInside: (p: number) => boolean): number {
  let [out, into] = [outside, inside];
  for (let i = 0; i < 60; i++) {
    const middle = (out + into) / 2;
    if (isInside(middle)) into = middle;
    else out = middle;
  }
  return out;
}

/** Asymptotic confidence sequence of a mean cost (Waudby-Smith et al. 2021): a normal mixture. USD. */
export function costBounds(
  { n, meanUsd, variance }: Pick<CostSample, 'n' | 'meanUsd' | 'variance'>,
  alpha: number,
): Bounds {
  if (!(n > 1)) return { low: 0, high: Number.POSITIVE_INFINITY };
  const rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / COST_TUNED_AT;
  const grown = n * rho2 + 1;
  const half = Math.sqrt(variance * ((2 * grown) / (n * n * rho2)) * Math.log(Math.sqrt(grown) / alpha));
  return { low: Math.max(0, meanUsd - half), high: meanUsd + half };
}

/**
 * Index of the plan whose upper cost lies below every other plan's lower cost, or -1 while none does.
 * Compares cost per intent, or cost per success.
 */
export function settledPlan(samples: readonly CostSample[], perSuccess = false): number {
  const bounds = samples.map(sample => figureBounds(sample, { plans: samples.length, perSuccess }));
  return bounds.findIndex((mine, k) => bounds.every((other, j) => j === k || mine.high < other.low));
}

/**
 * Bounds of a plan's cost per intent (or per success) that hold at every moment, when `plans` are compared. USD. Where
 * failures differ in cost the sequence is that of as many equal ones: measured, not proven, to hold as well.
 */
export function figureBounds(
  sample: CostSample,
  { plans, perSuccess = false }: { plans: number; perSuccess?: boolean },
): Bounds {
  const cost = costBounds(sample, ALPHA_COST / plans);
  const { count, costUsd } = equalFailures(sample);
  // Per success, rate and loss are two things to be wrong about, unless one follows from the other.
  const alpha = ALPHA_RATE / plans / (perSuccess && costUsd !== sample.failureCostUsd ? 2 : 1);
  const equal = rateBounds(sample.labelled - count, count, alpha);
  const low = cost.low + costUsd * (1 - equal.high);
  const high = cost.high + costUsd * (1 - equal.low);
  if (!perSuccess) return { low, high };
  const rate = rateBounds(sample.successes, sample.labelled - sample.successes, alpha);
  return { low: low / rate.high, high: rate.low > 0 ? high / rate.low : Number.POSITIVE_INFINITY };
}
