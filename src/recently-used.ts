/** A cache of the entries that were used last. */
import { LRUCache } from 'lru-cache';

export type RecentlyUsed<Key extends object | string, Value extends object | string | true> = Pick<
  LRUCache<Key, Value>,
  'get' | 'peek' | 'has' | 'set' | 'delete' | 'keys' | 'size'
>;

/**
 * Takes memory as it fills: `max` of the package would allocate all of it at once, and making a router took 25 times as long.
 * While the sizes of its values add up to more than the capacity, it forgets the entry that was used longest ago.
 *
 * @param sizeOf default: 1 each. A value that is larger than the capacity is not kept
 */
export function recentlyUsed<Key extends object | string, Value extends object | string | true>(
  capacity: number,
  sizeOf: (value: Value) => number = () => 1,
): RecentlyUsed<Key, Value> {
  return new LRUCache<Key, Value>({ maxSize: capacity, sizeCalculation: sizeOf });
}
