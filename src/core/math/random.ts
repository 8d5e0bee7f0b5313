/** The one source of randomness: a seeded generator that is passed in, never global. */

/** A stream of random numbers. Implementations are seeded, so that every run can be reproduced. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** A stream that can start independent streams, so that one consumer more does not shift the draws of the others. */
export interface SeededRandom extends Random {
  /** A new stream, a function of this stream's seed and `label` alone, not of earlier draws. */
  fork(label: string | number): SeededRandom;
}

/**
 * xoshiro128** (Blackman & Vigna 2018), 53-bit doubles. Not for secrets.
 *
 * @example
 * ```ts
 * const random = seededRandom('replay-7');
 * random.next() === seededRandom('replay-7').next(); // true
 * ```
 */
export function seededRandom(seed: string | number): SeededRandom {
  const text = `${typeof seed}:${seed}`;
  const mix = hashStream(text);
  const state = new Int32Array([mix(), mix(), mix(), mix() | 1]); // The state must not be all zero.
  return {
    next() {
      // Two steps of the generator, inlined: all sampling spends its time here.
      let a = state[0] as number;
      let b = state[1] as number;
      let c = state[2] as number;
      let d = state[3] as number;

      let scrambled = Math.imul(b, 5);
      const high = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      let t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);

      scrambled = Math.imul(b, 5);
      const low = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      t = b << 9;
      c ^= a;
      d ^= b;
      state[1] = b ^ c;
      state[0] = a ^ d;
      state[2] = c ^ t;
      state[3] = (d << 11) | (d >>> 21);
      return ((high >>> 5) * 67_108_864 + (low >>> 6)) / 9_007_199_254_740_992;
    },
    fork: label => seededRandom(`${text}/${label}`),
  };
}

/** A stream of 32-bit integers from a seed text: the xmur3 hash, then repeated application of its finalizer. */
function hashStream(text: string): () => number {
  let h = 1_779_033_703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3_432_918_353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2_246_822_507);
    h = Math.imul(h ^ (h >>> 13), 3_266_489_909);
    h ^= h >>> 16;
    return h | 0;
  };
}
