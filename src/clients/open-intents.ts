/** Intents that have a handle in this process: what was said of them before their first request. */
import { LRUCache } from 'lru-cache';
import type { IntentOptions } from '../engine/request.ts';

export interface OpenIntents {
  add(id: string, options: IntentOptions): void;
  /** `undefined` for an id that no handle of this process has made. */
  options(id: string): IntentOptions | undefined;
}

/** @param capacity handles remembered between their making and their use (default 50,000) */
export function openIntents(capacity = 50_000): OpenIntents {
  const known = new LRUCache<string, IntentOptions>({ max: capacity });
  return { add: (id, options) => void known.set(id, options), options: id => known.get(id) };
}
