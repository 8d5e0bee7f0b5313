/** What the router does from time to time while it runs live: what every feature shows becomes a prior for the others. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { empiricalBayes } from '../../core/beliefs/priors.ts';
import { growingRateCells } from '../../core/cells/rate-cells.ts';
import type { Cell } from '../../core/cells/cell.ts';

export interface PriorSharing {
  /** Takes note of what an intent adds; now and then the priors of every feature are made anew. */
  add(delta: readonly Cell[]): void;
}

/** Priors are made anew when so much more has been seen. */
const GROWTH = 0.05;

/** @param features everything learnt, by feature */
export function priorSharing(features: ReadonlyMap<string, LearnedFeature>): PriorSharing {
  const rates = growingRateCells();
  for (const [feature, { starts }] of features) rates.setStarts(feature, starts);
  let seen = 0;
  let next = 0;

  function share(): void {
    const priors = empiricalBayes(rates.cells());
    for (const [feature, learned] of features) learned.setPriors(priors.byFeature.get(feature) ?? priors.typical);
    next = Math.max(seen + 1, seen * (1 + GROWTH));
  }

  // One feature has nothing to share: live, its priors stay as they are.
  if (features.size < 2) return { add: () => undefined };
  share();
  return {
    add(delta) {
      rates.add(delta);
      seen++;
      if (seen >= next) share();
    },
  };
}
