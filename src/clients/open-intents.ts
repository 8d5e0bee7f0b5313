/** Intents that have a handle in this process: what was said of them before their first request. */
import { LRUCache } from 'lru-cache';
import type { IntentOptions } from '../engine/decide.ts';

export interface OpenIntents {
  /** `isNew`: the id was made by this process just now, so that nothing of the intent can be in the store. */
  add(id: string, options: IntentOptions, isNew: boolean): void;
  /** `undefined` for an id that no handle of this process has made. */
  options(id: string): IntentOptions | undefined;
  /** True once for every new id: nothing of the intent is in the store yet, so it need not be asked. */
  claim(id: string): boolean;
}

interface OpenIntent {
  readonly options: IntentOptions;
  claimed: boolean;
}

/** @param capacity handles remembered between their making and their use (default 50,000) */
export function openIntents(capacity = 50_000): OpenIntents {
  const known = new LRUCache<string, OpenIntent>({ max: capacity });
  return {
    add(id, options, isNew) {
      known.set(id, { options, claimed: !isNew });
    },
    options: id => known.get(id)?.options,
    claim(id) {
      const intent = known.get(id);
      if (intent === undefined || intent.claimed) return false;
      intent.claimed = true;
      return true;
    },
  };
}
