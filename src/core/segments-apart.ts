/** Do the segments of a feature differ at all? Where they do not, to keep them apart only slows the learning. */
import { logBeta } from './distributions.ts';
import type { SegmentHistory } from './learned-segment.ts';
import { acceptedCounts } from './posterior.ts';
import type { NodeKey } from './vocabulary.ts';

/** What one segment's rate is expected to have seen before its own outcomes, at the rate of all. */
const STRENGTH = 4;

/**
 * Logarithm of the Bayes factor of a rate per segment against one rate for all, over the feature's nodes. Below 0 the
 * outcomes speak for one rate.
 */
export function segmentsApart(
  segments: readonly Pick<SegmentHistory, 'sums'>[],
  { nodes, now }: { readonly nodes: readonly NodeKey[]; readonly now: number },
): number {
  let logFactor = 0;
  for (const node of nodes) {
    const counts = segments.map(segment => acceptedCounts(segment.sums(node, now).decayed)).filter(({ l }) => l > 0);
    const l = counts.reduce((sum, each) => sum + each.l, 0);
    const s = counts.reduce((sum, each) => sum + each.s, 0);
    if (counts.length < 2) continue;
    const rate = (s + 1) / (l + 2);
    const [a, b] = [STRENGTH * rate, STRENGTH * (1 - rate)];
    const evidence = (successes: number, outcomes: number): number =>
      logBeta(a + successes, b + Math.max(0, outcomes - successes)) - logBeta(a, b);
    for (const each of counts) logFactor += evidence(each.s, each.l);
    logFactor -= evidence(s, l);
  }
  return logFactor;
}
