/** The sums of every plan in memory, in step with the ledger: what observers read between two looks at the store. */
import type { ResolvedFeature } from '../config/resolved.ts';
import type { PlanEstimate } from '../core/estimate.ts';
import { estimatePlans, sumsByPlan } from '../core/estimate.ts';
import { toUsd } from '../core/money.ts';
import type { Cell, Sums } from '../core/statistics.ts';
import { addSums } from '../core/statistics.ts';
import type { PlanKey } from '../core/vocabulary.ts';
import { planKey } from '../core/vocabulary.ts';

export interface PlanTotals {
  /** Starts a feature again from the store's cells. */
  replace(feature: string, cells: readonly Cell[]): void;
  /** Adds the delta of a commit. */
  apply(feature: string, delta: readonly Cell[]): void;
  estimates(config: ResolvedFeature): readonly PlanEstimate[];
}

export function planTotals(): PlanTotals {
  const totals = new Map<string, ReadonlyMap<PlanKey, Sums>>();
  return {
    replace(feature, cells) {
      totals.set(feature, sumsByPlan(cells));
    },
    apply(feature, delta) {
      const plans = new Map(totals.get(feature));
      for (const [plan, sums] of sumsByPlan(delta)) plans.set(plan, addSums(plans.get(plan) ?? {}, sums));
      totals.set(feature, plans);
    },
    estimates: ({ name, plans, failureCostNanoUsd, objective }) =>
      estimatePlans(totals.get(name) ?? new Map(), {
        plans: plans.map(planKey),
        failureCostUsd: toUsd(failureCostNanoUsd),
        perSuccess: objective === 'cost-per-success',
      }),
  };
}
