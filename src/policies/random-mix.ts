/** Any eligible plan with a fixed probability: a reference policy, whose ledger can answer any replay. */
import { aboveZero, recordOf } from '../argument-checks.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { checkPlan } from './options.ts';
import { eligibleKeys } from './view.ts';

const checkWeights = recordOf('weights by plan: { mini: 3, premium: 1 }', aboveZero);

/**
 * Chooses every eligible plan with the same probability, or in proportion to `weights` by plan key (default 1).
 *
 * @throws RouterError `invalid-value` for a weight that is not a positive number, `invalid-config` from `createRouter` for a
 *   plan that the feature does not have
 * @example
 * ```ts
 * const policy = randomMix({ premium: 3 }); // the plan premium is chosen three times as often as each other one
 * ```
 */
export function randomMix(weights: Readonly<Record<string, number>> = {}): Policy {
  checkWeights(weights, 'randomMix');
  const name = 'random-mix';

  function weightOf(plan: Plan): number {
    const key = planKey(plan);
    return Object.hasOwn(weights, key) ? (weights[key] as number) : 1;
  }

  function sharesOf({ plans, eligible }: FeatureView): readonly number[] {
    const eligibleWeights = plans.map((plan, k) => (hasPlan(eligible, k) ? weightOf(plan) : 0));
    const total = eligibleWeights.reduce((sum, weight) => sum + weight, 0);
    return eligibleWeights.map(weight => weight / total);
  }

  return Object.freeze({
    name,
    check(feature) {
      for (const plan of Object.keys(weights)) checkPlan(plan, feature);
    },
    decide(view, random) {
      const choices = planIndexes(view.eligible);
      const total = choices.reduce((sum, k) => sum + weightOf(view.plans[k] as Plan), 0);
      let left = random.next() * total;
      let chosen = 0;
      while (chosen < choices.length - 1 && (left -= weightOf(view.plans[choices[chosen] as number] as Plan)) >= 0)
        chosen++;
      const plan = view.plans[choices[chosen] as number] as Plan;
      return {
        plan,
        propensity: weightOf(plan) / total,
        eligible: eligibleKeys(view),
        policy: name,
        reason: `one of ${choices.length} plans at random`,
      };
    },
    allocation: view => ({ shares: sharesOf(view) }),
  } satisfies Policy);
}
