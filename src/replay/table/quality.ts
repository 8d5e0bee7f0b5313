/** A quality constraint turned into a price: what a failure must count as, so that quality is kept at the least cost. */
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';
import type { OutcomeTable } from './outcome-table.ts';
import { answerOf } from './outcome-table.ts';

export interface QualityPrice {
  /** USD a failure counts as: the failure cost to route with. */
  readonly failureCostUsd: number;
  /** What the best fixed model per feature then does on the same intents. */
  readonly successRate: number;
  readonly spendUsd: number;
  /** The demanded rate: the share of the best model's. */
  readonly neededRate: number;
}

const BISECTION_STEPS = 60;

/** Least value at which `holds`, which holds from there on; `high` where it never does below. In logarithms. */
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
 * A value of a failure at which the best fixed model per feature keeps `share` of the success rate of always taking the
 * last candidate, at the least cost (the Lagrangian of the constrained problem): the middle of the range of such values
 * that all lead to the same choice.
 *
 * @throws RouterError `invalid-value` when even the best model of each feature falls short
 * @example
 * ```ts
 * const { failureCostUsd } = priceOfQuality(table, { candidates: ['mini', 'premium'], share: 0.95, keep: isPast });
 * ```
 */
export function priceOfQuality(
  table: OutcomeTable,
  {
    candidates,
    share,
    keep,
  }: { readonly candidates: readonly string[]; readonly share: number; readonly keep: (intent: number) => boolean },
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
  const neededRate = (share * sums.reduce((sum, feature) => sum + (feature.at(-1)?.successes ?? 0), 0)) / intents;
  const meanCostUsd = sums.flat().reduce((sum, each) => sum + each.spendUsd, 0) / Math.max(1, intents);
  const most = 1e6 * meanCostUsd;
  if (!(best(most).successes / intents >= neededRate)) {
    throw new RouterError('invalid-value', `no choice of models keeps a success rate of ${neededRate.toFixed(4)}`, {
      path: 'share',
    });
  }
  const enough = leastValue(valueUsd => best(valueUsd).successes / intents >= neededRate, 1e-9 * meanCostUsd, most);
  const reached = best(enough * (1 + 1e-9)).successes;
  const next = leastValue(valueUsd => best(valueUsd).successes > reached, enough, most);
  // At the very price at which a feature changes its model, both would be as good: in the middle, one clearly is.
  const high = Math.sqrt(enough * next);
  const kept = best(high);
  return { failureCostUsd: high, successRate: kept.successes / intents, spendUsd: kept.spendUsd, neededRate };
}
