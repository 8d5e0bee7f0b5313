/** Reports an outage of the store once, instead of with each attempt. */
import { errorLabel } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

/**
 * An error that comes again within this time belongs to the same outage. Longer: an outage soon after another is not
 * reported.
 */
const OUTAGE_GAP_MS = 300_000;

/** Errors that are remembered. Only if many different ones occur (damaged rows, say) are some reported again sooner. */
const MAX_REMEMBERED = 100;

/** The function to call with each error of the store; `tell` is called with the first error of each outage. */
export function storeFaults(
  tell: (error: unknown) => void,
  { elapsedMs }: Pick<Runtime, 'elapsedMs'>,
): (error: unknown) => void {
  const lastMs = new Map<string, number>();
  return error => {
    const label = error instanceof Error ? error.message : errorLabel(error);
    const isNew = elapsedMs() - (lastMs.get(label) ?? Number.NEGATIVE_INFINITY) > OUTAGE_GAP_MS;
    if (lastMs.size >= MAX_REMEMBERED) lastMs.clear();
    lastMs.set(label, elapsedMs());
    if (isNew) tell(error);
  };
}
