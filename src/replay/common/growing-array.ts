/** Typed arrays that grow as numbers are added: a million numbers without a million objects. */

export interface GrowingArray<Values> {
  readonly length: number;
  push(value: number): void;
  get(index: number): number;
  set(index: number, value: number): void;
  /** Removes all numbers, and keeps their memory for others. */
  clear(): void;
  /** A copy with exactly the added numbers. */
  toArray(): Values;
  /** The added numbers themselves, until more are added. */
  view(): Values;
}

export function growingUints(): GrowingArray<Uint32Array> {
  return new GrowingUints();
}

export function growingFloats(): GrowingArray<Float64Array> {
  return new GrowingFloats();
}

const INITIAL_SIZE = 1024;

// Two classes and not closures, which would take twice the time for each number. One class for both would read either kind of array
// at each place, which takes longer, too.

class GrowingUints implements GrowingArray<Uint32Array> {
  length = 0;
  #values = new Uint32Array(INITIAL_SIZE);

  push(value: number): void {
    if (this.length === this.#values.length) this.#values = grown(this.#values, new Uint32Array(2 * this.length));
    this.#values[this.length++] = value;
  }

  get(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  clear(): void {
    this.length = 0;
  }

  toArray(): Uint32Array {
    return this.#values.slice(0, this.length);
  }

  view(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}

class GrowingFloats implements GrowingArray<Float64Array> {
  length = 0;
  #values = new Float64Array(INITIAL_SIZE);

  push(value: number): void {
    if (this.length === this.#values.length) this.#values = grown(this.#values, new Float64Array(2 * this.length));
    this.#values[this.length++] = value;
  }

  get(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  clear(): void {
    this.length = 0;
  }

  toArray(): Float64Array {
    return this.#values.slice(0, this.length);
  }

  view(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** The longer array with the values of the shorter one. Its new half takes no memory until it is written to. */
function grown<Values extends Uint32Array | Float64Array>(shorter: Values, longer: Values): Values {
  longer.set(shorter);
  // A detached buffer is free at once, and not at the next garbage collection.
  (shorter.buffer as ArrayBuffer).transfer(0);
  return longer;
}
