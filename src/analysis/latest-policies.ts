/** The policies of a feature's latest decisions, and which plans each of them chose. */
import type { Decision, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { DecidedPolicy } from '../core/report/decided-policy.ts';

/** As recorded in the latest decisions. */
export interface LatestPolicy extends DecidedPolicy {
  /** The probability of each plan, 0 where it is absent. */
  readonly shares: ReadonlyMap<PlanKey, number>;
}

/** The policy of most of the decisions first. */
export function latestPolicies(decisions: readonly Decision[]): readonly LatestPolicy[] {
  const byPolicy = [...Map.groupBy(decisions, ({ policy }) => policy)];
  return byPolicy
    .map(([name, own]) => ({ name, decisions: own.length, shares: sharesOf(own) }))
    .sort((a, b) => b.decisions - a.decisions);
}

/**
 * A decision records the probability of the plan that it chose. What is left belongs to its other plans, as often as each was chosen: with two
 * plans, that is exact from the first decision on, and counts alone would not be.
 */
function sharesOf(decisions: readonly Decision[]): ReadonlyMap<PlanKey, number> {
  const counts = new Map<PlanKey, number>();
  for (const { plan } of decisions) counts.set(planKey(plan), (counts.get(planKey(plan)) ?? 0) + 1);
  const shares = new Map<PlanKey, number>();
  const add = (plan: PlanKey, share: number): void => void shares.set(plan, (shares.get(plan) ?? 0) + share);
  for (const { plan, propensity, eligible } of decisions) {
    const chosen = planKey(plan);
    const others = eligible.filter(each => each !== chosen);
    const own = others.length === 0 ? 1 : propensity;
    add(chosen, own / decisions.length);
    const weights = others.map(each => counts.get(each) ?? 0);
    const total = weights.reduce((sum, n) => sum + n, 0);
    others.forEach((each, i) => {
      const part = total === 0 ? 1 / others.length : (weights[i] as number) / total;
      add(each, ((1 - own) * part) / decisions.length);
    });
  }
  return shares;
}
