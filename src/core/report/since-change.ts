/** Which outcomes can settle what the plans cost and achieve now: those since the last change of either. */
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';
import { isServedByOther } from '../cells/served-version.ts';
import { rateIdOf, versionParts } from '../cells/version-parts.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';
import type { DriftEvent } from './drift.ts';
import { driftOf } from './drift.ts';

/**
 * End of the last bucket in which a model was used in another version (of itself, its price or its prompt) than it was last, or
 * the last change that was found in a rate, whichever is later: milliseconds since the epoch. `undefined` without a change.
 */
export function lastChangeMs(
  cells: readonly Cell[],
  drift: readonly DriftEvent[] = driftOf(cells),
): number | undefined {
  const rateChanges = drift.flatMap(event => (event.kind === 'version' ? [] : [event.atMs]));
  const last = Math.max(...rateChanges, ...otherVersionEnds(cells));
  return last === -Infinity ? undefined : last;
}

/** The cells of intents since the last change; the same array where nothing changed. */
export function cellsSince(cells: readonly Cell[], changeMs: number | undefined): readonly Cell[] {
  return changeMs === undefined ? cells : cells.filter(({ key }) => key.bucket * BUCKET_MS >= changeMs);
}

/** For each model that had several versions: where the last bucket with another one than its last ends. */
function otherVersionEnds(cells: readonly Cell[]): readonly number[] {
  const used = cells.filter(
    ({ key, sums }) => key.scope === 'node' && !isServedByOther(key.version) && (sums.n ?? 0n) > 0n,
  );
  return [...Map.groupBy(used, ({ key }) => modelOfNode(key.subject)).values()].flatMap(own => {
    /** Where the last bucket of each version ends. A price that depends on the time of day is one. */
    const ends = new Map<string, number>();
    for (const { key } of own) {
      const { quality, price } = versionParts(key.version);
      const id = `${quality}\t${rateIdOf(price)}`;
      ends.set(id, Math.max(ends.get(id) ?? -Infinity, (key.bucket + hoursIn(key)) * BUCKET_MS));
    }
    return [...ends.values()].sort((a, b) => b - a).slice(1, 2);
  });
}
