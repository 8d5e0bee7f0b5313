/** Numbers that are added one by one, in blocks: a larger array is never copied, and a number needs no more than its bytes. */
const SIZE = 16_384;

export interface GrowingNumbers {
  get(index: number): number;
  set(index: number, value: number): void;
  add(index: number, value: number): void;
}

type NumberBlock = Int32Array | Float64Array;

/** @param kind what the numbers are: `int32` whole numbers below 2³¹, or `float64` */
export function growing(kind: 'int32' | 'float64'): GrowingNumbers {
  const blocks: NumberBlock[] = [];
  const blockOf = (index: number): NumberBlock => {
    const block = Math.floor(index / SIZE);
    while (block >= blocks.length) blocks.push(kind === 'int32' ? new Int32Array(SIZE) : new Float64Array(SIZE));
    return blocks[block] as NumberBlock;
  };
  return {
    get: index => blocks[Math.floor(index / SIZE)]?.[index % SIZE] ?? 0,
    set(index, value) {
      blockOf(index)[index % SIZE] = value;
    },
    add(index, value) {
      const block = blockOf(index);
      block[index % SIZE] = (block[index % SIZE] as number) + value;
    },
  };
}
