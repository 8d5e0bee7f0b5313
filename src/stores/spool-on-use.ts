/** The spool, loaded when the store is first used: a process that only imports the router does not need it. */
import type { Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';
import { revised } from './revised.ts';
import type { SpoolingStore, SpoolOptions } from './spool.ts';

/** Like `spooling`, of `spool.ts`. */
export function spoolingOnUse(store: Store, options: SpoolOptions): SpoolingStore {
  let loaded: SpoolingStore | undefined;
  let loading: Promise<SpoolingStore> | undefined;
  const spool = async (): Promise<SpoolingStore> => {
    loading ??= import('./spool.ts').then(({ spooling }) => (loaded = spooling(store, options)));
    return loading;
  };
  const spooled: SpoolingStore = Object.freeze<SpoolingStore>({
    ...revised(() => spooled),
    name: store.name,
    get spooled() {
      return loaded?.spooled ?? 0;
    },
    commit: async change => (await spool()).commit(change),
    load: async intentId => (await spool()).load(intentId),
    due: async (nowMs, limit) => (await spool()).due(nowMs, limit),
    cells: async feature => (await spool()).cells(feature),
    async *scan(range) {
      yield* (await spool()).scan(range);
    },
    // A spool that was never used has nothing to drain.
    drain: async () => loaded?.drain() ?? 0,
    generation: async () => (await spool()).generation(),
    replaceCells: async (feature, cells, replaceOptions) =>
      (await spool()).replaceCells(feature, cells, replaceOptions),
    features: async () => (await spool()).features(),
    intents: async range => (await spool()).intents(range),
    prune: async (beforeMs, pruneOptions) => (await spool()).prune(beforeMs, pruneOptions),
    prunedCells: async feature => (await spool()).prunedCells(feature),
    ...optionalMethods(store),
    close: async () => (await spool()).close(),
  });
  return spooled;
}
