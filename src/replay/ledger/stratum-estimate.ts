/**
 * What the intents of one stratum would have cost with one plan, from those intents of the stratum that had the plan. Periods are
 * combined by {@link changingMean}. All amounts are sums over the stratum divided by the number of intents in the whole log.
 */
import { studentT95 } from '../../core/math/distributions.ts';
import { wilson } from '../../core/math/interval.ts';
import type { ChangingMean } from './changing-mean.ts';
import { changingMean } from './changing-mean.ts';
import type { PlanPeriod, PlanSums, RateSums } from './plan-sums.ts';

/**
 * How far a failure rate, and relative mean spend, may have changed from the log's start to its end (standard deviations). Chosen
 * on simulated ledgers below 1,000,000 of `bench:off-policy`. Half of these: after a change the intervals are too narrow. Twice:
 * they are wide where nothing changed.
 */
const RATE_CHANGES: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.4];
const SPEND_CHANGES: readonly number[] = [0.05, 0.1, 0.2, 0.5, 1];

/**
 * Prior outcomes, at the plan's rate in the whole log, in the variance of a rate: a stratum without failures still has a
 * variance.
 */
const PRIOR_OUTCOMES = 2;

/** Prior visits, with a coefficient of variation of 1, in the variance of the spend. */
const PRIOR_VISITS = 30;

/** Bounds on the equivalent number of outcomes of a rate, which Wilson's limits need to be finite and above 0. */
const MIN_SIZE = 0.5;
const MAX_SIZE = 1e12;

/** Minimum variance of one outcome: that of a rate of one in a million. */
const MIN_VARIANCE = 1e-6;

/** An estimate with the squared distances to its 95 % limits. */
export interface Reach {
  readonly value: number;
  readonly below2: number;
  readonly above2: number;
}

export interface StratumEstimate {
  readonly loss: Reach;
  readonly spend: Reach;
  readonly failed: Reach;
  /** Squared distances of loss and spend, minus the log's own cost with this plan: shared outcomes cancel. */
  readonly excess: { readonly loss: Reach; readonly spend: Reach };
}

/** The plan's figures in the whole log. */
export interface PlanLevel {
  readonly fail: number;
  readonly spendUsd: number;
}

/** @param intents number of intents in the whole log */
export function stratumEstimateOf(sums: PlanSums, level: PlanLevel, intents: number): StratumEstimate {
  const loss = rateOf(sums, period => period.loss, { level: level.fail, intents });
  const failed = rateOf(sums, period => period.failed, { level: level.fail, intents });
  const spend = spendOf(sums, level.spendUsd, intents);
  return {
    loss: loss.reach,
    failed: failed.reach,
    spend: spend.reach,
    excess: { loss: loss.excess, spend: spend.excess },
  };
}

interface Estimated {
  readonly reach: Reach;
  readonly excess: Reach;
}

function rateOf(
  { periods }: PlanSums,
  of: (period: PlanPeriod) => RateSums,
  { level: prior, intents }: { readonly level: number; readonly intents: number },
): Estimated {
  const series = periods.map(of);
  const whole = series.reduce((sum, { target }) => sum + target, 0) / intents;
  const outcomes = effectiveSize(series);
  // Failures that cost nothing have no loss.
  if (!(outcomes > 0)) return { reach: NOTHING, excess: NOTHING };
  const shrunk = (rate: number, size: number, towards: number): number =>
    (clip(rate) * size + PRIOR_OUTCOMES * towards) / (size + PRIOR_OUTCOMES);
  const varianceOf = (rate: number): number => Math.max(MIN_VARIANCE, rate * (1 - rate));

  // One rate for the variance of all periods: with their own rates, periods that by chance had no failure would weigh most.
  const observed = series.reduce((sum, one) => sum + observedRate(one) * sizeOf(one), 0) / outcomes;
  const rateOfSum = (sum: number): number => shrunk(whole > 0 ? sum / whole : observed, outcomes, prior);
  const meanAt = (level: number): ChangingMean =>
    meanOf(series, { variance: varianceOf(level), changes: RATE_CHANGES, intents });
  let mean = meanAt(shrunk(observed, outcomes, prior));
  for (let round = 1; round < ROUNDS; round++) mean = meanAt(rateOfSum(mean.sum));
  const rate = rateOfSum(mean.sum);
  const { sum, changeVariance, rates } = mean;
  const variances = rates.map((own, s) => varianceOf(shrunk(own, sizeOf(series[s] as RateSums), rate)));
  const variance = changeVariance + ownVariance(series, mean, variances);
  const paired = changeVariance + pairedVariance(series, mean, { variances, intents });
  const t = studentT95(Math.max(2, outcomes - 1));
  const limits = (of: number, total: number): Reach => {
    const size = Math.min(MAX_SIZE, Math.max(MIN_SIZE, (varianceOf(rate) / of) * total ** 2));
    const { value, low, high } = wilson((whole > 0 ? sum / whole : observed) * size, size, t);
    return { value: sum, below2: (total * (value - low)) ** 2, above2: (total * (high - value)) ** 2 };
  };
  if (whole > 0) return { reach: limits(variance, whole), excess: limits(paired, whole) };
  // Outcomes of the log with a plan that the target would not choose: if they fail often, the target saves more.
  const own = limits(paired, series.reduce((total, { unit }) => total + unit, 0) / intents);
  return { reach: NOTHING, excess: { value: 0, below2: own.above2, above2: own.below2 } };
}

/** The variance of an observation and the weights of the periods depend on each other; they converge within three rounds. */
const ROUNDS = 3;

function spendOf({ periods, n, spendUsd, spendUsd2 }: PlanSums, level: number, intents: number): Estimated {
  const series = periods.map(period => period.spend);
  const typical = (spendUsd + 2 * level) / (n + 2);
  if (!(typical > 0)) return { reach: NOTHING, excess: NOTHING };
  const variance = (Math.max(0, spendUsd2 - spendUsd ** 2 / n) + PRIOR_VISITS * typical ** 2) / (n + PRIOR_VISITS - 1);
  const changes = SPEND_CHANGES.map(change => change * typical);
  const mean = meanOf(series, { variance, changes, intents });
  const { sum, changeVariance } = mean;
  const variances = series.map(() => variance);
  const t2 = studentT95(Math.max(2, effectiveSize(series) - 1)) ** 2;
  const around = (squared: number): Reach => ({ value: sum, below2: t2 * squared, above2: t2 * squared });
  return {
    reach: around(changeVariance + ownVariance(series, mean, variances)),
    excess: around(changeVariance + pairedVariance(series, mean, { variances, intents })),
  };
}

function meanOf(
  series: readonly RateSums[],
  { variance, changes, intents }: { variance: number; changes: readonly number[]; intents: number },
): ChangingMean {
  const periods = series.map(sums => ({
    rate: observedRate(sums),
    variance: variance / sizeOf(sums),
    share: sums.target / intents,
  }));
  return changingMean(periods, changes) as ChangingMean;
}

function observedRate({ observed, weight }: RateSums): number {
  return weight > 0 ? observed / weight : 0;
}

/** Number of equally weighted observations that would determine the rate equally well. */
function sizeOf({ weight, weight2 }: RateSums): number {
  return weight > 0 ? weight ** 2 / weight2 : 0;
}

function effectiveSize(series: readonly RateSums[]): number {
  return series.reduce((sum, one) => sum + sizeOf(one), 0);
}

/** Variance of Σ weight·(observed rate) from the outcomes alone. */
function ownVariance(
  series: readonly RateSums[],
  { squaredWeights }: ChangingMean,
  variances: readonly number[],
): number {
  return series.reduce(
    (sum, { weight, weight2 }, s) =>
      weight > 0 ? sum + ((squaredWeights[s] as number) / weight ** 2) * weight2 * (variances[s] as number) : sum,
    0,
  );
}

/** The variance minus the mean of the outcomes over all intents, which makes up the log's own cost. */
function pairedVariance(
  series: readonly RateSums[],
  { weights, squaredWeights }: ChangingMean,
  { variances, intents }: { readonly variances: readonly number[]; readonly intents: number },
): number {
  return series.reduce((sum, { weight, weight2, weightUnit, unit2 }, s) => {
    if (!(weight > 0)) return sum;
    // The mean over the models of Σ (x·w·unit − unit/intents)² over the decisions, where x is weights[s] ÷ weight.
    const squares =
      ((squaredWeights[s] as number) / weight ** 2) * weight2 -
      (2 * (weights[s] as number) * weightUnit) / weight / intents +
      unit2 / intents ** 2;
    return sum + Math.max(0, squares) * (variances[s] as number);
  }, 0);
}

function clip(rate: number): number {
  return Math.min(1, Math.max(0, rate));
}

const NOTHING: Reach = { value: 0, below2: 0, above2: 0 };
