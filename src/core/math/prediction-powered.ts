/**
 * A success rate from biased labels and a few audits: prediction-powered inference (Angelopoulos et al. 2023). Every intent has a proxy
 * label (a judge, a signal); a random sample is audited as well, which shows how far the proxy is off. The sampling fraction must be the
 * same throughout, because the sample's result is applied to all intents. Reports use this estimate, because a report must not be biased;
 * routing uses a more cautious one (core/beliefs/audited-rate.ts).
 */
import type { Range } from './clamp.ts';
import { clamp } from './clamp.ts';

/** Counts of intents that have a proxy label. */
export interface AuditCounts {
  /** All of these intents, and their successes: by the audit where there is one, else by the proxy. */
  readonly labelled: number;
  readonly successes: number;
  /** Intents that were audited, and their successes by the audit, by the proxy, and by both. */
  readonly audited: number;
  readonly auditedSuccesses: number;
  readonly auditedProxySuccesses: number;
  readonly auditedBothSuccesses: number;
}

/** A rate, and the number of true labels that would estimate it with the same variance. */
export interface CorrectedRate {
  readonly rate: number;
  readonly n: number;
}

/**
 * The proxy's weight λ before the first audit, and how many audits this value counts as. Without it, a few audits that happen to agree
 * would decide how far the proxy moves the rate, and bias it. Larger weight: intervals of few audits hold the truth less often (at .5 in
 * 84 % of the worst case of `bench:statistics --only "few audits"`). Smaller, or half as many audits: a perfect proxy biases the rate more
 * (1.7 points instead of 1.4). Twice as many audits: the error with such a proxy grows by an eighth.
 */
const WEIGHT_PRIOR = 0.3;
const WEIGHT_PRIOR_AUDITS = 10;
/**
 * The variance starts from this many audits at the estimated rate, and half a success and half a failure. Without them
 * ten successes in ten audits would have no variance. Larger: the interval of few audits is too narrow. Smaller: too
 * wide.
 */
const VARIANCE_PRIOR_AUDITS = 4;

const RATES: Range = [0, 1];
const WEIGHTS: Range = [-1, 1];

/**
 * The success rate, and its effective number of true labels p̂(1 − p̂)/V, which lies between the number of audits and that of all labels.
 *
 * p̂ = ȳ_a + λ(J − j̄_a): the audits' rate, moved by how much the proxy's rate over all labels, J, exceeds its rate over the
 * audited ones. λ is the regression of truth on proxy, Cov(y, j)/Var(j), shrunk towards a constant while audits are few,
 * times the fraction not audited. So no value of the proxy is given a rate that no audit has shown. Without an audit it is the
 * proxy's rate.
 */
export function correctedRate(counts: AuditCounts): CorrectedRate {
  const n = counts.audited;
  const labelled = Math.max(0, counts.labelled);
  if (!(n > 1e-9)) return { rate: labelled > 0 ? clamp(counts.successes / labelled, RATES) : 0, n: labelled };
  const auditedRate = clamp(counts.auditedSuccesses / n, RATES);
  if (labelled - n < 1e-9) return { rate: auditedRate, n };

  const proxyRate = clamp(
    (counts.successes - counts.auditedSuccesses + counts.auditedProxySuccesses) / labelled,
    RATES,
  );
  const proxyRateOfAudited = clamp(counts.auditedProxySuccesses / n, RATES);
  const covariance = counts.auditedBothSuccesses / n - auditedRate * proxyRateOfAudited;
  const proxyVariance = proxyRate * (1 - proxyRate);
  const slope =
    (n * covariance + WEIGHT_PRIOR_AUDITS * WEIGHT_PRIOR * proxyVariance) /
    (n * proxyRateOfAudited * (1 - proxyRateOfAudited) + WEIGHT_PRIOR_AUDITS * proxyVariance);
  // A proxy that gives every intent the same label has no slope.
  const weight = proxyVariance > 0 ? clamp(slope, WEIGHTS) * (1 - n / labelled) : 0;
  const rate = clamp(auditedRate + weight * (proxyRate - proxyRateOfAudited), RATES);

  const size = n + VARIANCE_PRIOR_AUDITS + 1;
  const smoothed = (counts.auditedSuccesses + VARIANCE_PRIOR_AUDITS * rate + 0.5) / size;
  const shared = (n * covariance) / size;
  const variance =
    (smoothed * (1 - smoothed) - 2 * weight * shared + weight ** 2 * proxyVariance) / n +
    (2 * weight * (shared - weight * proxyVariance) + weight ** 2 * proxyVariance) / labelled;
  // Adds half a success and half a failure, so that a rate of 0 or 1 has a variance to compare with.
  const moved = (rate * n + 0.5) / (n + 1);
  return { rate, n: clamp((moved * (1 - moved)) / Math.max(1e-12, variance), [n, labelled]) };
}
