/** ε-greedy: the simplest policy that explores, for comparison and for teams that want to explain it in one sentence. */
import { meanScores, valueOfFailure } from '../core/choice/allocation.ts';
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { Policy } from '../contracts/policy.ts';
import { checkOptions, PROBABILITY } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * The plan that looks cheapest, and with probability `epsilon` (default 0.1) any eligible plan, for ever: its regret
 * grows with traffic. {@link thompson} is better in every world of `npm run bench:statistics`.
 *
 * @throws RouterError `invalid-value` unless 0 ≤ epsilon ≤ 1
 * @example
 * ```ts
 * const policy = epsilonGreedy({ epsilon: 0.05 });
 * ```
 */
export function epsilonGreedy(options: { readonly epsilon?: number } = {}): Policy {
  checkOptions('epsilonGreedy', options, { epsilon: PROBABILITY });
  const { epsilon = 0.1 } = options;
  return sharePolicy({
    name: 'epsilon-greedy',
    prepare: view => meanTable(view.learned.posterior(view.nowMs)),
    shares(table, { failureCostUsd, objective, eligible, costMultiplier = 1 }) {
      const perSuccess = objective === 'cost-per-success';
      const valueUsd = valueOfFailure(table, { failureCostUsd, perSuccess, eligible });
      const scores = meanScores(table, { valueUsd, costMultiplier });
      const choices = planIndexes(eligible);
      const best = choices.reduce((x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x));
      return scores.map((_, k) =>
        hasPlan(eligible, k) ? epsilon / choices.length + (k === best ? 1 - epsilon : 0) : 0,
      );
    },
  });
}
