/** A segment borrows from its feature's other segments: the same shrinkage as between features, but weaker. */
import { SEGMENT_STRENGTH, SEGMENT_STRENGTH_UNKNOWN } from './constants.ts';
import type { BetaShape, NodePrior, RateCounts } from './posterior.ts';
import { acceptedCounts, climbCounts, expectedSuccess, returnedCounts } from './posterior.ts';
import { strengthOf } from '../math/overdispersion.ts';
import type { SteeringSums } from './series.ts';
import { NANO_PER_USD } from '../ledger/money.ts';

/**
 * The prior of a node in one segment: centred on what the other segments show (the own evidence is not counted twice),
 * as strong as the segments are alike.
 */
export function segmentPrior(
  base: NodePrior,
  { own, others }: { readonly own: SteeringSums; readonly others: readonly SteeringSums[] },
): NodePrior {
  const shrink = (prior: BetaShape, countsOf: (sums: SteeringSums) => RateCounts): BetaShape =>
    shrunk(prior, { own: countsOf(own), others: others.map(countsOf) });
  const visits = others.reduce((sum, { n }) => sum + n, 0);
  const spentUsd = others.reduce((sum, { cost }) => sum + cost, 0) / NANO_PER_USD;
  return {
    success: shrink(expectedSuccess(base), acceptedCounts),
    climb: shrink(base.climb, climbCounts),
    rejected: shrink(base.rejected, returnedCounts),
    costUsd: (base.costUsd + spentUsd) / (1 + visits),
  };
}

function shrunk(prior: BetaShape, { own, others }: { own: RateCounts; others: readonly RateCounts[] }): BetaShape {
  let trials = prior.a + prior.b;
  let hits = prior.a;
  for (const { l, s } of others) {
    trials += l;
    hits += s;
  }
  const mean = Math.min(1 - 1e-6, Math.max(1e-6, hits / trials));
  const all = [own, ...others].filter(({ l }) => l >= 2);
  const pooled = (hits + own.s) / (trials + own.l);
  const kappa =
    all.length < 2
      ? SEGMENT_STRENGTH_UNKNOWN
      : strengthOf(
          all.map(({ l, s }) => ({ n: l, s, mean: pooled })),
          SEGMENT_STRENGTH,
        );
  const strength = Math.min(kappa, trials);
  return { a: strength * mean, b: strength * (1 - mean) };
}
