/** The decision of a policy, and forced decisions: made without a policy, or in place of a policy that failed. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { FeatureView } from '../../contracts/policy.ts';
import { firstPlan, hasPlan } from '../../core/ledger/plan-set.ts';
import type { Decision, Plan } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { Random } from '../../core/math/random.ts';
import { RouterError } from '../../errors.ts';

/** A decision with propensity 1: pinned by an operator, bound to a model, or chosen in place of a failed policy. */
export function forcedDecision(plan: Plan, reason: string): Decision {
  return { plan, propensity: 1, eligible: [planKey(plan)], policy: 'forced', reason };
}

/** Options of {@link policyDecision} that are not part of the policy's view. */
export interface PolicyDecisionOptions {
  readonly random: Random;
  /** Called with the error of a policy that failed. */
  readonly faulted: (error: unknown) => void;
}

/**
 * The policy's decision. A policy that throws, or returns an impossible plan or propensity, breaks no call: the first eligible
 * plan is used instead.
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
    if (isDecision(decision, view)) return decision;
    faulted(
      new RouterError('invalid-value', `"${policy.name}" returned no possible decision for "${name}"`, {
        path: `features[${JSON.stringify(name)}].policy`,
        accepted:
          'an eligible plan of the feature, its propensity (above 0, up to 1), and the keys of all eligible plans',
      }),
    );
  } catch (error) {
    if (RouterError.isInstance(error)) throw error;
    faulted(error);
  }
  const first = plans[firstPlan(view.eligible)] ?? plans[0] ?? [];
  return { ...forcedDecision(first, `"${policy.name}" failed: the first eligible plan`), policy: 'fault' };
}

/** A policy of the application's own may return anything. */
function isDecision(value: unknown, { plans, eligible }: FeatureView): boolean {
  const { plan, propensity = 0, eligible: keys } = (value ?? {}) as Partial<Decision>;
  if (!Array.isArray(plan) || !Array.isArray(keys) || !(propensity > 0 && propensity <= 1)) return false;
  const own = plans.indexOf(plan);
  return hasPlan(eligible, own < 0 ? plans.map(planKey).indexOf(planKey(plan)) : own);
}
