/** The sums of every plan, kept in memory in step with the ledger, so that observers can read them without the store. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { PlanEstimate } from '../../core/report/estimate.ts';
import { estimatePlans } from '../../core/report/estimate.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import { addAt } from '../../core/cells/sums.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';

export interface PlanTotals {
  /** Replaces a feature's sums with those of the store's cells, which include every commit so far. */
  replace(feature: string, cells: readonly Cell[]): void;
  /** Adds the delta of a commit. */
  apply(feature: string, delta: readonly Cell[]): void;
  estimates(config: ResolvedFeature): readonly PlanEstimate[];
}

interface FeatureTotals {
  readonly plans: Map<PlanKey, GrowingSums>;
  /** Cells that are not in the sums yet. They are merged lazily on read, because most processes never read these totals. */
  unmerged: Cell[];
}

/** Cells that may wait unmerged. A higher limit takes more memory; a lower one merges more often although nothing reads the sums. */
const MAX_UNMERGED = 4_096;

export function planTotals(): PlanTotals {
  const totals = new Map<string, FeatureTotals>();

  function totalsOf(feature: string): FeatureTotals {
    let found = totals.get(feature);
    if (found === undefined) totals.set(feature, (found = { plans: new Map(), unmerged: [] }));
    return found;
  }

  function apply(feature: string, cells: readonly Cell[]): void {
    const found = totalsOf(feature);
    for (const cell of cells) if (cell.key.scope === 'plan') found.unmerged.push(cell);
    if (found.unmerged.length > MAX_UNMERGED) merge(found);
  }

  return {
    replace(feature, cells) {
      totals.delete(feature);
      apply(feature, cells);
    },
    apply,
    estimates({ name, plans, failureCostNanoUsd, objective }) {
      const found = totalsOf(name);
      merge(found);
      return estimatePlans(found.plans, {
        plans: plans.map(planKey),
        failureCostUsd: toUsd(failureCostNanoUsd),
        perSuccess: objective === 'cost-per-success',
      });
    },
  };
}

function merge(feature: FeatureTotals): void {
  for (const { key, sums } of feature.unmerged) addAt(feature.plans, key.subject, sums);
  feature.unmerged = [];
}
