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
  return new Growing(size => new Uint32Array(size));
}

export function growingFloats(): GrowingArray<Float64Array> {
  return new Growing(size => new Float64Array(size));
}

const INITIAL_SIZE = 1024;

/** A class, because closures would take twice the time for each number. */
class Growing<Values extends Uint32Array | Float64Array> implements GrowingArray<Values> {
  length = 0;
  #values: Values;
  readonly #ofSize: (size: number) => Values;

  constructor(ofSize: (size: number) => Values) {
    this.#ofSize = ofSize;
    this.#values = ofSize(INITIAL_SIZE);
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  #grow(): void {
    const shorter = this.#values;
    // The new half takes no memory until it is written to; it would if the buffer itself were made longer.
    this.#values = this.#ofSize(2 * shorter.length);
    this.#values.set(shorter);
    // A detached buffer is free at once, and not at the next garbage collection.
    (shorter.buffer as ArrayBuffer).transfer(0);
  }

  get(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  toArray(): Values {
    return this.#values.slice(0, this.length) as Values;
  }

  view(): Values {
    return this.#values.subarray(0, this.length) as Values;
  }
}
