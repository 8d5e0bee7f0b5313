/** A cache of the entries that were used last. It takes memory as it fills. */
import type { ListItem } from './linked-list.ts';
import { linkedList } from './linked-list.ts';

export interface RecentlyUsed<Key, Value> {
  readonly size: number;
  /** Counts as a use. */
  get(key: Key): Value | undefined;
  peek(key: Key): Value | undefined;
  /** Counts as a use. A full cache forgets the entry that was used longest ago. */
  set(key: Key, value: Value): void;
}

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
}

/** @param capacity entries that it keeps */
export function recentlyUsed<Key, Value>(capacity: number): RecentlyUsed<Key, Value> {
  const items = new Map<Key, ListItem<Entry<Key, Value>>>();
  const byUse = linkedList<Entry<Key, Value>>();

  /** The entry, which has been used last now. */
  function used(key: Key): Entry<Key, Value> | undefined {
    const item = items.get(key);
    if (item === undefined) return undefined;
    byUse.moveToEnd(item);
    return item.value;
  }

  return {
    get size() {
      return items.size;
    },
    get: key => used(key)?.value,
    peek: key => items.get(key)?.value.value,
    set(key, value) {
      const known = used(key);
      if (known !== undefined) known.value = value;
      else items.set(key, byUse.push({ key, value }));
      if (items.size <= capacity) return;
      const oldest = byUse.first as ListItem<Entry<Key, Value>>;
      byUse.remove(oldest);
      items.delete(oldest.value.key);
    },
  };
}
