/** A cache of the entries that were used last. */

export interface RecentlyUsed<Key, Value> {
  /** The value, which counts as a use. */
  get(key: Key): Value | undefined;
  /** The value, which does not. */
  peek(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  keys(): Iterable<Key>;
}

/** In a ring, between the entry that was used after it and the one before. */
interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  newer: Entry<Key, Value>;
  older: Entry<Key, Value>;
}

/**
 * It takes memory as it fills. While the sizes of its values add up to more than the capacity, it forgets the entry that was used
 * longest ago.
 *
 * @param sizeOf default: 1 each. A value that is larger than the capacity is not kept
 */
export function recentlyUsed<Key, Value extends object | string | true>(
  capacity: number,
  sizeOf: (value: Value) => number = () => 1,
): RecentlyUsed<Key, Value> {
  const entries = new Map<Key, Entry<Key, Value>>();
  /** The one that was used last; the one that was used longest ago comes after it in the ring. */
  let latest: Entry<Key, Value> | undefined;
  let total = 0;

  function unlink(entry: Entry<Key, Value>): void {
    if (entry === latest) latest = entry.older === entry ? undefined : entry.older;
    entry.newer.older = entry.older;
    entry.older.newer = entry.newer;
  }

  function link(entry: Entry<Key, Value>): void {
    if (latest === undefined) entry.newer = entry.older = entry;
    else {
      entry.older = latest;
      entry.newer = latest.newer;
      latest.newer.older = entry;
      latest.newer = entry;
    }
    latest = entry;
  }

  function used(entry: Entry<Key, Value>): void {
    if (entry === latest) return;
    unlink(entry);
    link(entry);
  }

  function forget(entry: Entry<Key, Value> | undefined): void {
    if (entry === undefined) return;
    unlink(entry);
    entries.delete(entry.key);
    total -= sizeOf(entry.value);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      used(entry);
      return entry.value;
    },
    peek: key => entries.get(key)?.value,
    has: key => entries.has(key),
    set(key, value) {
      forget(entries.get(key));
      const size = sizeOf(value);
      if (size > capacity) return;
      const entry = { key, value } as Entry<Key, Value>;
      entries.set(key, entry);
      link(entry);
      total += size;
      while (total > capacity) forget(entry.newer);
    },
    delete: key => forget(entries.get(key)),
    keys: () => entries.keys(),
  };
}
