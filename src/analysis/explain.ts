/** Explains the decision that a policy would make with a given view of a feature. */
import type { KnownPlans } from '../core/report/known-plans.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { explainPlans } from '../core/report/explain.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { hasPlan, NO_PLANS, withoutPlans } from '../core/ledger/plan-set.ts';
import { seededRandom } from '../core/math/random.ts';
import type { Allocation, FeatureView, Policy } from '../contracts/policy.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';

export interface ViewExplanationOptions {
  readonly policy: Policy;
  /** Name of the segment that the view is of; `''` for none. */
  readonly segment: string;
  /** Plans excluded before the policy decides, in the order in which they are applied. */
  readonly exclusions?: readonly Exclusion[];
  readonly notes?: readonly string[];
  /** What the ledger knows of the plans; without it, the explanation makes no forecast. */
  readonly known?: KnownPlans | undefined;
  /** The view is of intents without context, of a feature where routing depends on the context. */
  readonly isOfContextless?: boolean;
  /** The plan that an operator has pinned, where none of its models is switched off: it gets every intent. */
  readonly pinned?: PlanKey | undefined;
}

/** Explains every plan of a view: posterior figures, share, floor, exclusions and the reason in words. */
export function explainView(
  view: FeatureView,
  { policy, segment, exclusions = [], notes, known, pinned, isOfContextless = false }: ViewExplanationOptions,
): Explanation {
  const eligible = applyExclusions(view.eligible, exclusions);
  const forced = view.plans.findIndex(plan => planKey(plan) === pinned);
  // A random stream of its own: an explanation must not shift the choices of a seeded run.
  const allocation: Allocation | undefined =
    forced < 0
      ? policy.allocation?.({ ...view, eligible }, seededRandom('explain'))
      : { shares: view.plans.map((_, k) => Number(k === forced)) };
  return explainPlans(view.learned.posterior(view.nowMs), {
    feature: view.feature,
    segment,
    atMs: view.nowMs,
    policy: policy.name,
    objective: view.objective,
    failureCostUsd: view.failureCostUsd,
    eligible,
    exclusionReasons: plan => exclusions.filter(({ plans }) => hasPlan(plans, plan)).map(({ reason }) => reason),
    ...(notes === undefined ? {} : { notes }),
    ...(known === undefined ? {} : { known }),
    isOfContextless,
    ...(pinned === undefined ? {} : { pinned }),
    ...(view.costMultiplier === undefined ? {} : { costMultiplier: view.costMultiplier }),
    ...(allocation === undefined ? {} : { shares: allocation.shares }),
    ...(allocation?.floors === undefined ? {} : { floors: allocation.floors }),
  });
}

/** Skips an exclusion that would exclude every plan: an outage must not refuse a call. */
export function applyExclusions(eligible: PlanSet, exclusions: readonly Exclusion[]): PlanSet {
  return exclusions.reduce((left, { plans }) => {
    const rest = withoutPlans(left, plans);
    return rest === NO_PLANS ? left : rest;
  }, eligible);
}
