/** How many more outcomes a feature needs until its cost per intent is known to the requested precision. */
import type { CostSample } from '../math/interval.ts';
import { outcomesNeeded } from '../math/interval.ts';

export interface Precision {
  /** Half-width of the 95 % interval to reach, USD. */
  readonly halfWidthUsd: number;
  /** Outcomes still missing until that half-width is reached. */
  readonly moreOutcomes: number;
}

/**
 * One success and one failure are added to the sample, so that the cost of a feature without failures does not count as
 * exactly known.
 */
export function precisionOf(
  { labelled, successes, failureCostUsd, variance, meanUsd, mayBurst = false }: CostSample,
  halfWidthUsd: number,
): Precision {
  const needed = outcomesNeeded({
    success: (successes + 1) / (labelled + 2),
    failureCostUsd,
    halfWidthUsd,
    costSdUsd: Math.sqrt(variance),
    observedCostUsd: mayBurst ? meanUsd : 0,
  });
  return { halfWidthUsd, moreOutcomes: Math.max(0, needed - labelled) };
}
