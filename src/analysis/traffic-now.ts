/** Which plans a feature's new intents get: by its policy where that is known, and otherwise as in its latest intents. */
import type { Allocation } from '../contracts/policy.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { isLearningPolicy } from '../core/report/decided-policy.ts';
import type { Traffic } from '../core/report/traffic.ts';
import { ALL_LEARN } from '../core/report/traffic.ts';
import type { LatestPolicy } from './latest-policies.ts';

export interface TrafficInputs {
  /** The policy's name; default: that of the policy that features have by default. */
  readonly policy: string | undefined;
  /** Where only a ledger is known: new intents get the plans as its latest decisions did. */
  readonly latest?: readonly LatestPolicy[] | undefined;
  readonly plans: readonly PlanKey[];
  readonly eligible: PlanSet;
  /** The plan that every intent gets, because it is pinned or the feature is only observed. */
  readonly forced?: PlanKey | undefined;
  /** What the policy would do with an intent of this failure cost; `undefined` for a policy that does not state its shares. */
  readonly allocationAt?: ((failureCostUsd: number) => Allocation | undefined) | undefined;
  /** Intents of the last week by plan. */
  readonly recent: ReadonlyMap<PlanKey, number>;
}

export function trafficNow({
  policy = 'thompson',
  plans,
  eligible,
  latest,
  forced,
  allocationAt,
  recent,
}: TrafficInputs): Traffic {
  if (forced !== undefined) return always(plans.map(plan => Number(plan === forced)));
  if (latest !== undefined) return asDecided(latest, plans, eligible);
  if (isLearningPolicy(policy)) return ALL_LEARN;
  const asRecently = scaled(plans, eligible, plan => recent.get(plan) ?? 0);
  return { learns: 0, sharesAt: failureCostUsd => allocationAt?.(failureCostUsd)?.shares ?? asRecently };
}

function asDecided(latest: readonly LatestPolicy[], plans: readonly PlanKey[], eligible: PlanSet): Traffic {
  const fixed = latest.filter(({ name }) => !isLearningPolicy(name));
  const countOf = (policies: readonly LatestPolicy[]): number => policies.reduce((n, each) => n + each.decisions, 0);
  const shares = scaled(plans, eligible, plan =>
    fixed.reduce((sum, { decisions, shares }) => sum + decisions * (shares.get(plan) ?? 0), 0),
  );
  return { learns: 1 - countOf(fixed) / Math.max(1, countOf(latest)), sharesAt: () => shares };
}

/** The amounts of the plans that can be chosen, as fractions of their sum; equal ones where none of them has an amount. */
function scaled(plans: readonly PlanKey[], eligible: PlanSet, of: (plan: PlanKey) => number): readonly number[] {
  const choices = planIndexes(eligible);
  const total = choices.reduce((sum, k) => sum + of(plans[k] as PlanKey), 0);
  const shareOf = (plan: PlanKey): number => (total > 0 ? of(plan) / total : 1 / choices.length);
  return plans.map((plan, k) => (hasPlan(eligible, k) ? shareOf(plan) : 0));
}

function always(shares: readonly number[]): Traffic {
  return { learns: 0, sharesAt: () => shares };
}
