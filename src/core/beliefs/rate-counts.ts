/** How often each rate of a node was observed, from its sums. */
import { believedRate } from './audited-rate.ts';
import type { RoutingSums } from './routing-sums.ts';

/** Counts of a rate: `n` trials, of which `s` count for it. */
export interface RateCounts {
  readonly n: number;
  readonly s: number;
}

/** Counts of rejections. */
export function climbCounts(sums: RoutingSums): RateCounts {
  return { n: sums.n, s: sums.rejected };
}

/** Labels of accepted replies, corrected by audits where there are any. */
export function acceptedCounts(sums: RoutingSums): RateCounts {
  const labelled = sums.labelled - sums.labelledRejected;
  const successes = sums.successes - sums.successesRejected;
  if (!(sums.audited > 1e-9)) return { n: labelled, s: successes };
  const { rate, n } = believedRate({ ...sums, labelled, successes });
  return { n, s: n * rate };
}

/** Labels of rejected replies that the caller got. */
export function returnedCounts(sums: RoutingSums): RateCounts {
  return { n: sums.labelledRejected, s: sums.successesRejected };
}

/** Labels of all replies that the caller got. */
export function endedCounts(sums: RoutingSums): RateCounts {
  const accepted = acceptedCounts(sums);
  return { n: accepted.n + sums.labelledRejected, s: accepted.s + sums.successesRejected };
}

/** The labels that the prior of a node's success is about: where a plan climbs on from the node, of accepted replies alone. */
export function successCounts(climbs: boolean): (sums: RoutingSums) => RateCounts {
  return climbs ? acceptedCounts : endedCounts;
}
