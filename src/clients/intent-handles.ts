/** Intents that have a handle in this process: what was said of them before their first request. */
import { LRUCache } from 'lru-cache';
import type { IntentOptions } from '../engine/request/routed-request.ts';

/**
 * Whose id it is: `made` by this process, so that nothing of the intent can be in the store before it was used here;
 * `given` by the application, so that the store must be asked.
 */
export type IdOrigin = 'made' | 'given';

export interface OpenIntents {
  add(id: string, options: IntentOptions, origin: IdOrigin): void;
  /** `undefined` for an id that no handle of this process has made. */
  options(id: string): IntentOptions | undefined;
  /** Tells whoever comes first; `undefined` for all who come later, and for an id without a handle. */
  claim(id: string): IdOrigin | undefined;
}

interface OpenIntent {
  readonly options: IntentOptions;
  unclaimed: IdOrigin | undefined;
}

/** @param capacity handles remembered between their making and their use (default 50,000) */
export function openIntents(capacity = 50_000): OpenIntents {
  const known = new LRUCache<string, OpenIntent>({ max: capacity });
  return {
    add(id, options, origin) {
      known.set(id, { options, unclaimed: origin });
    },
    options: id => known.get(id)?.options,
    claim(id) {
      const intent = known.get(id);
      const origin = intent?.unclaimed;
      if (intent !== undefined) intent.unclaimed = undefined;
      return origin;
    },
  };
}
