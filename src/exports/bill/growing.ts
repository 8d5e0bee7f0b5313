/** Numbers in blocks: a larger array is never copied, a number needs no more than its bytes, and a block of zeros needs none. */
const BITS = 14;
const SIZE = 2 ** BITS;
const MASK = SIZE - 1;

export interface GrowingNumbers {
  get(index: number): number;
  set(index: number, value: number): void;
  add(index: number, value: number): void;
}

type NumberBlock = Int32Array | Float64Array;

/** @param kind what the numbers are: `int32` whole numbers below 2³¹, or `float64` */
export function growing(kind: 'int32' | 'float64'): GrowingNumbers {
  const blocks: (NumberBlock | undefined)[] = [];
  const blockOf = (index: number): NumberBlock => {
    const block = index >>> BITS;
    // Blocks in front of it may be missing: most of a bill's items have no number in some of its columns.
    return (blocks[block] ??= kind === 'int32' ? new Int32Array(SIZE) : new Float64Array(SIZE));
  };
  return {
    get: index => blocks[index >>> BITS]?.[index & MASK] ?? 0,
    set(index, value) {
      if (value === 0 && blocks[index >>> BITS] === undefined) return;
      blockOf(index)[index & MASK] = value;
    },
    add(index, value) {
      const block = blockOf(index);
      block[index & MASK] = (block[index & MASK] as number) + value;
    },
  };
}
