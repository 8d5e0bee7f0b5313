/** The spool, loaded when the store is first used or drained: a process that only imports the router does not need it. */
import type { Change, Store } from '../contracts/store.ts';
import { nodeModule } from '../node-module.ts';
import { optionalMethods } from './optional-methods.ts';
import type { SpoolingStore, SpoolOptions } from './spool.ts';

/**
 * Does what {@link spooling} of `spool.ts` does, and loads that file at the first call.
 *
 * @throws RouterError `unsupported-runtime` where there are no files
 */
export function spoolingOnUse(store: Store, options: SpoolOptions): SpoolingStore {
  nodeModule('node:fs', 'a spool');
  let loaded: SpoolingStore | undefined;
  let loading: Promise<SpoolingStore> | undefined;
  const spool = async (): Promise<SpoolingStore> => {
    loading ??= import('./spool.ts').then(({ spooling }) => (loaded = spooling(store, options)));
    return loading;
  };
  return Object.freeze<SpoolingStore>({
    name: store.name,
    get spooled() {
      return loaded?.spooled ?? 0;
    },
    commitAll: Object.assign(async (changes: readonly Change[]) => (await spool()).commitAll(changes), {
      // The first `commitAll` opens the changes that an earlier process left.
      now: (changes: readonly Change[]) => loaded?.commitAll.now?.(changes),
    }),
    load: async intentId => (await spool()).load(intentId),
    claimDue: async (...claim) => (await spool()).claimDue(...claim),
    cells: async (feature, damaged) => (await spool()).cells(feature, damaged),
    cellsSince: async (feature, since, damaged) => (await spool()).cellsSince(feature, since, damaged),
    generations: async features => (await spool()).generations(features),
    async *scan(range) {
      yield* (await spool()).scan(range);
    },
    async *scanPages(range) {
      yield* (await spool()).scanPages(range);
    },
    // Loads the spool even if nothing has used it: an earlier process may have left changes.
    drain: async () => (await spool()).drain(),
    consistently: async work => (await spool()).consistently(work),
    correctCells: async (feature, difference, correction) =>
      (await spool()).correctCells(feature, difference, correction),
    features: async () => (await spool()).features(),
    intents: async range => (await spool()).intents(range),
    prune: async (beforeMs, pruneOptions) => (await spool()).prune(beforeMs, pruneOptions),
    prunedCells: async feature => (await spool()).prunedCells(feature),
    maintain: async nowMs => (await spool()).maintain(nowMs),
    ...optionalMethods(store),
    routingCells: async feature => (await spool()).routingCells(feature),
    close: async withinMs => (await spool()).close(withinMs),
  });
}
