/** A time limit for the store's answers: a store that does not answer in time has failed. */
import { RouterError } from '../errors.ts';
import type { Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';
import { revised } from './revised.ts';

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
  const answering: Store = Object.freeze<Store>({
    ...revised(() => answering),
    name,
    ...(isPrivate === undefined ? {} : { isPrivate }),
    ...(spoolPath === undefined ? {} : { spoolPath }),
    commit: async change => limited(async () => store.commit(change)),
    load: async intentId => limited(async () => store.load(intentId)),
    cells: async feature => limited(async () => store.cells(feature)),
    due: async (nowMs, limit) => limited(async () => store.due(nowMs, limit)),
    generation: async () => limited(async () => store.generation()),
    ...optionalMethods(store, limited),
    features: async () => store.features(),
    intents: async range => store.intents(range),
    scan: range => store.scan(range),
    replaceCells: async (feature, cells, options) => store.replaceCells(feature, cells, options),
    prune: async (beforeMs, options) => store.prune(beforeMs, options),
    prunedCells: async feature => store.prunedCells(feature),
    close: async () => store.close(),
  });
  return answering;
}

function timedOut({ name }: Store, timeoutMs: number): RouterError {
  return new RouterError('store-unusable', `${name} has not answered within ${timeoutMs} ms`);
}
