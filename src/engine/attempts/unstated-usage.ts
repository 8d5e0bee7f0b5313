/** Why usage is an estimate: what a reply does not state of it, as it is named among what has no known price. */
import type { PartialUsage } from '../../core/ledger/usage.ts';

const NO_USAGE = 'no usage';

/**
 * Of a reply that the caller, a timeout or the network cut off, or that is not one of its API. For its usage, that is no surprise:
 * no fault tells it.
 */
export const CUT_OFF = 'usage cut off';

/** What a whole reply leaves out of its usage. @param stated what it does state, if anything */
export function unstatedUsage(stated: PartialUsage | undefined): string {
  // Blocks of a reply may show searches, whatever its usage.
  if ((stated?.input ?? stated?.output ?? stated?.total) === undefined) return NO_USAGE;
  const missing = (['input', 'output'] as const).filter(name => stated?.[name] === undefined);
  return missing.length === 0 ? CUT_OFF : `usage without ${missing.join(' and ')}`;
}
