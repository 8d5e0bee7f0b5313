/**
 * The success rate that routing estimates from biased labels and a few audits. Unlike the estimate that reports show (prediction-powered
 * inference), it has a prior with mean one half: a plan with two good audits is not taken for a perfect one. With 5 % audited that saves a
 * sixth of the regret (`bench:statistics --only audit`).
 */
import type { Range } from '../math/clamp.ts';
import { clamp } from '../math/clamp.ts';
import type { AuditCounts, CorrectedRate } from '../math/prediction-powered.ts';

/**
 * Pseudo-counts of success and of failure in each stratum. Larger: a good proxy is trusted less. Smaller: two or three
 * audits that agree count as proof.
 */
const STRATUM_PSEUDO_COUNT = 0.25;

const RATES: Range = [0, 1];

/**
 * The success rate, and its effective number of true labels p̂(1 − p̂)/V, which lies between the number of audits and that of all labels.
 *
 * p̂ = J·P(y | j = 1) + (1 − J)·P(y | j = 0), with J the proxy's success rate over all labels and a Beta posterior of the
 * success rate at each value of the proxy, from the audits there. Without an audit it is the proxy's rate.
 */
export function believedRate(counts: AuditCounts): CorrectedRate {
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
