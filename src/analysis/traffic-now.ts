/** Which plans a feature's new intents get: by its policy where that is known, and otherwise as in its latest intents. */
import type { Allocation } from '../contracts/policy.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { hasPlan } from '../core/ledger/plan-set.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import type { Traffic } from '../core/report/traffic.ts';

/** Policies whose shares follow the evidence. */
const LEARNING_POLICIES: ReadonlySet<string> = new Set(['thompson', 'contextual']);

export interface TrafficInputs {
  /** The policy's name; default: that of the policy that features have by default. */
  readonly policy: string | undefined;
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
  forced,
  allocationAt,
  recent,
}: TrafficInputs): Traffic {
  if (forced !== undefined) return always(plans.map(plan => Number(plan === forced)));
  if (LEARNING_POLICIES.has(policy)) return { learns: 1, sharesAt: () => [] };
  const counts = plans.map((plan, k) => (hasPlan(eligible, k) ? (recent.get(plan) ?? 0) : 0));
  const total = counts.reduce((sum, n) => sum + n, 0);
  const asRecently = counts.map(n => n / Math.max(1, total));
  return { learns: 0, sharesAt: failureCostUsd => allocationAt?.(failureCostUsd)?.shares ?? asRecently };
}

function always(shares: readonly number[]): Traffic {
  return { learns: 0, sharesAt: () => shares };
}
