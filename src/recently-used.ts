/** A cache of the entries that were used last. */
import type { ListItem } from './linked-list.ts';
import { linkedList } from './linked-list.ts';

export interface RecentlyUsed<Key, Value> {
  readonly size: number;
  /** Counts as a use, as `set` does. */
  get(key: Key): Value | undefined;
  /** As {@link RecentlyUsed.get}, without counting as a use. */
  peek(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): void;
}

interface Entry<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly size: number;
}

/**
 * Each use takes constant time, and memory grows with the entries.
 *
 * @param capacity of all entries together
 * @param sizeOf what an entry takes of the capacity: by default 1. An entry that is larger than the capacity is not kept
 */
export function recentlyUsed<Key, Value>(
  capacity: number,
  sizeOf: (value: Value) => number = () => 1,
): RecentlyUsed<Key, Value> {
  const items = new Map<Key, ListItem<Entry<Key, Value>>>();
  const oldestFirst = linkedList<Entry<Key, Value>>();
  let used = 0;

  function remove(item: ListItem<Entry<Key, Value>>): void {
    oldestFirst.remove(item);
    items.delete(item.value.key);
    used -= item.value.size;
  }

  return {
    get size() {
      return items.size;
    },
    get(key) {
      const item = items.get(key);
      if (item !== undefined) oldestFirst.moveToEnd(item);
      return item?.value.value;
    },
    peek: key => items.get(key)?.value.value,
    has: key => items.has(key),
    set(key, value) {
      const former = items.get(key);
      if (former !== undefined) remove(former);
      const size = sizeOf(value);
      if (size > capacity) return;
      items.set(key, oldestFirst.push({ key, value, size }));
      used += size;
      while (used > capacity && oldestFirst.first !== undefined) remove(oldestFirst.first);
    },
  };
}
