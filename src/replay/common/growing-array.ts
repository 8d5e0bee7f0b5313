/** Typed arrays that grow as numbers are added: a million numbers without a million objects. */

export interface GrowingArray<Values> {
  readonly length: number;
  push(value: number): void;
  get(index: number): number;
  set(index: number, value: number): void;
  /** A copy with exactly the added numbers. */
  toArray(): Values;
  /** The added numbers themselves, until more are added. */
  view(): Values;
}

export function growingUints(): GrowingArray<Uint32Array> {
  return growing(size => new Uint32Array(size));
}

export function growingFloats(): GrowingArray<Float64Array> {
  return growing(size => new Float64Array(size));
}

const INITIAL_SIZE = 1024;

function growing<Values extends Uint32Array | Float64Array>(make: (size: number) => Values): GrowingArray<Values> {
  let values = make(INITIAL_SIZE);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const wider = make(2 * length);
        wider.set(values);
        values = wider;
      }
      values[length++] = value;
    },
    get: index => values[index] as number,
    set(index, value) {
      values[index] = value;
    },
    toArray: () => values.slice(0, length) as Values,
    view: () => values.subarray(0, length) as Values,
  };
}
