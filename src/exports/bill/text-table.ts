/**
 * Stores many texts by number, with some 16 bytes for each beyond its characters: a bill has a million request ids, and a `Map`
 * of them would need more than a hundred bytes for each, besides the lines from which they were cut. There is no large array that
 * grows: the memory of its smaller predecessors would not all be freed.
 */
import { RouterError } from '../../errors.ts';
import { growing } from './growing.ts';

const BLOCK = 1_048_576;
const MAX_BLOCKS = 2 ** 32 / BLOCK;
const BLANK = 32;
const LAST_ASCII = 127;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

export interface TextTable {
  readonly size: number;
  /** The number of the text; a new one for a new text. */
  add(text: string): number;
  /** The text's number; -1 for an unknown text. */
  find(text: string): number;
  text(index: number): string;
  /** Whether the text begins with a space; found without decoding the text. */
  startsBlank(index: number): boolean;
}

export function textTable(): TextTable {
  /** The texts, one after the other in blocks. A text never crosses the end of its block. */
  const blocks: Buffer[] = [];
  /** Bytes of each block that are used. */
  const filled: number[] = [];
  /**
   * Where each text starts: block × BLOCK + place, with room for 4 GB of texts. It ends where the next one of its block starts.
   */
  const starts = growing('uint32');
  /** Open addressing: the number + 1 of the text in each slot, by hash. */
  let slots = growing('int32');
  let slotCount = 4096;
  let size = 0;

  const placeOf = (index: number): { readonly block: Buffer; readonly start: number; readonly end: number } => {
    const start = starts.get(index);
    const number = Math.floor(start / BLOCK);
    const next = starts.get(index + 1) - number * BLOCK;
    const end = next > 0 && next < BLOCK ? next : (filled[number] as number);
    return { block: blocks[number] as Buffer, start: start % BLOCK, end };
  };

  const textAt = (index: number): string => {
    const { block, start, end } = placeOf(index);
    return block.toString('utf8', start, end);
  };

  /** Compares bytes, so that the stored ids need not be decoded again. */
  const isAt = (index: number, text: string): boolean => {
    const { block, start, end } = placeOf(index);
    if (end - start < text.length) return false;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > LAST_ASCII) return textAt(index) === text;
      if (block[start + i] !== unit) return false;
    }
    return end - start === text.length;
  };

  const hashAt = (index: number): number => {
    const { block, start, end } = placeOf(index);
    let hash = SEED;
    for (let at = start; at < end; at++) {
      const byte = block[at] as number;
      if (byte > LAST_ASCII) return hashOf(textAt(index));
      hash = Math.imul(hash ^ byte, PRIME);
    }
    return mixed(hash);
  };

  /** The slot of the text, or the empty slot where it belongs. */
  const slotOf = (text: string, hash: number): number => {
    for (let slot = hash % slotCount; ; slot = (slot + 1) % slotCount) {
      const found = slots.get(slot);
      if (found === 0 || isAt(found - 1, text)) return slot;
    }
  };

  const store = (text: string): void => {
    const length = Buffer.byteLength(text);
    const used = filled.at(-1) ?? BLOCK;
    const start = used + length < BLOCK ? used : 0;
    if (start === 0) {
      if (blocks.length === MAX_BLOCKS)
        throw new RouterError('invalid-data', 'the bill has more than 4 GB of ids and names', {
          accepted: 'a bill in parts: one for each month',
        });
      blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK, length)));
      filled.push(0);
    }
    const last = blocks.length - 1;
    blocks[last]?.write(text, start);
    filled[last] = start + length;
    starts.set(size, last * BLOCK + start);
    size++;
  };

  const rehash = (): void => {
    slotCount *= 2;
    const larger = growing('int32');
    for (let index = 0; index < size; index++) {
      let slot = hashAt(index) % slotCount;
      while (larger.get(slot) !== 0) slot = (slot + 1) % slotCount;
      larger.set(slot, index + 1);
    }
    slots = larger;
  };

  return {
    get size() {
      return size;
    },
    add(text) {
      const slot = slotOf(text, hashOf(text));
      const found = slots.get(slot);
      if (found !== 0) return found - 1;
      store(text);
      slots.set(slot, size);
      if (size * 2 > slotCount) rehash();
      return size - 1;
    },
    find: text => slots.get(slotOf(text, hashOf(text))) - 1,
    text: textAt,
    startsBlank(index) {
      const { block, start, end } = placeOf(index);
      return start < end && block[start] === BLANK;
    },
  };
}

/** FNV-1a with a final mix, because slots are taken from the low bits. */
function hashOf(text: string): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return mixed(hash);
}

function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (half ^ (half >>> 13)) >>> 0;
}
