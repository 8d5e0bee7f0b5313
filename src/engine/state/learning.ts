/** What happens when a feature's statistics are read from the store: priors for the others, budgets, alerts. */
import type { DriftEvent } from '../../core/report/drift.ts';
import { driftOf } from '../../core/report/drift.ts';
import type { FailureCostCheck } from '../../core/report/failure-cost.ts';
import { checkFailureCost } from '../../core/report/failure-cost.ts';
import { toUsd } from '../../core/ledger/money.ts';
import { empiricalBayes } from '../../core/beliefs/priors.ts';
import type { RateCell } from '../../core/cells/rate-cells.ts';
import { rateCells } from '../../core/cells/rate-cells.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { sumOf, sumsByPlan } from '../../core/cells/sums.ts';
import type { FeatureState } from './feature-state.ts';

/** Told once of each thing worth a look. */
export interface Alerts {
  readonly onDrift?: (event: DriftEvent & { readonly feature: string }) => void;
  readonly onFailureCostMismatch?: (check: FailureCostCheck & { readonly feature: string }) => void;
}

export interface Learning {
  /** Takes over a feature's cells as the store has them. */
  replaced(feature: string, cells: readonly Cell[]): void;
}

export function learning(features: ReadonlyMap<string, FeatureState>, alerts: Alerts): Learning {
  const rates = new Map<string, readonly RateCell[]>();
  const driftSeenMs = new Map<string, number>();
  const mismatched = new Set<string>();

  /** What every feature shows says something about every other one. */
  function sharePriors(): void {
    if (features.size < 2) return;
    const priors = empiricalBayes([...rates.values()].flat());
    for (const [name, feature] of features) feature.learned.setPriors(priors.byFeature.get(name) ?? priors.typical);
  }

  function tellOfDrift(feature: string, cells: readonly Cell[]): void {
    if (alerts.onDrift === undefined) return;
    const events = driftOf(cells);
    const seenMs = driftSeenMs.get(feature);
    driftSeenMs.set(feature, Math.max(seenMs ?? 0, ...events.map(event => event.atMs)));
    // What had changed before this process began is history, not news.
    if (seenMs === undefined) return;
    for (const event of events) if (event.atMs > seenMs) alerts.onDrift({ ...event, feature });
  }

  function tellOfMismatch(feature: string, cells: readonly Cell[]): void {
    const config = features.get(feature)?.config;
    if (alerts.onFailureCostMismatch === undefined || config === undefined || mismatched.has(feature)) return;
    const total = sumOf(sumsByPlan(cells).values());
    const check = checkFailureCost(total, toUsd(config.failureCostNanoUsd));
    if (!check.mismatch) return;
    mismatched.add(feature);
    alerts.onFailureCostMismatch({ ...check, feature });
  }

  return {
    replaced(feature, cells) {
      features.get(feature)?.replace(cells);
      const learned = features.get(feature)?.learned;
      rates.set(feature, rateCells(cells, learned === undefined ? undefined : { feature, starts: learned.starts }));
      sharePriors();
      tellOfDrift(feature, cells);
      tellOfMismatch(feature, cells);
    },
  };
}
