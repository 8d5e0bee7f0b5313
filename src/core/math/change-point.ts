/** Change detection: the Bernoulli generalized likelihood ratio over splits of a history (Besson & Kaufmann 2019). */

/**
 * Bound on the probability of a false alarm in one history, about ten times the measured probability. Larger: evidence is discarded
 * although nothing changed. Smaller: a change is detected later (at 1/30 of it, after 37 outcomes instead of 31).
 */
const CHANGE_DELTA = 0.03;
/**
 * Minimum number of outcomes in a history with a change. Larger: an early change is detected later. Smaller: chance is mistaken for a
 * change.
 */
const MIN_OUTCOMES = 20;
/**
 * Minimum number of outcomes before and after a change. Larger: a recent change is detected later. Smaller: a short outage counts as a
 * change.
 */
const MIN_PER_SIDE = 5;

/** Counts below this limit use a table of x·ln x; computing the logarithm would take most of the time of the search. */
const TABLE_SIZE = 1 << 14;
const X_LOG_X = Float64Array.from({ length: TABLE_SIZE }, (_, x) => (x === 0 ? 0 : x * Math.log(x)));

function xLogX(x: number): number {
  if (x < TABLE_SIZE && Number.isInteger(x)) return X_LOG_X[x] as number;
  return x > 0 ? x * Math.log(x) : 0;
}

/** The greatest log-likelihood of the counts: s·ln(s/n) + f·ln(f/n). */
function logLikelihood(successes: number, n: number): number {
  return xLogX(successes) + xLogX(n - successes) - xLogX(n);
}

/**
 * Index of the first group after the change, or -1 where one rate explains the history.
 *
 * The cut is at the split that maximizes `n1·kl(p1,p) + n2·kl(p2,p)` when this exceeds `ln(3·n^1.5/δ)`, with at least
 * 20 outcomes in all and 5 on each side.
 *
 * @param counts per group of time, in order, the undecayed labelled outcomes and the successes among them
 */
export function changePoint(
  length: number,
  counts: { labelled(group: number): number; successes(group: number): number },
  delta = CHANGE_DELTA,
): number {
  let n = 0;
  let s = 0;
  for (let g = 0; g < length; g++) {
    n += counts.labelled(g);
    s += counts.successes(g);
  }
  if (n < MIN_OUTCOMES || s <= 0 || s >= n) return -1;
  const whole = logLikelihood(s, n);
  let best = Math.log((3 * n ** 1.5) / delta);
  let cut = -1;
  let n1 = 0;
  let s1 = 0;
  for (let g = 0; g < length - 1; g++) {
    const labelled = counts.labelled(g);
    if (labelled === 0) continue;
    n1 += labelled;
    s1 += counts.successes(g);
    if (n1 < MIN_PER_SIDE) continue;
    if (n - n1 < MIN_PER_SIDE) break;
    const gain = logLikelihood(s1, n1) + logLikelihood(s - s1, n - n1) - whole;
    if (gain > best) {
      best = gain;
      cut = g + 1;
    }
  }
  return cut;
}
