/** The sums of `plan` cells as the sample that intervals are computed from. */
import { clamp } from '../math/clamp.ts';
import { correctedRate } from '../math/prediction-powered.ts';
import type { CostSample } from '../math/interval.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { Sums } from '../cells/cell.ts';

/**
 * A plan's sums as a {@link CostSample}. Moments are computed from exact integers, so no precision is lost to
 * cancellation.
 *
 * @param failureCostUsd the configured failure cost, used until an intent of the plan fails; then the mean over its failures
 *   replaces it, recorded actual costs included
 */
export function costSample(sums: Sums, failureCostUsd: number): CostSample {
  const get = (name: keyof Sums): bigint => sums[name] ?? 0n;
  const n = get('n');
  const cost = get('cost');
  const failures = Number(get('labelled') - get('successes'));
  const { labelled, successes } = labelsOf(sums);
  // n²·variance and n³·third moment, exactly.
  const square = n * get('cost2') - cost * cost;
  const cube = n * n * get('cost3') - 3n * n * cost * get('cost2') + 2n * cost * cost * cost;
  const count = Number(n);
  const deviation = count > 0 ? Math.sqrt(Number(square)) / count : 0;
  const skewness = deviation > 0 ? Number(cube) / count ** 3 / deviation ** 3 : 0;
  return {
    n: count,
    meanUsd: count > 0 ? Number(cost) / count / NANO_PER_USD : Number.NaN,
    variance: count > 1 ? (deviation / NANO_PER_USD) ** 2 * (count / (count - 1)) : 0,
    skewness,
    mayBurst: true,
    labelled,
    successes,
    correlation: correlationOf(sums, deviation),
    failureCostUsd: failures > 0 ? Number(get('failureCost')) / failures / NANO_PER_USD : failureCostUsd,
    ...(hasFailureCostMoments(sums) ? { failureCostTiltedUsd: tiltedUsd(sums) } : {}),
  };
}

/**
 * Several plans' sums as one sample. Labels may be wrong at another rate for each plan, so where a random sample was audited, each plan
 * is corrected by its own audits: the feature's rate is the mean of its plans' rates.
 */
export function costSampleOf(byPlan: Iterable<Sums>, total: Sums, failureCostUsd: number): CostSample {
  const sample = costSample(total, failureCostUsd);
  if ((total.audited ?? 0n) === 0n) return sample;
  const labelled = Number(total.labelled ?? 0n);
  let [rate, variance] = [0, 0];
  for (const sums of byPlan) {
    const weight = Number(sums.labelled ?? 0n) / labelled;
    if (weight === 0) continue;
    const own = labelsOf(sums);
    // Half a success and half a failure more: a rate of 0 or 1 has a variance too.
    const moved = (own.successes + 0.5) / (own.labelled + 1);
    rate += (weight * own.successes) / own.labelled;
    variance += (weight ** 2 * moved * (1 - moved)) / own.labelled;
  }
  const n = clamp((rate * (1 - rate)) / variance, [Math.min(Number(total.audited), labelled), labelled]);
  return { ...sample, labelled: n, successes: rate * n };
}

/**
 * True when the sums of squared failure costs cover every failure. Cells written before these sums existed lack them; their
 * failures count as equally expensive.
 */
export function hasFailureCostMoments(sums: Sums): boolean {
  return (sums.weighedFailures ?? 0n) === (sums.labelled ?? 0n) - (sums.successes ?? 0n);
}

/**
 * E[H²]/E[H] over the failures, or over all labelled intents where that is larger: the cost of one user in twenty is rarely among ten
 * failures, but the costs configured for the other intents show it.
 */
function tiltedUsd(sums: Sums): number {
  const ratio = (square: bigint, sum: bigint): number => (sum > 0n ? Number(square) / Number(sum) / NANO_PER_USD : 0);
  return Math.max(
    ratio(sums.failureCost2 ?? 0n, sums.failureCost ?? 0n),
    ratio(sums.labelledFailureCost2 ?? 0n, sums.labelledFailureCost ?? 0n),
  );
}

/** Correlation of cost and loss over labelled intents, or of cost and failure where single failure costs are not known. */
function correlationOf(sums: Sums, deviation: number): number {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const labelled = get('labelled');
  if (!(labelled > 0 && deviation > 0)) return 0;
  const failures = labelled - get('successes');
  const [loss, loss2, costTimesLoss] =
    hasFailureCostMoments(sums) && get('failureCost') > 0
      ? [get('failureCost'), get('failureCost2'), get('costTimesFailureCost')]
      : [failures, failures, get('costOfFailures')];
  const mean = loss / labelled;
  const covariance = (costTimesLoss - mean * get('costOfLabelled')) / labelled;
  const scale = deviation * Math.sqrt(Math.max(0, loss2 / labelled - mean * mean));
  return scale > 0 ? Math.min(1, Math.max(-1, covariance / scale)) : 0;
}

/**
 * Labels and successes to compute with: as recorded, or, where a random sample was audited, the number of true labels that
 * would estimate the corrected rate as precisely.
 */
function labelsOf(sums: Sums): { readonly labelled: number; readonly successes: number } {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const counts = { labelled: get('labelled'), successes: get('successes') };
  if (get('audited') === 0) return counts;
  const { rate, n } = correctedRate({
    ...counts,
    audited: get('audited'),
    auditedSuccesses: get('auditedSuccesses'),
    auditedProxySuccesses: get('auditedProxySuccesses'),
    auditedBothSuccesses: get('auditedBothSuccesses'),
  });
  return { labelled: n, successes: rate * n };
}
