/** Pools the priors of all features from time to time (empirical Bayes), as a running router does. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { empiricalBayes } from '../../core/beliefs/priors.ts';
import { growingRateCells } from '../../core/cells/rate-cells.ts';
import type { RoundedCell } from '../../core/cells/cell.ts';

export interface PriorPooling {
  /** Adds an intent's cells; recomputes the pooled priors when enough was added. */
  add(delta: readonly RoundedCell[]): void;
}

/** The priors are recomputed when the number of deltas has grown by this fraction. Smaller: slower, priors more recent. */
const UPDATE_GROWTH = 0.05;

/** @param features the learned statistics by feature; their priors are replaced */
export function priorPooling(features: ReadonlyMap<string, LearnedFeature>): PriorPooling {
  const rates = growingRateCells();
  for (const [feature, learned] of features) rates.expect(feature, learned);
  let added = 0;
  let nextUpdate = 0;

  function update(): void {
    const priors = empiricalBayes(rates.cells());
    for (const [feature, learned] of features) {
      learned.setPriors(priors.byFeature.get(feature) ?? priors.typical, features.size > 1 || 'evidence');
    }
    nextUpdate = Math.max(added + 1, added * (1 + UPDATE_GROWTH));
  }

  // A single feature has only evidence from outside to pool with, or keeps its priors, as in a running router.
  const hasEvidence = [...features.values()].some(({ expected }) => expected !== undefined);
  if (features.size < 2 && !hasEvidence) return { add: () => undefined };
  update();
  return {
    add(delta) {
      rates.add(delta);
      added++;
      if (added >= nextUpdate) update();
    },
  };
}
