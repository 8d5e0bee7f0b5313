/**
 * Why usage is an estimate: the parts that a reply does not state, under the names in the list of what has no known price.
 */
import type { PartialUsage } from '../../core/ledger/usage.ts';

const NO_USAGE = 'no usage';

/**
 * Of a reply that the caller, a timeout or the network cut off, or that is not one of its API. For its usage, that is no surprise:
 * no fault tells it.
 */
export const CUT_OFF = 'usage cut off';

/** What a whole reply leaves out of its usage. @param stated the part that it states, if any */
export function unstatedUsage(stated: PartialUsage | undefined): string {
  // Blocks of a reply may show that there were searches, whatever its usage says.
  if ((stated?.input ?? stated?.output ?? stated?.total) === undefined) return NO_USAGE;
  const missing = (['input', 'output'] as const).filter(name => stated?.[name] === undefined);
  return missing.length === 0 ? CUT_OFF : `usage without ${missing.join(' and ')}`;
}
