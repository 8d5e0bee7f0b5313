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

/** A part of an audit, spread evenly over the four combinations: two or three audits that agree prove little. */
const SMOOTHING = 0.25;

/**
 * p̂ = ȳ_a + λ(j̄ − j̄_a) with λ = Cov(y, j)/(Var(j)·(1 + n/N)) in [0, 1], and the effective number of true labels
 * p̂(1 − p̂)/V, between the audits and all labels. Without an audit, the judge's word as it is.
 */
export function correctedRate(counts: AuditCounts): CorrectedRate {
  const n = counts.audited;
  const labelled = Math.max(0, counts.labelled);
  if (!(n > 1e-9)) return { rate: labelled > 0 ? clip(counts.successes / labelled) : 0, n: labelled };
  const N = Math.max(0, labelled - n);
  const y = counts.auditedSuccesses / n;
  const jAudited = counts.auditedProxySuccesses / n;
  if (N < 1e-9) return { rate: clip(y), n };
  const j = clip((counts.successes - counts.auditedSuccesses) / N);

  const m = n + SMOOTHING;
  const meanY = (counts.auditedSuccesses + SMOOTHING / 2) / m;
  const meanJ = (counts.auditedProxySuccesses + SMOOTHING / 2) / m;
  const covariance = (counts.auditedBothSuccesses + SMOOTHING / 4) / m - meanY * meanJ;
  const varY = meanY * (1 - meanY);
  const varJ = meanJ * (1 - meanJ);
  const lambda = clip(covariance / (varJ * (1 + n / N)));
  const rate = clip(y + lambda * (j - jAudited));
  const variance = (varY - 2 * lambda * covariance + lambda * lambda * varJ) / n + (lambda * lambda * j * (1 - j)) / N;
  const smoothed = (n * rate + 1) / (n + 2);
  return { rate, n: Math.min(labelled, Math.max(n, (smoothed * (1 - smoothed)) / variance)) };
}

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}
