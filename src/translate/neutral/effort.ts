/** Levels of effort, in order. */
import type { Effort } from '../../core/ledger/effort.ts';
import { EFFORTS } from '../../core/ledger/effort.ts';

const LEVELS: ReadonlySet<unknown> = new Set(EFFORTS);

export function isEffort(value: unknown): value is Effort {
  return LEVELS.has(value);
}

/**
 * The requested level, else the nearest lower one that the model accepts, else its lowest; `undefined` if the model accepts none.
 */
export function nearestEffort(asked: Effort, taken: readonly Effort[]): Effort | undefined {
  const most = EFFORTS.indexOf(asked);
  return (
    EFFORTS.findLast((level, rank) => rank <= most && taken.includes(level)) ??
    EFFORTS.find(level => taken.includes(level))
  );
}
