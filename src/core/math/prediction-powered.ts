/**
 * A biased judge, corrected: prediction-powered inference (Angelopoulos et al. 2023). Many intents have the judge's word,
 * a random few have the truth too; the truth says by how much the word is off.
 */

/** Counts of labels that have the judge's word. */
export interface AuditCounts {
  /** Labelled, audited or not, and their successes by the best word each has. */
  readonly labelled: number;
  readonly successes: number;
  /** Of these, audited: how many, successes by audit, by the judge, by both. */
  readonly audited: number;
  readonly auditedSuccesses: number;
  readonly auditedProxySuccesses: number;
  readonly auditedBothSuccesses: number;
}

/** A rate, and the number of true labels that would know it as well. */
export interface CorrectedRate {
  readonly rate: number;
  readonly n: number;
}

/**
 * Successes and failures that each word of the judge is given before any audit: two or three audits that agree prove
 * little. More of it would trust a good judge less, none would trust any judge blindly.
 */
const PRIOR = 0.25;

/**
 * The rate of success, and the effective number of true labels p̂(1 − p̂)/V, between the audits and all labels.
 *
 * p̂ = J·P(y | j = 1) + (1 − J)·P(y | j = 0) with J the judge's rate over all labels. For a judge who says yes or no this is
 * prediction-powered inference, ȳ_a + λ(j̄ − j̄_a), at its best λ, which is then P(y | j = 1) − P(y | j = 0) times the share
 * not audited; written by strata, each with a Beta posterior, it stays sane where the audits are too few to estimate a
 * covariance. Without an audit, the judge's word as it is.
 */
export function correctedRate(counts: AuditCounts): CorrectedRate {
  const n = counts.audited;
  const labelled = Math.max(0, counts.labelled);
  if (!(n > 1e-9)) return { rate: labelled > 0 ? clip(counts.successes / labelled) : 0, n: labelled };
  if (labelled - n < 1e-9) return { rate: clip(counts.auditedSuccesses / n), n };

  const judged = clip((counts.successes - counts.auditedSuccesses + counts.auditedProxySuccesses) / labelled);
  const good = stratum(counts.auditedProxySuccesses, counts.auditedBothSuccesses);
  const bad = stratum(n - counts.auditedProxySuccesses, counts.auditedSuccesses - counts.auditedBothSuccesses);
  const rate = judged * good.mean + (1 - judged) * bad.mean;
  const variance =
    judged ** 2 * good.variance +
    (1 - judged) ** 2 * bad.variance +
    ((good.mean - bad.mean) ** 2 * judged * (1 - judged)) / labelled;
  return { rate, n: Math.min(labelled, Math.max(n, (rate * (1 - rate)) / variance)) };
}

/** P(success) where the judge said one thing, from the audits there. */
function stratum(audits: number, successes: number): { readonly mean: number; readonly variance: number } {
  const a = Math.max(0, successes) + PRIOR;
  const b = Math.max(0, audits - successes) + PRIOR;
  const mean = a / (a + b);
  return { mean, variance: (mean * (1 - mean)) / (a + b + 1) };
}

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}
