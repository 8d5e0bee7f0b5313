/** Quality and cost as one weighted score, as adaptive routers in the field do it: for comparison. */
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { Policy } from '../contracts/policy.ts';
import { checkOptions, PROBABILITY } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * The plan with the highest `quality·P(success) − (1 − quality)·cost/dearest cost`, and with probability `epsilon` any.
 * What a failure costs does not enter: the weights must be guessed anew for every feature, and are wrong for most.
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
      const dearest = Math.max(...choices.map(k => table.meanCostUsd[k] as number), Number.MIN_VALUE);
      const score = (k: number): number =>
        quality * (1 - (table.meanFail[k] as number)) - (1 - quality) * ((table.meanCostUsd[k] as number) / dearest);
      const best = choices.reduce((x, y) => (score(y) > score(x) ? y : x));
      return table.meanFail.map((_, k) =>
        hasPlan(eligible, k) ? epsilon / choices.length + (k === best ? 1 - epsilon : 0) : 0,
      );
    },
  });
}
