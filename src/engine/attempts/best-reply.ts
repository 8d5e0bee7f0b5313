/** Chooses which of several exchanges of one request goes to the caller. */
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { AttemptStatus } from '../../core/ledger/vocabulary.ts';
import type { Exchanged } from './exchange.ts';
import { discard } from './send.ts';

/**
 * A reply, even a rejected one, is worth more than a fault, and a fault (which says "try again", and when) more than a
 * refusal. Of two faults the later one counts, of two refusals the earlier one: it comes from the model that the decision
 * chose. The other exchange is discarded.
 */
export function betterOf<Reply>(earlier: Exchanged<Reply> | undefined, later: Exchanged<Reply>): Exchanged<Reply> {
  if (earlier === undefined) return later;
  const rise = rank(later.status) - rank(earlier.status);
  const isLater = rise > 0 || (rise === 0 && rank(later.status) >= FAULT);
  discard(isLater ? earlier : later);
  return isLater ? later : earlier;
}

const FAULT = 2;

function rank(status: AttemptStatus): number {
  if (status === 'ok') return FAULT + 2;
  // The caller has left: no other result matters to it.
  if (status === 'aborted') return FAULT + 1;
  if (isRetryable(status)) return FAULT;
  return status === 'rejected-request' ? 1 : 0;
}
