/**
 * A map of many entries that come and go. One `Map` copies all its entries when its table is full, removed ones too: with a
 * million, that is a pause of some ten milliseconds again and again. Here they are spread over many small ones.
 */

export interface WideMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** In no particular order. */
  values(): Iterable<Value>;
}

/** With a million entries each part has a thousand, so that growing one takes less than 0.1 ms. */
const PARTS = 1_024;

/** How many characters, counted before the last one of a key, choose the part: ids differ there. */
const CHARACTERS = 4;

export function wideMap<Value>(): WideMap<Value> {
  const parts: (Map<string, Value> | undefined)[] = [];
  let size = 0;

  return {
    get size() {
      return size;
    },
    get: key => parts[partOf(key)]?.get(key),
    set(key, value) {
      const part = (parts[partOf(key)] ??= new Map());
      const before = part.size;
      part.set(key, value);
      size += part.size - before;
    },
    delete(key) {
      if (parts[partOf(key)]?.delete(key) === true) size--;
    },
    *values() {
      for (const part of parts) if (part !== undefined) yield* part.values();
    },
  };
}

/** Consecutive ids differ in their last character and share a part, which stays in the processor's caches. */
function partOf(key: string): number {
  let hash = key.length;
  const last = key.length - 1;
  for (let at = Math.max(0, last - CHARACTERS); at < last; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return hash & (PARTS - 1);
}
