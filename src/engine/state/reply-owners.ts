/**
 * Finds the model that wrote a reply which a later request continues, and the intent that waits for an unfinished reply: from this
 * process's replies, else from the store.
 */
import type { Fault } from '../../contracts/observer.ts';
import type { Store } from '../../contracts/store.ts';
import { storedText } from '../../core/ledger/names.ts';
import { recentlyUsed } from '../../recently-used.ts';

/** Keys are given as the provider or the request writes them, or as they are stored: {@link storedText}. */
export interface ReplyOwners {
  keep(keys: readonly string[], model: string): void;
  /** Configured name of the model that wrote the first known of these replies. A promise only where the store is asked; never rejects. */
  of(keys: readonly string[]): string | undefined | Promise<string | undefined>;
  /** The intent has an attempt whose reply, with one of these keys, was not finished. */
  await(keys: readonly string[], intentId: string): void;
  /** False where this process knows, without the store, that no intent waits for the reply. */
  mayAwait(key: string): boolean;
  /** Id of the intent that waits, or has waited, for the reply. Rejects as the store does. */
  intentOf(key: string): Promise<string | undefined>;
}

/** Keys kept in memory. More: fewer queries of the store; about 150 bytes each. */
const CAPACITY = 10_000;

export function replyOwners(
  store: Pick<Store, 'modelOfReply' | 'intentOfReply'>,
  faulted: (fault: Fault) => void,
  capacity = CAPACITY,
): ReplyOwners {
  const owners = recentlyUsed<string, string>(capacity);
  /** Created with the first reply to wait for: most processes never wait for one. */
  let awaited: typeof owners | undefined;

  async function stored(keys: readonly string[]): Promise<string | undefined> {
    try {
      for (const key of keys) {
        const model = await store.modelOfReply?.(key);
        if (model !== undefined) return model;
      }
    } catch (error) {
      // The request continues as one whose model is not known.
      faulted({ where: 'store', error });
    }
    return undefined;
  }

  return {
    keep(keys, model) {
      for (const key of keys) owners.set(storedText(key), model);
    },
    of(given) {
      const keys = given.map(key => storedText(key));
      for (const key of keys) {
        const model = owners.get(key);
        if (model !== undefined) return model;
      }
      return keys.length === 0 || store.modelOfReply === undefined ? undefined : stored(keys);
    },
    await(keys, intentId) {
      awaited ??= recentlyUsed(capacity);
      for (const key of keys) awaited.set(storedText(key), intentId);
    },
    mayAwait: key => awaited?.has(storedText(key)) === true || store.intentOfReply !== undefined,
    async intentOf(given) {
      const key = storedText(given);
      return awaited?.get(key) ?? store.intentOfReply?.(key);
    },
  };
}
