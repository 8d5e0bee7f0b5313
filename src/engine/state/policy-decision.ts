/** The decision of a policy, and forced decisions: made without a policy, or in place of a policy that failed. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { FeatureView } from '../../contracts/policy.ts';
import { firstPlan, hasPlan } from '../../core/ledger/plan-set.ts';
import type { Decision, Plan } from '../../core/ledger/vocabulary.ts';
import { OBSERVE, planKey } from '../../core/ledger/vocabulary.ts';
import type { Random } from '../../core/math/random.ts';
import { RouterError } from '../../errors.ts';

/** A decision with propensity 1: pinned by an operator, bound to a model, or chosen in place of a failed policy. */
export function forcedDecision(plan: Plan, reason: string): Decision {
  return { plan, propensity: 1, eligible: [planKey(plan)], policy: 'forced', reason };
}

/**
 * The decision for an intent that is only observed: the application's own model answers it with certainty, so that its propensity is
 * 1, and the reason names the plan that the policy would have chosen.
 */
export function observedDecision(own: Plan, { plan, eligible, policy }: Decision): Decision {
  const key = planKey(own);
  return {
    plan: own,
    propensity: 1,
    eligible: eligible.includes(key) ? eligible : [...eligible, key],
    policy: OBSERVE,
    reason: `observed; ${policy} would have chosen ${planKey(plan)}`,
  };
}

/** Options of {@link policyDecision} that are not part of the policy's view. */
export interface PolicyDecisionOptions {
  readonly random: Random;
  /** Called with the error of a policy that failed. */
  readonly faulted: (error: unknown) => void;
}

/**
 * The policy's decision. A policy that throws, or returns an impossible decision, breaks no call: the first eligible plan is used
 * instead.
 *
 * @throws RouterError that the policy itself threw: misuse, which the application has to see
 */
export function policyDecision(
  { policy, plans, name }: ResolvedFeature,
  view: FeatureView,
  { random, faulted }: PolicyDecisionOptions,
): Decision {
  try {
    const decision = policy.decide(view, random);
    const wrong = wrongField(decision, view);
    if (wrong === undefined) return decision;
    faulted(
      new RouterError('invalid-value', `"${policy.name}" returned no possible ${wrong} in its decision for "${name}"`, {
        path: `features[${JSON.stringify(name)}].policy`,
        accepted: ACCEPTED[wrong],
      }),
    );
  } catch (error) {
    if (RouterError.isInstance(error)) throw error;
    faulted(error);
  }
  const first = plans[firstPlan(view.eligible)] ?? plans[0] ?? [];
  return { ...forcedDecision(first, `"${policy.name}" failed: the first eligible plan`), policy: 'fault' };
}

const ACCEPTED: Readonly<Record<keyof Decision, string>> = {
  plan: 'an eligible plan of the feature',
  propensity: 'a number above 0, up to 1',
  eligible: 'the keys of all eligible plans: ["mini", "mini>premium"]',
  policy: 'text',
  reason: 'text',
};

/** A policy of the application's own may return anything, and its decision is kept in the ledger. */
function wrongField(value: unknown, view: FeatureView): keyof Decision | undefined {
  const { plan, propensity, eligible, policy, reason } = (value ?? {}) as Partial<Record<keyof Decision, unknown>>;
  if (!isEligible(plan, view)) return 'plan';
  if (typeof propensity !== 'number' || !(propensity > 0 && propensity <= 1)) return 'propensity';
  if (!Array.isArray(eligible) || !eligible.every(key => typeof key === 'string' && key !== '')) return 'eligible';
  if (typeof policy !== 'string') return 'policy';
  return typeof reason === 'string' ? undefined : 'reason';
}

function isEligible(plan: unknown, { plans, eligible }: FeatureView): boolean {
  if (!Array.isArray(plan)) return false;
  const own = plans.indexOf(plan);
  return hasPlan(eligible, own < 0 ? plans.findIndex(each => isSame(each, plan)) : own);
}

function isSame(plan: Plan, other: readonly unknown[]): boolean {
  return plan.length === other.length && plan.every((model, index) => model === other[index]);
}
