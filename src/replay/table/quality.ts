/** Turns a quality constraint into a price: the failure cost at which the required success rate is met at minimum spend. */
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';
import type { OutcomeTable } from './outcome-table.ts';
import { answerOf } from './outcome-table.ts';

export interface QualityPrice {
  /** The failure cost to route with, USD. */
  readonly failureCostUsd: number;
  /** The result of the best fixed model per feature at that failure cost, on the same intents. */
  readonly successRate: number;
  readonly spendUsd: number;
  /** The required success rate. */
  readonly neededRate: number;
}

/** Bisection steps; 60 halve a range of 15 decades to less than a double's precision. */
const BISECTION_STEPS = 60;

/** Bisects on a log scale: the smallest value from which on `holds` is true; `high` where it is false below. */
function leastValue(holds: (valueUsd: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let step = 0; step < BISECTION_STEPS; step++) {
    const middle = Math.sqrt(below * above);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/**
 * Finds a failure cost at which the best fixed model per feature keeps `fraction` of the success rate of the last candidate at
 * minimum spend (the Lagrangian of the constrained problem). Several values lead to the same choice of models; this is the
 * geometric middle of their range.
 *
 * @throws RouterError `invalid-value` when even the best model of each feature falls short
 * @example
 * ```ts
 * const { failureCostUsd } = priceOfQuality(table, { candidates: ['mini', 'premium'], fraction: 0.95, keep: isPast });
 * ```
 */
export function priceOfQuality(
  table: OutcomeTable,
  {
    candidates,
    fraction,
    keep,
  }: { readonly candidates: readonly string[]; readonly fraction: number; readonly keep: (intent: number) => boolean },
): QualityPrice {
  const models = candidates.map(name => table.models.indexOf(name));
  const sums = table.features.map(() => models.map(() => ({ spendUsd: 0, successes: 0 })));
  let intents = 0;
  for (let intent = 0; intent < table.ids.length; intent++) {
    const answers = models.map(model => answerOf(table, intent, model));
    if (!keep(intent) || answers.includes(-1)) continue;
    intents++;
    answers.forEach((answer, k) => {
      const sum = sums[table.feature[intent] as number]?.[k] as { spendUsd: number; successes: number };
      sum.spendUsd += (table.costNanoUsd[answer] as number) / NANO_PER_USD;
      sum.successes += table.success[answer] as number;
    });
  }
  const best = (valueUsd: number): { spendUsd: number; successes: number } => {
    const total = { spendUsd: 0, successes: 0 };
    for (const feature of sums) {
      const chosen = feature.reduce((x, y) =>
        y.spendUsd - valueUsd * y.successes < x.spendUsd - valueUsd * x.successes ? y : x,
      );
      total.spendUsd += chosen.spendUsd;
      total.successes += chosen.successes;
    }
    return total;
  };
  const neededRate = (fraction * sums.reduce((sum, feature) => sum + (feature.at(-1)?.successes ?? 0), 0)) / intents;
  const meanCostUsd = sums.flat().reduce((sum, each) => sum + each.spendUsd, 0) / Math.max(1, intents);
  const most = 1e6 * meanCostUsd;
  if (!(best(most).successes / intents >= neededRate)) {
    throw new RouterError('invalid-value', `no choice of models keeps a success rate of ${neededRate.toFixed(4)}`, {
      path: 'fraction',
    });
  }
  const enough = leastValue(valueUsd => best(valueUsd).successes / intents >= neededRate, 1e-9 * meanCostUsd, most);
  const reached = best(enough * (1 + 1e-9)).successes;
  const next = leastValue(valueUsd => best(valueUsd).successes > reached, enough, most);
  // At the price where a feature changes its model, both models are equally good; in the middle, one is clearly better.
  const high = Math.sqrt(enough * next);
  const kept = best(high);
  return { failureCostUsd: high, successRate: kept.successes / intents, spendUsd: kept.spendUsd, neededRate };
}
