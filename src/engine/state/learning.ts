/** Follow-up when a feature's statistics are read from the store: its beliefs, pooled priors for every feature, alerts. */
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
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { FeatureState } from './feature-state.ts';

/** Callbacks for findings that a person should look at. Each one is reported once. */
export interface Alerts {
  readonly onDrift?: (event: DriftEvent & { readonly feature: string }) => void;
  readonly onFailureCostMismatch?: (check: FailureCostCheck & { readonly feature: string }) => void;
}

export interface Learning {
  /** Replaces a configured feature's statistics with the store's cells. */
  replace(feature: string, cells: readonly Cell[]): void;
}

export function learning(features: ReadonlyMap<string, FeatureState>, alerts: Alerts): Learning {
  const rates = new Map<string, readonly RateCell[]>();
  /** Time of the latest drift found, by feature. */
  const latestDriftMs = new Map<string, number>();
  /** Features whose mismatch has been reported. */
  const mismatched = new Set<string>();

  /** Recomputes the pooled prior (empirical Bayes) from all features. */
  function poolPriors(): void {
    if (features.size < 2) return;
    const priors = empiricalBayes([...rates.values()].flat());
    for (const [name, feature] of features) feature.learned.setPriors(priors.byFeature.get(name) ?? priors.typical);
  }

  function alertOnDrift(feature: string, cells: readonly Cell[]): void {
    if (alerts.onDrift === undefined) return;
    const events = driftOf(cells);
    const earlierMs = latestDriftMs.get(feature);
    latestDriftMs.set(feature, Math.max(earlierMs ?? 0, ...events.map(event => event.atMs)));
    // The first read only records the drifts found: those from before this process started raise no alert.
    if (earlierMs === undefined) return;
    for (const event of events) if (event.atMs > earlierMs) alerts.onDrift({ ...event, feature });
  }

  function alertOnMismatch({ name, failureCostNanoUsd }: ResolvedFeature, cells: readonly Cell[]): void {
    if (alerts.onFailureCostMismatch === undefined || mismatched.has(name)) return;
    const check = checkFailureCost(sumOf(sumsByPlan(cells).values()), toUsd(failureCostNanoUsd));
    if (!check.mismatch) return;
    mismatched.add(name);
    alerts.onFailureCostMismatch({ ...check, feature: name });
  }

  return {
    replace(feature, cells) {
      const state = features.get(feature);
      if (state === undefined) return;
      state.replace(cells);
      rates.set(feature, rateCells(cells, { feature, starts: state.learned.starts }));
      poolPriors();
      alertOnDrift(feature, cells);
      alertOnMismatch(state.config, cells);
    },
  };
}
