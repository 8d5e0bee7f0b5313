/** The ids of a million intents as bytes, with a number for each: a third of the memory of a map with text keys. */

export interface IntentIds {
  readonly length: number;
  /** The number of an id in UTF-8, counted from 0; −1 for a new id. */
  find(bytes: Uint8Array, start: number, end: number): number;
  /** Gives the next number to the id of the last call of `find`. */
  add(bytes: Uint8Array, start: number, end: number): number;
  text(index: number): string;
}

const decoder = new TextDecoder();

export function intentIds(): IntentIds {
  let bytes = new Uint8Array(16_384);
  /** Where each id begins, and where the last one ends. */
  let starts = new Uint32Array(1024);
  let length = 0;
  /**
   * Numbers from 1 by hash, 0 for an empty slot; and the hash of each id, which distinguishes most ids without comparing bytes.
   */
  let table = new Uint32Array(2048);
  let hashes = new Int32Array(1024);
  let lastHash = 0;
  /** The id of the last call: an intent's records often follow each other. */
  let last = -1;

  /** Compares from the end, because ids often differ in their last characters only. */
  function isSame(index: number, other: Uint8Array, start: number, end: number): boolean {
    const from = starts[index] as number;
    if ((starts[index + 1] as number) - from !== end - start) return false;
    for (let i = end - 1; i >= start; i--) if (bytes[from + i - start] !== other[i]) return false;
    return true;
  }

  function put(hash: number, index: number): void {
    const mask = table.length - 1;
    let place = hash & mask;
    while (table[place] !== 0) place = (place + 1) & mask;
    table[place] = index + 1;
  }

  function grow(): void {
    const wider = new Uint32Array(2 * starts.length);
    wider.set(starts);
    starts = wider;
    const moreHashes = new Int32Array(2 * hashes.length);
    moreHashes.set(hashes);
    hashes = moreHashes;
    table = new Uint32Array(2 * table.length);
    for (let i = 0; i < length; i++) put(hashes[i] as number, i);
  }

  return {
    get length() {
      return length;
    },
    find(other, start, end) {
      if (last >= 0 && isSame(last, other, start, end)) return last;
      let hash = 0x811c9dc5;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ (other[i] as number), 0x01000193);
      // Ids often differ in their last characters only, which FNV leaves in the low bits.
      lastHash = hash ^ (hash >>> 15);
      const mask = table.length - 1;
      for (let place = lastHash & mask; ; place = (place + 1) & mask) {
        const index = (table[place] as number) - 1;
        if (index < 0) return index;
        if (hashes[index] === lastHash && isSame(index, other, start, end)) return (last = index);
      }
    },
    add(other, start, end) {
      if (length + 1 === starts.length) grow();
      const from = starts[length] as number;
      const to = from + end - start;
      if (to > bytes.length) {
        const wider = new Uint8Array(Math.max(to, 2 * bytes.length));
        wider.set(bytes);
        bytes = wider;
      }
      bytes.set(other.subarray(start, end), from);
      hashes[length] = lastHash;
      put(lastHash, length);
      starts[++length] = to;
      return (last = length - 1);
    },
    text: index => decoder.decode(bytes.subarray(starts[index], starts[index + 1])),
  };
}
