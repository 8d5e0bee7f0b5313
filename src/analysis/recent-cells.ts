/** The latest part of a feature's statistics, which represents the present traffic. */
import type { Cell } from '../core/cells/cell.ts';
import { isIn, spanOf, wholeBuckets } from '../core/cells/period.ts';
import { sumsByPlan } from '../core/cells/sums.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';

/**
 * Length of the part of the statistics that represents the present. Larger: old intents, routed with less evidence, count as present
 * losses. Smaller: a quiet week leaves nothing to compute from.
 */
const RECENT_MS = 7 * 86_400_000;

/** The plan cells of the last week that has any. */
export function recentPlanCells(cells: readonly Cell[]): readonly Cell[] {
  const span = spanOf(cells);
  if (span === undefined) return [];
  const period = wholeBuckets({ fromMs: span.toMs - RECENT_MS }, cells);
  return cells.filter(({ key }) => key.scope === 'plan' && isIn(period, key.bucket));
}

/** The intents of these cells by plan; `undefined` without any. */
export function recentIntents(cells: readonly Cell[]): ReadonlyMap<PlanKey, number> | undefined {
  const byPlan = sumsByPlan(recentPlanCells(cells));
  return byPlan.size === 0 ? undefined : new Map([...byPlan].map(([plan, sums]) => [plan, Number(sums.n ?? 0n)]));
}
