/**
 * The weighted sum of a rate over the periods of a log, where the rate may have changed by an unknown amount at an unknown time:
 * gradually (a random walk and a straight line), or in one step between two periods. For each such model the best linear unbiased
 * predictor of the sum is computed, and the predictors are averaged by their restricted likelihood. So a rate that changed little
 * is estimated from all periods, and after a large change each period counts separately.
 */
import { choleskyOf, solve } from './cholesky.ts';

/** A rate as observed in one period. */
export interface PeriodRate {
  readonly rate: number;
  /** Variance of `rate` around the true rate of this period; ∞ where nothing was observed. */
  readonly variance: number;
  /** Weight of this period's true rate in the sum. */
  readonly share: number;
}

export interface ChangingMean {
  /** Estimate of Σ share·rate. It equals Σ weight·(observed rate). */
  readonly sum: number;
  readonly weights: readonly number[];
  /** Means over the models of their squared weights; `weights` are the means of the weights. */
  readonly squaredWeights: readonly number[];
  /**
   * Variance of the estimate beyond that of the observations: from change within a model, and from the difference between models.
   */
  readonly changeVariance: number;
  /** The estimated rate of every period. */
  readonly rates: readonly number[];
}

/** How a rate may have changed from period to period: the covariance of its changes. */
interface ChangeModel {
  /** Prior probability of the model, not normalized. */
  readonly prior: number;
  covariance(s: number, t: number): number;
}

interface ChangeFit {
  readonly model: ChangeModel;
  readonly logLikelihood: number;
  readonly weights: readonly number[];
  readonly rates: readonly number[];
}

/**
 * Prior weight of a step at any time, relative to a weight of 1 for a gradual change of each size. Larger: wide intervals where nothing
 * changed.
 */
const STEP_PRIOR = 2;

/**
 * @param changes standard deviations of a gradual change from the log's start to its end, ascending; a step has the largest
 * @returns `undefined` when nothing was observed in any period
 */
export function changingMean(periods: readonly PeriodRate[], changes: readonly number[]): ChangingMean | undefined {
  const observed = periods.flatMap(({ variance }, s) => (variance < Number.POSITIVE_INFINITY ? [s] : []));
  if (observed.length === 0) return undefined;
  const fits = modelsOf(periods.length, changes).map(model => fit(periods, observed, model));
  const top = Math.max(...fits.map(({ logLikelihood }) => logLikelihood));
  const likelihoods = fits.map(({ logLikelihood, model }) => model.prior * Math.exp(logLikelihood - top));
  const whole = sumOf(likelihoods, likelihood => likelihood);
  const average = (of: (fit: ChangeFit) => number): number =>
    sumOf(fits, (each, i) => ((likelihoods[i] as number) / whole) * of(each));

  const predicted = (weights: readonly number[]): number =>
    sumOf(observed, s => (weights[s] as number) * (periods[s] as PeriodRate).rate);
  const weights = periods.map((_, s) => average(each => each.weights[s] as number));
  const sum = predicted(weights);
  return {
    sum,
    weights,
    squaredWeights: periods.map((_, s) => average(each => (each.weights[s] as number) ** 2)),
    changeVariance: average(
      ({ model, weights: own }) =>
        quadratic(
          own.map((weight, s) => weight - (periods[s] as PeriodRate).share),
          model,
        ) +
        (predicted(own) - sum) ** 2,
    ),
    rates: periods.map((_, s) => average(each => each.rates[s] as number)),
  };
}

function modelsOf(periods: number, changes: readonly number[]): readonly ChangeModel[] {
  const gradual = changes.map(change => ({
    prior: 1,
    covariance: (s: number, t: number) =>
      change ** 2 * ((Math.min(s, t) + 1) / periods + 4 * (s / periods - 0.5) * (t / periods - 0.5)),
  }));
  const step = changes.at(-1) ?? 0;
  const sudden = Array.from({ length: periods - 1 }, (_, last) => ({
    prior: STEP_PRIOR / (periods - 1),
    covariance: (s: number, t: number) => (s > last && t > last ? step ** 2 : 0),
  }));
  return [...gradual, ...sudden];
}

/** The variance of Σ x·change. */
function quadratic(x: readonly number[], { covariance }: ChangeModel): number {
  return sumOf(x, (one, s) => one * sumOf(x, (other, t) => other * covariance(s, t)));
}

/** The predictor for one model: generalized least squares for μ, and the regression of the sum on the residuals. */
function fit(periods: readonly PeriodRate[], observed: readonly number[], model: ChangeModel): ChangeFit {
  const at = (s: number): PeriodRate => periods[s] as PeriodRate;
  const factor = choleskyOf(
    observed.map(s => observed.map(t => model.covariance(s, t) + (s === t ? at(s).variance : 0))),
  );
  const ones = solve(
    factor,
    observed.map(() => 1),
  );
  const information = sumOf(ones, x => x);
  const mean = sumOf(observed, (s, i) => (ones[i] as number) * at(s).rate) / information;
  const deviations = observed.map(s => at(s).rate - mean);
  const residuals = solve(factor, deviations);
  const regression = solve(
    factor,
    observed.map(s => sumOf(periods, ({ share }, t) => share * model.covariance(s, t))),
  );
  const rest = sumOf(periods, ({ share }) => share) - sumOf(regression, x => x);
  const weights = periods.map(() => 0);
  observed.forEach((s, i) => (weights[s] = (regression[i] as number) + (rest * (ones[i] as number)) / information));
  const logDeterminant = 2 * sumOf(factor, (row, i) => Math.log(row[i] as number));
  const misfit = sumOf(residuals, (x, i) => x * (deviations[i] as number));
  return {
    model,
    logLikelihood: -(logDeterminant + Math.log(information) + misfit) / 2,
    weights,
    rates: periods.map((_, s) => mean + sumOf(observed, (t, i) => model.covariance(s, t) * (residuals[i] as number))),
  };
}

function sumOf<Item>(items: readonly Item[], of: (item: Item, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < items.length; i++) sum += of(items[i] as Item, i);
  return sum;
}
