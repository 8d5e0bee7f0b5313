/** Always the same plan: for a baseline, or when the choice is already made. */
import type { Decision, Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { invalidValue } from '../errors.ts';
import { checkPlan } from './options.ts';
import { eligibleKeys } from './view.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { firstPlan, hasPlan } from '../core/ledger/plan-set.ts';

/**
 * Always chooses `planOrModel`; while it is not eligible (an outage, for example), the first eligible plan.
 *
 * @param planOrModel a model's name, or the plan as a list of names
 * @throws RouterError `invalid-config` from `createRouter`, when a feature with this policy has no such plan
 * @example
 * ```ts
 * const policy = fixed('premium'); // or fixed(['mini', 'premium'])
 * ```
 */
export function fixed(planOrModel: string | Plan): Policy {
  const isPlan = Array.isArray(planOrModel) && planOrModel.length > 0 && planOrModel.every(isName);
  if (!isPlan && !isName(planOrModel)) {
    throw invalidValue(planOrModel, 'fixed', "a model's name, or a plan: ['mini', 'premium']");
  }
  const wanted = typeof planOrModel === 'string' ? planOrModel : planKey(planOrModel);
  const known = new WeakMap<FeatureView['plans'], (eligible: PlanSet) => Decision>();
  function decide(view: FeatureView): Decision {
    let decisionFor = known.get(view.plans);
    if (decisionFor === undefined) known.set(view.plans, (decisionFor = decisions(view, wanted)));
    return decisionFor(view.eligible);
  }
  return Object.freeze<Policy>({
    name: 'fixed',
    check: feature => checkPlan(wanted, feature),
    decide,
    allocation: view => ({ shares: view.plans.map(plan => (plan === decide(view).plan ? 1 : 0)) }),
  });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function decisions({ plans, feature }: FeatureView, wanted: PlanKey): (eligible: PlanSet) => Decision {
  const keys = plans.map(planKey);
  checkPlan(wanted, { feature, plans, path: `features[${JSON.stringify(feature)}].policy` });
  const wantedIndex = keys.indexOf(wanted);
  const made = new Map<PlanSet, Decision>();
  return eligible => {
    const known = made.get(eligible);
    if (known !== undefined) return known;
    const chosen = hasPlan(eligible, wantedIndex) ? wantedIndex : firstPlan(eligible);
    const decision = Object.freeze({
      plan: plans[chosen] as Plan,
      propensity: 1,
      eligible: eligibleKeys({ plans, eligible }),
      policy: 'fixed',
      reason: chosen === wantedIndex ? 'fixed' : `fixed plan ${wanted} is not eligible`,
    });
    made.set(eligible, decision);
    return decision;
  };
}
