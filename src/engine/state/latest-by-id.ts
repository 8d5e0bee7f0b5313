/** The latest values by id. An index is made for the first look-up: most processes never look one up. */

export interface LatestById<Value> {
  set(id: string, value: Value): void;
  get(id: string): Value | undefined;
}

/** @param capacity values kept: in a ring, where the next one takes the place of the oldest */
export function latestById<Value>(capacity: number): LatestById<Value> {
  const ids: string[] = [];
  const values: Value[] = [];
  let next = 0;
  /** The place of each id; of equal ids, that of the latest one. */
  let places: Map<string, number> | undefined;

  function indexed(): Map<string, number> {
    const index = new Map<string, number>();
    // Goes from the oldest value to the newest, so that the latest of equal ids stays.
    for (let place = 0; place < ids.length; place++) {
      const at = (next + place) % ids.length;
      index.set(ids[at] as string, at);
    }
    return index;
  }

  return {
    set(id, value) {
      if (capacity === 0) return;
      const before = ids[next];
      if (places !== undefined) {
        if (before !== undefined && places.get(before) === next) places.delete(before);
        places.set(id, next);
      }
      ids[next] = id;
      values[next] = value;
      next = (next + 1) % capacity;
    },
    get(id) {
      places ??= indexed();
      const place = places.get(id);
      return place === undefined ? undefined : values[place];
    },
  };
}
