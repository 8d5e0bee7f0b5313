/**
 * A success rate from biased labels and a few audits: prediction-powered inference (Angelopoulos et al. 2023). Every
 * intent has a proxy label (a judge, a signal); a random sample is audited as well, which shows how far the proxy is
 * off.
 */
import type { Range } from './clamp.ts';
import { clamp } from './clamp.ts';

/** Counts of intents that have a proxy label. */
export interface AuditCounts {
  /** All of them, and the successes: by the audit where there is one, else by the proxy. */
  readonly labelled: number;
  readonly successes: number;
  /** Those that were audited, and their successes by the audit, by the proxy, and by both. */
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
 * Pseudo-counts of success and of failure in each stratum. Larger: a good proxy is trusted less. Smaller: two or three
 * audits that agree are taken for proof.
 */
const STRATUM_PSEUDO_COUNT = 0.25;

const RATES: Range = [0, 1];

/**
 * The success rate, and its effective number of true labels p̂(1 − p̂)/V, which lies between the audits and all labels.
 *
 * p̂ = J·P(y | j = 1) + (1 − J)·P(y | j = 0), with J the proxy's success rate over all labels. For a binary proxy this
 * is prediction-powered inference, ȳ_a + λ(j̄ − j̄_a), at its optimal λ: P(y | j = 1) − P(y | j = 0), times the
 * fraction not audited. Written by strata, each with a Beta posterior, it is stable where the audits are too few to
 * estimate a covariance. Without an audit it is the proxy's rate.
 */
export function correctedRate(counts: AuditCounts): CorrectedRate {
  const n = counts.audited;
  const labelled = Math.max(0, counts.labelled);
  if (!(n > 1e-9)) return { rate: labelled > 0 ? clamp(counts.successes / labelled, RATES) : 0, n: labelled };
  if (labelled - n < 1e-9) return { rate: clamp(counts.auditedSuccesses / n, RATES), n };

  const judged = clamp((counts.successes - counts.auditedSuccesses + counts.auditedProxySuccesses) / labelled, RATES);
  const good = stratum(counts.auditedProxySuccesses, counts.auditedBothSuccesses);
  const bad = stratum(n - counts.auditedProxySuccesses, counts.auditedSuccesses - counts.auditedBothSuccesses);
  const rate = judged * good.mean + (1 - judged) * bad.mean;
  const variance =
    judged ** 2 * good.variance +
    (1 - judged) ** 2 * bad.variance +
    ((good.mean - bad.mean) ** 2 * judged * (1 - judged)) / labelled;
  return { rate, n: Math.min(labelled, Math.max(n, (rate * (1 - rate)) / variance)) };
}

/** P(success) given one value of the proxy, from the audits of intents with this value. */
function stratum(audits: number, successes: number): { readonly mean: number; readonly variance: number } {
  const a = Math.max(0, successes) + STRATUM_PSEUDO_COUNT;
  const b = Math.max(0, audits - successes) + STRATUM_PSEUDO_COUNT;
  const mean = a / (a + b);
  return { mean, variance: (mean * (1 - mean)) / (a + b + 1) };
}
