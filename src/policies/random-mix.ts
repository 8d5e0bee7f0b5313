/** Any eligible plan, by fixed chances: a baseline, and the log that answers any question best. */
import type { Plan } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { checkOption, checkPlan, POSITIVE_NUMBER } from './options.ts';
import type { Policy } from '../contracts/policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * Every eligible plan with the same chance, or with chances in proportion to `weights` by plan key (absent: 1).
 *
 * @throws RouterError `invalid-value` for a weight that is not a positive number, `invalid-config` from `createRouter` for a
 *   plan that the feature does not have
 * @example
 * ```ts
 * const policy = randomMix({ premium: 3 }); // premium three times as often as any other plan
 * ```
 */
export function randomMix(weights: Readonly<Record<string, number>> = {}): Policy {
  for (const [plan, weight] of Object.entries(weights)) checkOption(`randomMix["${plan}"]`, weight, POSITIVE_NUMBER);
  const name = 'random-mix';
  return Object.freeze({
    name,
    check(feature) {
      for (const plan of Object.keys(weights)) checkPlan(plan, feature);
    },
    decide({ plans, eligible }, random) {
      const choices = planIndexes(eligible).map(k => plans[k] as Plan);
      const keys = choices.map(planKey);
      const chances = keys.map(key => (Object.hasOwn(weights, key) ? (weights[key] as number) : 1));
      const total = chances.reduce((sum, chance) => sum + chance, 0);
      let left = random.next() * total;
      let chosen = 0;
      while (chosen < choices.length - 1 && (left -= chances[chosen] as number) >= 0) chosen++;
      return {
        plan: choices[chosen] as Plan,
        propensity: (chances[chosen] as number) / total,
        eligible: keys,
        policy: name,
        reason: `one of ${choices.length} plans at random`,
      };
    },
    allocation({ plans, eligible }) {
      const chances = plans.map((plan, k) => {
        const key = planKey(plan);
        return !hasPlan(eligible, k) ? 0 : Object.hasOwn(weights, key) ? (weights[key] as number) : 1;
      });
      const total = chances.reduce((sum, chance) => sum + chance, 0);
      return { shares: chances.map(chance => chance / total) };
    },
  } satisfies Policy);
}
