/** Findings in a feature's statistics that a person should look at. Each one is reported once. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { sumOf, sumsByPlan } from '../../core/cells/sums.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { DriftEvent } from '../../core/report/drift.ts';
import { driftOf } from '../../core/report/drift.ts';
import type { FailureCostCheck } from '../../core/report/failure-cost.ts';
import { checkFailureCost } from '../../core/report/failure-cost.ts';

export interface Alerts {
  readonly onDrift?: (event: DriftEvent & { readonly feature: string }) => void;
  readonly onFailureCostMismatch?: (check: FailureCostCheck & { readonly feature: string }) => void;
}

/** A function to call with a feature and all of its cells whenever they are read. */
export function alerting({
  onDrift,
  onFailureCostMismatch,
}: Alerts): (feature: ResolvedFeature, cells: readonly Cell[]) => void {
  /** Time of the latest drift found, by feature. */
  const latestDriftMs = new Map<string, number>();
  /** Features whose mismatch has been reported. */
  const mismatched = new Set<string>();

  function alertOnDrift(feature: string, cells: readonly Cell[]): void {
    if (onDrift === undefined) return;
    const events = driftOf(cells);
    const earlierMs = latestDriftMs.get(feature);
    latestDriftMs.set(feature, Math.max(earlierMs ?? 0, ...events.map(event => event.atMs)));
    // The first read only records the drifts found: those from before this process started raise no alert.
    if (earlierMs === undefined) return;
    for (const event of events) if (event.atMs > earlierMs) onDrift({ ...event, feature });
  }

  function alertOnMismatch({ name, failureCostNanoUsd }: ResolvedFeature, cells: readonly Cell[]): void {
    if (onFailureCostMismatch === undefined || mismatched.has(name)) return;
    const check = checkFailureCost(sumOf(sumsByPlan(cells).values()), toUsd(failureCostNanoUsd));
    if (!check.mismatch) return;
    mismatched.add(name);
    onFailureCostMismatch({ ...check, feature: name });
  }

  return (feature, cells) => {
    alertOnDrift(feature.name, cells);
    alertOnMismatch(feature, cells);
  };
}
