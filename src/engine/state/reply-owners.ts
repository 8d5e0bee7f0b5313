/** Which model wrote a reply that a later request continues: from this process's replies, else from the store. */
import { LRUCache } from 'lru-cache';
import type { Fault } from '../../contracts/observer.ts';
import type { Store } from '../../contracts/store.ts';

export interface ReplyOwners {
  keep(keys: readonly string[], model: string): void;
  /** Configured name of the model that wrote the first known of these replies. A promise only where the store is asked; never rejects. */
  of(keys: readonly string[]): string | undefined | Promise<string | undefined>;
}

/** Keys kept in memory. More: fewer questions to the store; about 150 bytes each. */
const CAPACITY = 10_000;

export function replyOwners(store: Pick<Store, 'modelOfReply'>, faulted: (fault: Fault) => void): ReplyOwners {
  const owners = new LRUCache<string, string>({ max: CAPACITY });

  async function stored(keys: readonly string[]): Promise<string | undefined> {
    try {
      for (const key of keys) {
        const model = await store.modelOfReply?.(key);
        if (model !== undefined) return model;
      }
    } catch (error) {
      // The request goes on as one whose model is not known.
      faulted({ where: 'store', error });
    }
    return undefined;
  }

  return {
    keep(keys, model) {
      for (const key of keys) owners.set(key, model);
    },
    of(keys) {
      for (const key of keys) {
        const model = owners.get(key);
        if (model !== undefined) return model;
      }
      return keys.length === 0 || store.modelOfReply === undefined ? undefined : stored(keys);
    },
  };
}
