/** How many more outcomes a feature needs until its cost per intent is known precisely enough. */
import type { CostSample } from '../math/interval.ts';
import { outcomesNeeded } from '../math/interval.ts';

export interface Precision {
  /** Half-width of the 95 % interval to reach, USD. */
  readonly halfWidthUsd: number;
  /** Outcomes still missing until then. */
  readonly moreOutcomes: number;
}

/**
 * One success and one failure are added to the sample, so that a feature that has never failed is not taken to be known
 * exactly.
 *
 * @param halfWidthUsd default: a tenth of the cost per intent, as a round number
 */
export function precisionOf(
  { labelled, successes, failureCostUsd, variance, meanUsd, mayBurst = false }: CostSample,
  costPerIntentUsd: number,
  halfWidthUsd = roundTenth(costPerIntentUsd),
): Precision {
  const success = (successes + 1) / (labelled + 2);
  const needed =
    halfWidthUsd > 0
      ? outcomesNeeded({
          success,
          failureCostUsd,
          halfWidthUsd,
          costSdUsd: Math.sqrt(variance),
          observedCostUsd: mayBurst ? meanUsd : 0,
        })
      : Number.NaN;
  return { halfWidthUsd, moreOutcomes: Math.max(0, needed - labelled) };
}

/** A tenth of a figure, rounded down to 1, 2 or 5 times a power of ten; NaN without a positive figure. */
function roundTenth(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return Number.NaN;
  const power = 10 ** Math.floor(Math.log10(value / 10));
  const digit = value / 10 / power;
  return Number(((digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power).toPrecision(1));
}
