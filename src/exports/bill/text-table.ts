/**
 * Many texts by number, in some 20 bytes each above their own: a bill has a million request ids, and a `Map` of them would need more
 * than a hundred bytes for each, besides the lines that they were cut from.
 */
const BLOCK = 1_048_576;
const BLANK = 32;
const LAST_ASCII = 127;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

export interface TextTable {
  readonly size: number;
  /** The text's number, a new one where it has none. */
  add(text: string): number;
  /** The text's number; -1 for an unknown text. */
  find(text: string): number;
  text(index: number): string;
  /** Whether the text has a blank in front; it is not read for that. */
  startsBlank(index: number): boolean;
}

export function textTable(): TextTable {
  /** The texts, one behind the other in blocks. A text never crosses the end of its block. */
  const blocks: Buffer[] = [];
  let used = 0;
  /** Where each text is: its block and place, and the place where it ends. */
  let starts = new Float64Array(1024);
  let ends = new Uint32Array(1024);
  /** Open addressing: number + 1 of the text, by its hash. */
  let slots = new Int32Array(4096);
  let size = 0;

  const textAt = (index: number): string => {
    const start = starts[index] as number;
    const block = blocks[Math.floor(start / BLOCK)] as Buffer;
    return block.toString('utf8', start % BLOCK, ends[index]);
  };

  /** Compares bytes: of a million ids that are looked up, none is made a text again. */
  const isAt = (index: number, text: string): boolean => {
    const start = starts[index] as number;
    const block = blocks[Math.floor(start / BLOCK)] as Buffer;
    const from = start % BLOCK;
    const size = (ends[index] as number) - from;
    if (size < text.length) return false;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > LAST_ASCII) return textAt(index) === text;
      if (block[from + i] !== unit) return false;
    }
    return size === text.length;
  };

  const hashAt = (index: number): number => {
    const start = starts[index] as number;
    const block = blocks[Math.floor(start / BLOCK)] as Buffer;
    let hash = SEED;
    for (let at = start % BLOCK; at < (ends[index] as number); at++) {
      const byte = block[at] as number;
      if (byte > LAST_ASCII) return hashOf(textAt(index));
      hash = Math.imul(hash ^ byte, PRIME);
    }
    return mixed(hash);
  };

  /** The slot of the text, or the empty one where it belongs. */
  const slotOf = (text: string, hash: number): number => {
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot] as number;
      if (found === 0 || isAt(found - 1, text)) return slot;
    }
  };

  const store = (text: string): void => {
    const length = Buffer.byteLength(text);
    if (blocks.length === 0 || used + length > BLOCK) {
      blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK, length)));
      used = 0;
    }
    if (size === starts.length) {
      starts = grown(starts, new Float64Array(size * 2));
      ends = grown(ends, new Uint32Array(size * 2));
    }
    blocks.at(-1)?.write(text, used);
    starts[size] = (blocks.length - 1) * BLOCK + used;
    used += length;
    ends[size] = used;
    size++;
  };

  const rehash = (): void => {
    slots = new Int32Array(slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < size; index++) {
      let slot = hashAt(index) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
  };

  return {
    get size() {
      return size;
    },
    add(text) {
      const slot = slotOf(text, hashOf(text));
      const found = slots[slot] as number;
      if (found !== 0) return found - 1;
      store(text);
      slots[slot] = size;
      if (size * 2 > slots.length) rehash();
      return size - 1;
    },
    find: text => (slots[slotOf(text, hashOf(text))] as number) - 1,
    text: textAt,
    startsBlank(index) {
      const start = starts[index] as number;
      return blocks[Math.floor(start / BLOCK)]?.[start % BLOCK] === BLANK && start % BLOCK < (ends[index] as number);
    },
  };
}

function grown<Numbers extends Float64Array | Uint32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/** FNV-1a, with a last mix, because slots are taken from the low bits. */
function hashOf(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return mixed(hash);
}

function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (half ^ (half >>> 13)) >>> 0;
}
