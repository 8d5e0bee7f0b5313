/**
 * Updates what follows from a feature's statistics: its beliefs and, after a read of the store, the pooled priors of all
 * features and the alerts.
 */
import { poolPriors } from '../../core/beliefs/priors.ts';
import type { RateCell } from '../../core/cells/rate-cells.ts';
import { growingRateCells } from '../../core/cells/rate-cells.ts';
import type { Cell, RoundedCell } from '../../core/cells/cell.ts';
import type { Runtime } from '../../runtime.ts';
import type { Alerts } from './alerts.ts';
import type { FeatureState } from './feature-state.ts';

export interface Learning {
  /** Whether the application listens for alerts, so that all cells are searched for them. */
  readonly hasAlerts: boolean;
  /** Pools the priors with these totals of other features too, until such a feature is read itself. */
  seed(totals: readonly Cell[]): void;
  /** Adds statistics that were decided or read from the store at this time to a configured feature. */
  apply(feature: string, delta: readonly RoundedCell[], atMs: number): void;
  /** Call after a read of the store, with a function that returns all cells if they are read. Resolves when they were looked through. */
  refreshed(feature: string, cells: (() => Promise<readonly Cell[]>) | undefined): Promise<void> | undefined;
}

/** Priors are pooled over this many features at most: those with the most outcomes, which say nearly all that there is to know. */
const MAX_POOLED_FEATURES = 128;

/**
 * Pooling is followed by a pause of at least this many times its duration, so that it takes 0.2 % of the time at most: the
 * priors change slowly, and pooling takes as long as many calls.
 */
const PAUSE_PER_POOLING = 500;

export function learning(
  features: ReadonlyMap<string, FeatureState>,
  alerts: Alerts,
  { elapsedMs }: Pick<Runtime, 'elapsedMs'>,
): Learning {
  // One object for all features: separate maps for thousands of features would not fit in the processor's caches.
  const rates = growingRateCells();
  const pool = mostInformative(MAX_POOLED_FEATURES);
  const hasAlerts = alerts.onDrift !== undefined || alerts.onFailureCostMismatch !== undefined;
  // Loaded only where the application listens for alerts.
  const alert = hasAlerts ? import('./alerts.ts').then(({ alerting }) => alerting(alerts)) : undefined;
  let priorsOf: ReturnType<typeof poolPriors> | undefined;
  let nextPoolingAtMs = 0;

  /** The pooled priors (empirical Bayes) of these features, possibly a moment old. */
  function pooled(): ReturnType<typeof poolPriors> {
    const startedMs = elapsedMs();
    if (priorsOf !== undefined && startedMs < nextPoolingAtMs) return priorsOf;
    priorsOf = poolPriors(pool.rows());
    const endedMs = elapsedMs();
    nextPoolingAtMs = endedMs + PAUSE_PER_POOLING * (endedMs - startedMs);
    return priorsOf;
  }

  /** Priors are pooled over several features, or with evidence from outside; a single feature learns from no other. */
  function isPooled({ learned }: FeatureState): boolean {
    return features.size > 1 || learned.expected !== undefined;
  }

  function expect(feature: string, { learned }: FeatureState): void {
    if (!rates.expects(feature)) rates.expect(feature, learned);
  }

  return {
    hasAlerts,
    seed(totals) {
      for (const [feature, cells] of Map.groupBy(totals, ({ key }) => key.feature)) {
        const state = features.get(feature);
        if (state === undefined || rates.expects(feature)) continue;
        // Kept apart until the feature itself is read, which includes these totals.
        const others = growingRateCells();
        others.expect(feature, state.learned);
        others.add(cells);
        pool.set(feature, others.cells());
      }
    },
    apply(feature, delta, atMs) {
      const state = features.get(feature);
      if (state === undefined) return;
      state.apply(delta, atMs);
      if (!isPooled(state)) return;
      expect(feature, state);
      rates.add(delta);
    },
    refreshed(feature, cells) {
      const state = features.get(feature);
      if (state === undefined) return undefined;
      // Each feature takes its new priors when it is read next: thousands at once would stall the process.
      if (isPooled(state)) {
        expect(feature, state);
        const own = rates.cells(feature);
        pool.set(feature, own);
        state.learned.setPriors(pooled()(feature, own), features.size > 1 || 'evidence');
      } else state.learned.invalidate();
      if (alert === undefined || cells === undefined) return undefined;
      // A copy of the present cells: changes that the first search finds raise no alert, so it must not see later evidence.
      const { config } = state;
      return Promise.all([alert, cells()]).then(([look, all]) => look(config, all));
    },
  };
}

interface Pool {
  set(feature: string, rows: readonly RateCell[]): void;
  rows(): readonly RateCell[];
}

/** Holds the rows of the features with the most outcomes: thousands of features are not gone through for each pooling. */
function mostInformative(capacity: number): Pool {
  const byFeature = new Map<string, { readonly rows: readonly RateCell[]; readonly outcomes: number }>();
  return {
    set(feature, rows) {
      const added = { rows, outcomes: rows.reduce((sum, { n }) => sum + n, 0) };
      byFeature.set(feature, added);
      if (byFeature.size <= capacity) return;
      let least = { feature, outcomes: added.outcomes };
      for (const [name, { outcomes }] of byFeature) if (outcomes < least.outcomes) least = { feature: name, outcomes };
      byFeature.delete(least.feature);
    },
    rows: () => [...byFeature.values()].flatMap(({ rows }) => rows),
  };
}
