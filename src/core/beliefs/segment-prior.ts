/** A segment borrows from its feature's other segments: the same shrinkage as between features, but weaker. */
import { SEGMENT_STRENGTH, SEGMENT_STRENGTH_UNKNOWN } from './constants.ts';
import type { BetaShape, NodePrior } from './posterior.ts';
import { expectedSuccess } from './posterior.ts';
import type { RateCounts } from './rate-counts.ts';
import { climbCounts, returnedCounts, successCounts } from './rate-counts.ts';
import type { RoutingSums } from './routing-sums.ts';
import { costVisitsOf, netVisitsOf } from './routing-sums.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import { clamp } from '../math/clamp.ts';
import { strengthOf } from '../math/overdispersion.ts';

/** Keeps a prior's mean off 0 and 1. */
const MEAN_RANGE = [1e-6, 1 - 1e-6] as const;

/**
 * The prior of a node in one segment: its mean is that of the other segments, so that no evidence counts twice, and it
 * counts as more outcomes the more similar the segments are.
 */
export function segmentPrior(
  base: NodePrior,
  {
    own,
    others,
    climbs,
  }: { readonly own: RoutingSums; readonly others: readonly RoutingSums[]; readonly climbs: boolean },
): NodePrior {
  const shrink = (prior: BetaShape, countsOf: (sums: RoutingSums) => RateCounts): BetaShape =>
    shrunk(prior, { own: countsOf(own), others: others.map(countsOf) });
  const visits = others.reduce((sum, each) => sum + costVisitsOf(each), 0);
  const spentUsd = others.reduce((sum, { cost }) => sum + cost, 0) / NANO_PER_USD;
  return {
    success: shrink(expectedSuccess(base), successCounts(climbs)),
    climb: shrink(base.climb, climbCounts),
    rejected: shrink(base.rejected, returnedCounts),
    costUsd: (base.costUsd + spentUsd) / (1 + visits),
    netUsd: netUsdOf(base, others),
  };
}

/** {@link NodePrior.netUsd} of a segment, from the visits in the others. */
export function netUsdOf({ netUsd, costUsd }: NodePrior, others: readonly RoutingSums[]): number {
  const visits = others.reduce((sum, each) => sum + netVisitsOf(each), 1);
  const spent = others.reduce((sum, { netCost }) => sum + netCost, 0);
  return ((netUsd ?? costUsd) + spent / NANO_PER_USD) / visits;
}

function shrunk(prior: BetaShape, { own, others }: { own: RateCounts; others: readonly RateCounts[] }): BetaShape {
  let trials = prior.a + prior.b;
  let hits = prior.a;
  for (const { n, s } of others) {
    trials += n;
    hits += s;
  }
  const mean = clamp(hits / trials, MEAN_RANGE);
  const pooledMean = (hits + own.s) / (trials + own.n);
  const segments = [own, ...others].filter(({ n }) => n >= 2).map(({ n, s }) => ({ n, s, mean: pooledMean }));
  const estimated = segments.length < 2 ? SEGMENT_STRENGTH_UNKNOWN : strengthOf(segments, SEGMENT_STRENGTH);
  const strength = Math.min(estimated, trials);
  return { a: strength * mean, b: strength * (1 - mean) };
}
