/** The decision of a policy, and forced decisions: made without a policy, or in place of a policy that failed. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { FeatureView } from '../../contracts/policy.ts';
import { firstPlan } from '../../core/ledger/plan-set.ts';
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
    const { plan, propensity } = decision;
    const isPlan = plans.includes(plan) || plans.some(own => planKey(own) === planKey(plan));
    if (isPlan && propensity > 0 && propensity <= 1) return decision;
    throw new TypeError(`"${policy.name}" did not return a plan of "${name}" with a propensity above 0 and up to 1`);
  } catch (error) {
    if (RouterError.isInstance(error)) throw error;
    faulted(error);
    const first = plans[firstPlan(view.eligible)] ?? plans[0] ?? [];
    return { ...forcedDecision(first, `"${policy.name}" failed: the first eligible plan`), policy: 'fault' };
  }
}
