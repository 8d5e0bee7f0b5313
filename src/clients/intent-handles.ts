/** Intents that have a handle in this process, and the options they were created with. */
import type { IntentOptions } from '../engine/request/routed-request.ts';
import { recentlyUsed } from '../recently-used.ts';

/**
 * Where an intent's id comes from. An id `made` by this process cannot be in the store before this process uses it; an id
 * `given` by the application can, so the store must be asked.
 */
export type IdOrigin = 'made' | 'given';

export interface IntentHandles {
  add(id: string, options: IntentOptions, origin: IdOrigin): void;
  /** `undefined` for an id without a handle in this process. */
  get(id: string): HandledIntent | undefined;
  /** Call when the application says that the agent of this intent is stuck. */
  setStuck(id: string): void;
  isStuck(id: string): boolean;
}

/** An intent that has a handle. */
export interface HandledIntent {
  /**
   * The id's text from the handle: each request spells the id in a new string, which would be kept and hashed once more.
   */
  readonly id: string;
  readonly options: IntentOptions;
  /** Set until the first caller has taken it. */
  origin: IdOrigin | undefined;
}

/** @param capacity handles kept (default 50,000); beyond it the least recently used are forgotten */
export function intentHandles(capacity = 50_000): IntentHandles {
  const known = recentlyUsed<string, HandledIntent>(capacity);
  const stuck = recentlyUsed<string, true>(capacity);
  return {
    add(id, options, origin) {
      known.set(id, { id, options, origin });
    },
    get: id => known.get(id),
    setStuck: id => void stuck.set(id, true),
    isStuck: id => stuck.has(id),
  };
}
