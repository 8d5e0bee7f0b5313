/** Always the same plan: a baseline, a pin, or a team that has made up its mind. */
import type { Decision, Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';

/**
 * Always `planOrModel`; when it is not eligible (an outage, say), the first eligible plan.
 *
 * @param planOrModel a model's name, or the plan as a list of names
 * @throws RouterError `invalid-config` on the first decision, when the feature has no such plan
 * @example
 * ```ts
 * const policy = fixed('premium'); // or fixed(['mini', 'premium'])
 * ```
 */
export function fixed(planOrModel: string | Plan): Policy {
  const wanted = typeof planOrModel === 'string' ? planOrModel : planKey(planOrModel);
  const known = new WeakMap<FeatureView['plans'], (mask: number) => Decision>();
  function decide(view: FeatureView): Decision {
    let decisionFor = known.get(view.plans);
    if (decisionFor === undefined) known.set(view.plans, (decisionFor = decisions(view, wanted)));
    return decisionFor(view.eligible);
  }
  return Object.freeze<Policy>({
    name: 'fixed',
    decide,
    allocation: view => ({ shares: view.plans.map(plan => (plan === decide(view).plan ? 1 : 0)) }),
  });
}

function decisions({ plans, feature }: FeatureView, wanted: PlanKey): (mask: number) => Decision {
  const keys = plans.map(planKey);
  const at = keys.indexOf(wanted);
  if (at < 0) {
    throw new RouterError('invalid-config', `the fixed policy asks for the plan "${wanted}"`, {
      path: `features.${feature}.policy`,
      accepted: keys,
    });
  }
  const byMask = new Map<number, Decision>();
  return mask => {
    const made = byMask.get(mask);
    if (made !== undefined) return made;
    const open = keys.filter((_, k) => ((mask >>> k) & 1) === 1);
    const chosen = ((mask >>> at) & 1) === 1 ? wanted : (open[0] as PlanKey);
    const decision = Object.freeze({
      plan: plans[keys.indexOf(chosen)] as Plan,
      propensity: 1,
      eligible: Object.freeze(open),
      policy: 'fixed',
      reason: chosen === wanted ? 'fixed' : `fixed plan ${wanted} is not eligible`,
    });
    byMask.set(mask, decision);
    return decision;
  };
}
