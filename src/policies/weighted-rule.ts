/** Quality and cost in one weighted score, as many routers compute it. A reference policy. */
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { Policy } from '../contracts/policy.ts';
import { checkOptions, PROBABILITY } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * Chooses the plan with the highest `quality·P(success) − (1 − quality)·cost/highest cost`, and with probability `epsilon`
 * any eligible plan. The failure cost is not in the score, so the weights must be guessed for every feature.
 *
 * @throws RouterError `invalid-value` unless both numbers are between 0 and 1
 * @example
 * ```ts
 * const policy = weightedRule({ quality: 0.7, epsilon: 0.05 });
 * ```
 */
export function weightedRule(options: { readonly quality?: number; readonly epsilon?: number } = {}): Policy {
  checkOptions('weightedRule', options, { quality: PROBABILITY, epsilon: PROBABILITY });
  const { quality = 0.7, epsilon = 0.05 } = options;
  return sharePolicy({
    name: 'weighted-rule',
    prepare: view => meanTable(view.learned.posterior(view.nowMs)),
    shares(table, { eligible }) {
      const choices = planIndexes(eligible);
      const highestUsd = Math.max(...choices.map(k => table.meanCostUsd[k] as number), Number.MIN_VALUE);
      const score = (k: number): number =>
        quality * (1 - (table.meanFail[k] as number)) - (1 - quality) * ((table.meanCostUsd[k] as number) / highestUsd);
      const best = choices.reduce((x, y) => (score(y) > score(x) ? y : x));
      return table.meanFail.map((_, k) =>
        hasPlan(eligible, k) ? epsilon / choices.length + (k === best ? 1 - epsilon : 0) : 0,
      );
    },
  });
}
