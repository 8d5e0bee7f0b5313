/** Follow-up when a feature's statistics are read from the store: its beliefs, pooled priors for every feature, alerts. */
import { empiricalBayes } from '../../core/beliefs/priors.ts';
import type { RateCell } from '../../core/cells/rate-cells.ts';
import { rateCells } from '../../core/cells/rate-cells.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { Alerts } from './alerts.ts';
import type { FeatureState } from './feature-state.ts';

export interface Learning {
  /** Replaces a configured feature's statistics with the store's cells. */
  replace(feature: string, cells: readonly Cell[]): void;
}

export function learning(features: ReadonlyMap<string, FeatureState>, alerts: Alerts): Learning {
  const rates = new Map<string, readonly RateCell[]>();
  const hasAlerts = alerts.onDrift !== undefined || alerts.onFailureCostMismatch !== undefined;
  // Loaded only where an application listens.
  const alert = hasAlerts ? import('./alerts.ts').then(({ alerting }) => alerting(alerts)) : undefined;

  /** Recomputes the pooled prior (empirical Bayes) from all features. */
  function poolPriors(): void {
    if (features.size < 2) return;
    const priors = empiricalBayes([...rates.values()].flat());
    for (const [name, feature] of features) feature.learned.setPriors(priors.byFeature.get(name) ?? priors.typical);
  }

  return {
    replace(feature, cells) {
      const state = features.get(feature);
      if (state === undefined) return;
      state.replace(cells);
      rates.set(feature, rateCells(cells, { feature, starts: state.learned.starts }));
      poolPriors();
      void alert?.then(look => look(state.config, cells));
    },
  };
}
