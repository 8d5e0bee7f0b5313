/** A store that does not answer is a store that failed: what calls wait for has a time limit. */
import { RouterError } from '../errors.ts';
import type { Store } from '../contracts/store.ts';

export interface AnswerWithinOptions {
  readonly timeoutMs: number;
  /** Calls back once after `ms`, unless what it returns is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/**
 * The store, rejecting with `store-unusable` where a request would wait longer than `ms` for it. After that one question at
 * a time finds out whether it answers again; others are not kept waiting. A change that is committed all the same, later, is
 * known to whoever replays it. Reports, scans and maintenance may take their time.
 */
export function answerWithin(store: Store, { timeoutMs: ms, after }: AnswerWithinOptions): Store {
  let isSilent = false;
  let isProbed = false;

  async function limited<Value>(question: () => Promise<Value>): Promise<Value> {
    if (isSilent && isProbed) throw silent(store, ms);
    isProbed = isSilent;
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = after(ms, () => {
        isSilent = true;
        isProbed = false;
        reject(silent(store, ms));
      });
    });
    const answer = question().finally(() => {
      cancel();
      isSilent = false;
      isProbed = false;
    });
    return Promise.race([answer, late]);
  }

  const { name, isPrivate, spoolPath } = store;
  return Object.freeze<Store>({
    name,
    ...(isPrivate === undefined ? {} : { isPrivate }),
    ...(spoolPath === undefined ? {} : { spoolPath }),
    commit: async change => limited(async () => store.commit(change)),
    load: async intentId => limited(async () => store.load(intentId)),
    cells: async feature => limited(async () => store.cells(feature)),
    due: async (atMs, limit) => limited(async () => store.due(atMs, limit)),
    generation: async () => limited(async () => store.generation()),
    features: async () => store.features(),
    intents: async range => store.intents(range),
    scan: range => store.scan(range),
    replaceCells: async (feature, cells, options) => store.replaceCells(feature, cells, options),
    prune: async (beforeMs, options) => store.prune(beforeMs, options),
    prunedCells: async feature => store.prunedCells(feature),
    close: async () => store.close(),
  });
}

function silent({ name }: Store, ms: number): RouterError {
  return new RouterError('store-unusable', `${name} has not answered within ${ms} ms`);
}
