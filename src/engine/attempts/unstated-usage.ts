/**
 * Why usage is an estimate: names the parts that a reply does not state, as they appear in the list of parts without a
 * known price.
 */
import type { PartialUsage } from '../../core/ledger/usage.ts';

const NO_USAGE = 'no usage';

/**
 * For a reply that the caller, a timeout or the network cut off, or that is not a reply of its API. Its usage is expected to be
 * missing, so no fault reports that.
 */
export const CUT_OFF = 'usage cut off';

/**
 * The parts of its usage that a complete reply does not state. @param stated the part of the usage that the reply
 * states, if any
 */
export function unstatedUsage(stated: PartialUsage | undefined): string {
  // Blocks of a reply may show that there were searches, whatever its usage says.
  if ((stated?.input ?? stated?.output ?? stated?.total) === undefined) return NO_USAGE;
  const missing = (['input', 'output'] as const).filter(name => stated?.[name] === undefined);
  return missing.length === 0 ? CUT_OFF : `usage without ${missing.join(' and ')}`;
}
