/** Values that several policies derive from a feature's view: the keys of the eligible plans, and the weights of their score. */
import type { ScoreWeights } from '../core/choice/allocation.ts';
import { valueOfFailure } from '../core/choice/allocation.ts';
import type { SampleTable } from '../core/choice/posterior-samples.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { planIndexes } from '../core/ledger/plan-set.ts';
import type { Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { FeatureView } from '../contracts/policy.ts';

const cachedKeys = new WeakMap<FeatureView['plans'], Map<PlanSet, readonly PlanKey[]>>();

/** Keys of the eligible plans, for a decision's `eligible`. Frozen and cached: the hot path asks for every intent. */
export function eligibleKeys({ plans, eligible }: Pick<FeatureView, 'plans' | 'eligible'>): readonly PlanKey[] {
  let bySet = cachedKeys.get(plans);
  if (bySet === undefined) cachedKeys.set(plans, (bySet = new Map()));
  let keys = bySet.get(eligible);
  if (keys === undefined) {
    keys = Object.freeze(planIndexes(eligible).map(k => planKey(plans[k] as Plan)));
    bySet.set(eligible, keys);
  }
  return keys;
}

/** The weights of a dollar of spend and of a failure in this view. */
export function scoreWeights(
  table: SampleTable,
  { failureCostUsd, objective, eligible, costMultiplier = 1, extraUsd }: FeatureView,
): ScoreWeights {
  const perSuccess = objective === 'cost-per-success';
  return {
    valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible, extraUsd }),
    costMultiplier,
    extraUsd,
  };
}
