/** A memory store that counts the intents which took the fast path. */
import type { CommitAll, Store } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';

export function straightStore(): { readonly store: Store; readonly taken: () => number } {
  const store = memory();
  const { now, answered } = store.commitAll;
  if (now === undefined || answered === undefined) throw new TypeError('the memory store takes answered intents');
  let taken = 0;
  const commitAll: CommitAll = Object.assign(async (changes: Parameters<CommitAll>[0]) => store.commitAll(changes), {
    now,
    answered: (...[feature, intents, delta]: Parameters<typeof answered>) => {
      taken += intents.length;
      answered(feature, intents, delta);
    },
  });
  return { store: { ...store, commitAll }, taken: () => taken };
}
