/** The parts of a total cost as parts of a plot: each part has the same color everywhere, and failures are highlighted. */
import type { CostPart, TotalCost } from '../../core/report/total-cost.ts';
import { COST_PART_NAMES } from '../../core/report/total-cost.ts';
import { formatPercent, formatTotal } from '../../core/report/wording.ts';
import type { Part } from './svg-figure.ts';

/** Indexes of the palette. */
export const PART_COLOURS: Readonly<Record<CostPart, number>> = {
  first: 0,
  'later-turns': 1,
  retry: 2,
  cascade: 3,
  judge: 5,
  failure: 4,
};

/** @param isComplete include the parts that are 0, which plots and legends leave out */
export function partsOfCost(
  cost: TotalCost | undefined,
  isComplete = false,
): readonly (Part & { readonly fraction: number; readonly label: string })[] {
  const parts = (cost?.lines ?? []).map(({ part, usd, fraction }) => ({
    name: COST_PART_NAMES[part],
    colour: PART_COLOURS[part],
    fraction,
    label: `${formatTotal(usd)} (${formatPercent(fraction)})`,
  }));
  return isComplete ? parts : parts.filter(({ fraction }) => fraction > 0);
}
