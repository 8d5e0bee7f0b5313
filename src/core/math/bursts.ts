/** How much rare bursts of cost that are missing from a sample may add to its mean. */

/**
 * Cost of a burst, as a multiple of an ordinary call's cost: a context of a hundred thousand tokens beside one of a thousand. Larger:
 * intervals of spend are wider for longer. Smaller: they exclude the truth where one call in a hundred costs that much.
 */
const BURST_SIZE = 100;

/** Costs that may include a burst: how many, and their mean, USD. */
export interface ObservedCosts {
  readonly n: number;
  readonly meanUsd: number;
  /** The costs were observed, not calculated, so that a sample may lack the rare ones. */
  readonly mayBurst?: boolean;
}

/**
 * USD by which the mean cost of a call may exceed the mean of the sample, because the sample holds no burst although one call in
 * n/ln(1/`missed`) is a burst: a fraction `missed` of such samples hold none. The sample's own spread does not show this, because the
 * sample lacks the bursts.
 */
export function unseenBurstsUsd({ n, meanUsd, mayBurst = false }: ObservedCosts, missed: number): number {
  return mayBurst && n > 0 ? (meanUsd * BURST_SIZE * Math.log(1 / missed)) / n : 0;
}
