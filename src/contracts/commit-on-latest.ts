/** A commit computed from the latest state of an intent, repeated while other writers win the compare-and-set. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { RouterError } from '../errors.ts';
import type { Change, ChangeResult, Store } from './store.ts';

/** After this many lost compare-and-sets in a row the commit fails: other writers are no longer a plausible reason. */
export const MAX_CAS_RETRIES = 50;

/** What to do with an intent as it is now: commit the change, or only return the result. */
export interface CommitStep<Result> {
  readonly change?: Change;
  readonly result: Result;
}

/** Commits a change alone. */
export async function commitOne(store: Pick<Store, 'name' | 'commitAll'>, change: Change): Promise<ChangeResult> {
  const [answer] = await store.commitAll([change]);
  if (answer === undefined) throw new TypeError(`${store.name} has not answered to a change`);
  return answer;
}

/**
 * Loads the intent, asks `step` what to commit, and commits it. Rejects as the store does, with the error of a change that
 * it refuses, and with `store-unusable` after {@link MAX_CAS_RETRIES} lost races.
 */
export async function commitOnLatest<Result>(
  store: Pick<Store, 'name' | 'load' | 'commitAll'>,
  intentId: string,
  step: (records: readonly LedgerRecord[]) => CommitStep<Result>,
): Promise<Result> {
  for (let retry = 0; retry <= MAX_CAS_RETRIES; retry++) {
    const { change, result } = step(await store.load(intentId));
    const answer = change === undefined ? undefined : await commitOne(store, change);
    if (answer?.kind === 'refused') throw answer.error;
    if (answer?.kind !== 'conflict') return result;
  }
  throw tooManyRaces(store.name, intentId);
}

export function tooManyRaces(storeName: string, intentId: string): RouterError {
  return new RouterError(
    'store-unusable',
    `${storeName} answered conflict to ${MAX_CAS_RETRIES} changes of one intent in a row`,
    {
      path: intentId,
    },
  );
}
