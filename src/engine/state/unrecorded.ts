/** Notices a feature whose outcomes are not recorded: everything works, and nothing is learned. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Fault } from '../../contracts/observer.ts';
import type { RoundedCell } from '../../core/cells/cell.ts';

/**
 * Intents without any outcome after which a warning is given. Fewer: outcomes that come within the hour are reported as
 * missing.
 */
const TOLD_AFTER = 100;

/** Call with every delta of a feature, of this process or read from the store. */
export type OutcomeWatch = (feature: string, delta: readonly RoundedCell[]) => void;

/** Warns once per feature. Where silence is an outcome, every intent gets one. */
export function outcomeWatch(
  features: ReadonlyMap<string, Pick<ResolvedFeature, 'silence'>>,
  tell: { readonly warn: (error: unknown) => void; readonly faulted: (fault: Fault) => void },
): OutcomeWatch {
  const watched = new Map<string, { intents: number; outcomes: number }>();
  for (const [name, { silence }] of features)
    if ((silence?.success ?? null) === null) watched.set(name, { intents: 0, outcomes: 0 });
  return (feature, delta) => {
    const counts = watched.get(feature);
    if (counts === undefined) return;
    for (const { key, sums } of delta) {
      if (key.scope !== 'node') continue;
      counts.intents += Number(sums.ended ?? 0);
      counts.outcomes += Number(sums.labelled ?? 0);
    }
    if (counts.outcomes === 0 && counts.intents < TOLD_AFTER) return;
    watched.delete(feature);
    if (counts.outcomes > 0) return;
    import('./unrecorded-words.ts')
      .then(({ tellUnrecorded }) => tellUnrecorded({ feature, intents: counts.intents }, tell))
      .catch(() => {});
  };
}
