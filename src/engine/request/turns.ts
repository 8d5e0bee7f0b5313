/** The requests of an intent so far. A judge's own calls belong to the request that they judge. */
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, NodeKey } from '../../core/ledger/vocabulary.ts';

/** Number of the intent's next request. */
export function turnOf({ attempts }: Pick<Intent, 'attempts'>): number {
  let last = 0;
  for (const attempt of attempts) if (attempt.kind !== 'judge' && attempt.turn > last) last = attempt.turn;
  return last + 1;
}

/** The intent's first reply, those of judges aside; it may still be to come. */
export function firstReplyOf({ attempts }: Pick<Intent, 'attempts'>): Attempt | undefined {
  return attempts.find(({ status, kind }) => status === 'ok' && kind !== 'judge');
}

/** Requests of the intent that were sent to the node so far. */
export function turnsAt({ attempts }: Pick<Intent, 'attempts'>, node: NodeKey): number {
  return new Set(
    attempts.filter(attempt => attempt.node === node && attempt.kind !== 'judge').map(attempt => attempt.requestId),
  ).size;
}
