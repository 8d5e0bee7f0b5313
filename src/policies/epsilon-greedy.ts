/** ε-greedy: the simplest policy that explores, as a reference and for teams that must explain their policy in one sentence. */
import { meanScores } from '../core/choice/allocation.ts';
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { Policy } from '../contracts/policy.ts';
import { checkOptions, PROBABILITY } from './options.ts';
import { sharePolicy } from './share-policy.ts';
import { scoreWeights } from './view.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * Chooses the plan with the lowest estimated cost, and with probability `epsilon` (default 0.1) any eligible plan. It never
 * stops exploring, so its regret grows with traffic. `thompson` is better in every world of `npm run bench:statistics`.
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
    shares(table, view) {
      const { eligible } = view;
      const scores = meanScores(table, scoreWeights(table, view));
      const choices = planIndexes(eligible);
      const best = choices.reduce((x, y) => ((scores[y] as number) < (scores[x] as number) ? y : x));
      return scores.map((_, k) =>
        hasPlan(eligible, k) ? epsilon / choices.length + (k === best ? 1 - epsilon : 0) : 0,
      );
    },
  });
}
