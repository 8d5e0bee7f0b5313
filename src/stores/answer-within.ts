/** A time limit for the store's answers: a store that does not answer in time has failed. */
import { RouterError } from '../errors.ts';
import type { Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';

export interface AnswerWithinOptions {
  readonly timeoutMs: number;
  /** Calls back once after `ms`, unless the function it returns is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/**
 * The store with a time limit for the calls that requests wait for: they reject with `store-unusable` after `timeoutMs`.
 * While the store does not answer, one call at a time probes it, and every other call rejects at once. A commit that timed
 * out may still succeed later; replaying it finds its records in the ledger. Reports, scans and maintenance have no limit.
 */
export function answerWithin(store: Store, { timeoutMs, after }: AnswerWithinOptions): Store {
  let state: 'answering' | 'silent' | 'probed' = 'answering';

  async function limited<Value>(question: () => Promise<Value>): Promise<Value> {
    if (state === 'probed') throw timedOut(store, timeoutMs);
    if (state === 'silent') state = 'probed';
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = after(timeoutMs, () => {
        state = 'silent';
        reject(timedOut(store, timeoutMs));
      });
    });
    const answer = question().finally(() => {
      cancel();
      state = 'answering';
    });
    return Promise.race([answer, late]);
  }

  const { name, isPrivate, spoolPath } = store;
  return Object.freeze<Store>({
    name,
    ...(isPrivate === undefined ? {} : { isPrivate }),
    ...(spoolPath === undefined ? {} : { spoolPath }),
    commitAll: async changes => limited(async () => store.commitAll(changes)),
    load: async intentId => limited(async () => store.load(intentId)),
    cells: async (feature, damaged) => limited(async () => store.cells(feature, damaged)),
    cellsSince: async (feature, since, damaged) => limited(async () => store.cellsSince(feature, since, damaged)),
    generations: async features => limited(async () => store.generations(features)),
    claimDue: async (...claim) => limited(async () => store.claimDue(...claim)),
    ...optionalMethods(store, limited),
    features: async () => store.features(),
    intents: async range => store.intents(range),
    scan: range => store.scan(range),
    scanPages: range => store.scanPages(range),
    consistently: async work => store.consistently(work),
    correctCells: async (feature, difference, options) => store.correctCells(feature, difference, options),
    prune: async (beforeMs, options) => store.prune(beforeMs, options),
    prunedCells: async feature => store.prunedCells(feature),
    maintain: async nowMs => store.maintain(nowMs),
    close: async withinMs => store.close(withinMs),
  });
}

function timedOut({ name }: Store, timeoutMs: number): RouterError {
  return new RouterError('store-unusable', `${name} has not answered within ${timeoutMs} ms`);
}
