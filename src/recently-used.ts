/** A cache of the entries that were used last. */
import { LRUCache } from 'lru-cache';

/**
 * Takes memory as it fills. `max` of the package would allocate all of it at once: making a router took 25
 * times as long.
 */
export function recentlyUsed<Key extends object | string, Value extends object | string | true>(
  capacity: number,
): LRUCache<Key, Value> {
  return new LRUCache({ maxSize: capacity, sizeCalculation: () => 1 });
}
