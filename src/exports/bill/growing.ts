/** Numbers in blocks: a larger array is never copied, a number needs only its own bytes, and a block of zeros needs no memory. */
const BITS = 14;
const SIZE = 2 ** BITS;
const MASK = SIZE - 1;

export interface GrowingNumbers {
  get(index: number): number;
  set(index: number, value: number): void;
  add(index: number, value: number): void;
}

const BLOCKS = { int32: Int32Array, uint32: Uint32Array, float64: Float64Array } as const;

/** @param kind what the numbers are: `int32` whole numbers below 2³¹, `uint32` from 0 to below 2³², or `float64` */
export function growing(kind: keyof typeof BLOCKS): GrowingNumbers {
  const blocks: (InstanceType<(typeof BLOCKS)[typeof kind]> | undefined)[] = [];
  const blockOf = (index: number): InstanceType<(typeof BLOCKS)[typeof kind]> => {
    const block = index >>> BITS;
    // Earlier blocks may be missing: in some columns, most of a bill's items have no number.
    return (blocks[block] ??= new BLOCKS[kind](SIZE));
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
