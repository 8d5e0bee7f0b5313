/** Cohen's kappa: how far two people agree beyond what chance alone would give. */
import type { Figure } from './interval.ts';

/** Counts of items by the answers of two raters. */
export interface RaterCounts {
  readonly bothYes: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothNo: number;
}

const Z95 = 1.959963984540054;

/**
 * κ = (p₀ − pₑ) / (1 − pₑ) with its large-sample 95 % interval, cut off at −1 and 1. NaN without items, and where a rater gave all items
 * the same answer: κ is then 0 whatever the other rater answered (or undefined), with a standard error of 0, which is not evidence.
 *
 * Source: J. Cohen (1960); the standard error by J. L. Fleiss, J. Cohen and B. S. Everitt (1969), as in Fleiss, *Statistical Methods
 * for Rates and Proportions*, 3rd edition, formulas 18.10 to 18.15.
 */
export function cohensKappa({ bothYes, onlyFirst, onlySecond, bothNo }: RaterCounts): Figure {
  const n = bothYes + onlyFirst + onlySecond + bothNo;
  const p = [
    [bothYes / n, onlyFirst / n],
    [onlySecond / n, bothNo / n],
  ] as const;
  const rows = [p[0][0] + p[0][1], p[1][0] + p[1][1]] as const;
  const columns = [p[0][0] + p[1][0], p[0][1] + p[1][1]] as const;
  const observed = p[0][0] + p[1][1];
  const expected = rows[0] * columns[0] + rows[1] * columns[1];
  // Without items the fractions are NaN, which this test catches.
  if (![rows[0], columns[0]].every(yes => yes > 0 && yes < 1))
    return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const value = (observed - expected) / (1 - expected);
  const rest = 1 - value;
  let variance = -((value - expected * rest) ** 2);
  for (const i of [0, 1] as const) {
    for (const j of [0, 1] as const) {
      const mean = rows[j] + columns[i];
      variance += p[i][j] * (i === j ? (1 - (rows[i] + columns[i]) * rest) ** 2 : rest ** 2 * mean ** 2);
    }
  }
  const half = (Z95 * Math.sqrt(Math.max(0, variance) / n)) / (1 - expected);
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}
