/** The sums of every plan, kept in memory in step with the ledger, so that observers can read them without the store. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { PlanEstimate } from '../../core/report/estimate.ts';
import type { estimatePlans } from '../../core/report/estimate.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import { addAt } from '../../core/cells/sums.ts';
import type { RoundedCell } from '../../core/cells/cell.ts';
import { integerCell } from '../../core/cells/cell.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';

export interface PlanTotals {
  /** Adds the delta of a commit, or what a read of the store has found beyond that. */
  apply(feature: string, delta: readonly RoundedCell[]): void;
  /** Empty until {@link PlanTotals.loaded}. */
  estimates(config: ResolvedFeature): readonly PlanEstimate[];
  /** Resolves when the estimator is loaded, a moment after the start: a router without an observer does not need it. */
  readonly loaded: Promise<void>;
}

interface FeatureTotals {
  readonly plans: Map<PlanKey, GrowingSums>;
  /**
   * The only segment, or whether there are several: plans may have got different requests, and are not compared here in
   * that case.
   */
  segment: string | undefined;
  hasSeveral: boolean;
  /** Cells that are not in the sums yet. They are merged lazily on read, because most processes never read these totals. */
  unmerged: RoundedCell[];
}

/** Cells that may wait unmerged. A higher limit takes more memory; a lower one merges more often although nothing reads the sums. */
const MAX_UNMERGED = 4_096;

export function planTotals(): PlanTotals {
  const totals = new Map<string, FeatureTotals>();
  let estimate: typeof estimatePlans | undefined;
  const loaded = import('../../core/report/estimate.ts').then(report => void (estimate = report.estimatePlans));

  function totalsOf(feature: string): FeatureTotals {
    let found = totals.get(feature);
    if (found === undefined)
      totals.set(feature, (found = { plans: new Map(), segment: undefined, hasSeveral: false, unmerged: [] }));
    return found;
  }

  function apply(feature: string, cells: readonly RoundedCell[]): void {
    const found = totalsOf(feature);
    for (const cell of cells) if (cell.key.scope === 'plan') found.unmerged.push(cell);
    if (found.unmerged.length > MAX_UNMERGED) merge(found);
  }

  return {
    apply,
    loaded,
    estimates({ name, plans, failureCostNanoUsd, objective }) {
      if (estimate === undefined) return [];
      const found = totalsOf(name);
      merge(found);
      const comparison = {
        plans: plans.map(planKey),
        failureCostUsd: toUsd(failureCostNanoUsd),
        perSuccess: objective === 'cost-per-success',
      };
      return estimate(found.plans, comparison, found.hasSeveral ? false : undefined);
    },
  };
}

function merge(feature: FeatureTotals): void {
  for (const cell of feature.unmerged) {
    feature.hasSeveral ||= cell.key.segment !== (feature.segment ??= cell.key.segment);
    addAt(feature.plans, cell.key.subject, integerCell(cell).sums);
  }
  feature.unmerged = [];
}
