/** The sums of every plan in memory, in step with the ledger: what observers read between two looks at the store. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { PlanEstimate } from '../../core/report/estimate.ts';
import { estimatePlans } from '../../core/report/estimate.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import { addAt, sumsByPlan } from '../../core/cells/sums.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';

export interface PlanTotals {
  /** Starts a feature again from the store's cells. */
  replace(feature: string, cells: readonly Cell[]): void;
  /** Adds the delta of a commit. */
  apply(feature: string, delta: readonly Cell[]): void;
  estimates(config: ResolvedFeature): readonly PlanEstimate[];
}

interface FeatureTotals {
  readonly plans: Map<PlanKey, GrowingSums>;
  /** Committed since, and not added yet: adding is for whoever reads, and most of the time nobody does. */
  late: Cell[];
}

/** Commits that may wait to be added; the store is mostly read again before there are so many. */
const MOST_LATE = 4_096;

export function planTotals(): PlanTotals {
  const totals = new Map<string, FeatureTotals>();

  function of(feature: string): FeatureTotals {
    let found = totals.get(feature);
    if (found === undefined) totals.set(feature, (found = { plans: new Map(), late: [] }));
    return found;
  }

  function addLate(feature: FeatureTotals): void {
    for (const { key, sums } of feature.late) addAt(feature.plans, key.subject, sums);
    feature.late = [];
  }

  return {
    replace(feature, cells) {
      const plans = new Map([...sumsByPlan(cells)].map(([plan, sums]) => [plan, { ...sums }]));
      totals.set(feature, { plans, late: [] });
    },
    apply(feature, delta) {
      const found = of(feature);
      for (const cell of delta) if (cell.key.scope === 'plan') found.late.push(cell);
      if (found.late.length > MOST_LATE) addLate(found);
    },
    estimates({ name, plans, failureCostNanoUsd, objective }) {
      const found = of(name);
      addLate(found);
      return estimatePlans(found.plans, {
        plans: plans.map(planKey),
        failureCostUsd: toUsd(failureCostNanoUsd),
        perSuccess: objective === 'cost-per-success',
      });
    },
  };
}
