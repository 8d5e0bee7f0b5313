/** Explains the decision that a policy would make with a given view of a feature. */
import type { FailureCosts } from '../core/report/failure-costs.ts';
import { sameFailureCost } from '../core/report/failure-costs.ts';
import type { KnownPlans } from '../core/report/known-plans.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { explainPlans } from '../core/report/explain.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { hasPlan, NO_PLANS, withoutPlans } from '../core/ledger/plan-set.ts';
import { seededRandom } from '../core/math/random.ts';
import { adoptionNotes } from '../core/report/adoption-words.ts';
import type { Allocation, FeatureView, Policy } from '../contracts/policy.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';
import type { Holdout } from '../policies/holdout.ts';
import { withHoldout } from '../policies/holdout.ts';
import type { LatestPolicy } from './latest-policies.ts';
import { trafficNow } from './traffic-now.ts';

export interface ViewExplanationOptions {
  /** The feature's policy, without its holdout. */
  readonly policy: Policy;
  readonly holdout?: Holdout | undefined;
  /** Name of the view's segment; `''` for none. */
  readonly segment: string;
  /** Plans excluded before the policy decides, in the order in which they are applied. */
  readonly exclusions?: readonly Exclusion[];
  readonly notes?: readonly string[];
  /** What a failure of new intents costs; default: what the view says, for all of them. */
  readonly failureCosts?: FailureCosts;
  /** The failure cost as configured, where that is known. */
  readonly configuredFailureCostUsd?: number;
  /** No outcome was recorded yet: the plans are not ranked, unless a configured prior distinguishes them. */
  readonly isUnknown?: boolean;
  /** The ledger's figures of the plans; without them, the explanation makes no forecast. */
  readonly known?: KnownPlans | undefined;
  /** Where only a ledger is known: the policies of its latest decisions. */
  readonly latest?: readonly LatestPolicy[] | undefined;
  /** Intents of the last week by plan, for a policy that does not state its shares. */
  readonly recent?: ReadonlyMap<PlanKey, number>;
  /** The view covers the intents without context, in a feature where routing depends on the context. */
  readonly isOfContextless?: boolean;
  /** The plan that an operator has pinned, where none of its models is switched off: it gets every intent. */
  readonly pinned?: PlanKey | undefined;
  /** The application's own model, where the feature is only observed: it gets every intent. */
  readonly observes?: string | undefined;
}

/** Explains every plan of a view: posterior figures, share, floor, exclusions and the reason in words. */
export function explainView(view: FeatureView, options: ViewExplanationOptions): Explanation {
  const { policy, holdout, segment, exclusions = [], notes = [], known, pinned, isOfContextless = false } = options;
  const { failureCosts = sameFailureCost(view.failureCostUsd), recent = new Map<PlanKey, number>() } = options;
  const eligible = applyExclusions(view.eligible, exclusions);
  const keys = view.plans.map(planKey);
  const observes = pinned === undefined && keys.includes(options.observes ?? '') ? options.observes : undefined;
  const forced = keys.indexOf(pinned ?? observes ?? '');
  // Uses a separate random stream, because an explanation must not shift the choices of a seeded run.
  const allocationOf =
    (chosen: Policy) =>
    (failureCostUsd: number): Allocation | undefined =>
      chosen.allocation?.({ ...view, eligible, failureCostUsd }, seededRandom('explain'));
  const allocationAt = allocationOf(holdout === undefined ? policy : withHoldout(policy, holdout));
  const routed = meanAllocation(failureCosts, allocationOf(policy));
  const served = holdout === undefined ? routed : meanAllocation(failureCosts, allocationAt);
  const allocation: (Allocation & Partial<MeanAllocation>) | undefined =
    forced < 0 ? served : { shares: keys.map((_, k) => Number(k === forced)) };
  return explainPlans(view.learned.posterior(view.nowMs), {
    feature: view.feature,
    segment,
    atMs: view.nowMs,
    policy: policy.name,
    objective: view.objective,
    failureCosts,
    configuredFailureCostUsd: options.configuredFailureCostUsd,
    eligible,
    exclusionReasons: plan => exclusions.filter(({ plans }) => hasPlan(plans, plan)).map(({ reason }) => reason),
    notes: [
      ...notes,
      ...adoptionNotes({
        observes,
        holdout,
        isPinned: pinned !== undefined,
        canHoldOut: keys.some((key, k) => key === holdout?.model && hasPlan(eligible, k)),
        routed: keys.map((plan, k) => ({ plan, share: routed?.shares[k] ?? 0 })),
      }),
    ],
    ...(known === undefined ? {} : { known }),
    isOfContextless,
    isUnknown: options.isUnknown === true,
    ...(pinned === undefined ? {} : { pinned }),
    ...(observes === undefined ? {} : { observes }),
    ...(holdout === undefined ? {} : { holdout }),
    ...(view.costMultiplier === undefined ? {} : { costMultiplier: view.costMultiplier }),
    ...(view.extraUsd === undefined ? {} : { extraUsd: view.extraUsd }),
    ...(allocation === undefined ? {} : { shares: allocation.shares }),
    isOfLedger: options.latest !== undefined,
    traffic: trafficNow({
      policy: policy.name,
      latest: options.latest,
      plans: keys,
      eligible,
      forced: keys[forced],
      allocationAt,
      recent,
    }),
    ...(allocation?.failureUsd === undefined ? {} : { failureUsd: allocation.failureUsd }),
    ...(allocation?.floors === undefined ? {} : { floors: allocation.floors }),
  });
}

/** Shares of intents whose failures cost different amounts. */
interface MeanAllocation extends Allocation {
  /** For each plan, its share times the mean failure cost of the intents that get it. */
  readonly failureUsd: readonly number[];
}

/** `undefined` for a policy that does not state its shares. */
function meanAllocation(
  costs: FailureCosts,
  allocationAt: (failureCostUsd: number) => Allocation | undefined,
): MeanAllocation | undefined {
  const parts = costs.map(({ fraction, usd }) => ({ fraction, usd, allocation: allocationAt(usd) }));
  const first = parts[0]?.allocation;
  if (first === undefined) return undefined;
  const meanOf = (of: (allocation: Allocation, usd: number) => ArrayLike<number>): number[] =>
    Array.from(first.shares, (_, k) =>
      parts.reduce((sum, { fraction, usd, allocation = first }) => sum + fraction * (of(allocation, usd)[k] ?? 0), 0),
    );
  const { floors } = first;
  return {
    shares: meanOf(({ shares }) => shares),
    failureUsd: meanOf(({ shares }, usd) => Array.from(shares, share => share * usd)),
    ...(floors === undefined ? {} : { floors: meanOf(allocation => allocation.floors ?? floors) }),
  };
}

/** Skips an exclusion that would exclude every plan: an outage must not refuse a call. */
export function applyExclusions(eligible: PlanSet, exclusions: readonly Exclusion[]): PlanSet {
  return exclusions.reduce((left, { plans }) => {
    const rest = withoutPlans(left, plans);
    return rest === NO_PLANS ? left : rest;
  }, eligible);
}
