import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';

function draws(seed: string | number, count = 5): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

const WORD = 2n ** 32n;

/** The published generator (Blackman & Vigna 2018) in big integers, with its state from the xmur3 hash of a text. */
function xoshiro128ss(text: string): () => bigint {
  const times = (a: bigint, b: bigint): bigint => (a * b) % WORD;
  const rotated = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) % WORD;
  let h = 1_779_033_703n ^ BigInt(text.length);
  for (const char of text) h = rotated(times(h ^ BigInt(char.charCodeAt(0)), 3_432_918_353n), 13n);
  const mixed = (): bigint => {
    h = times(h ^ (h >> 16n), 2_246_822_507n);
    h = times(h ^ (h >> 13n), 3_266_489_909n);
    return (h ^= h >> 16n);
  };
  const s = [mixed(), mixed(), mixed(), mixed() | 1n] as [bigint, bigint, bigint, bigint];
  return () => {
    const word = times(rotated(times(s[1], 5n), 7n), 9n);
    const t = (s[1] << 9n) % WORD;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 11n);
    return word;
  };
}

describe('seededRandom', () => {
  test('the same seed gives the same stream, and different seeds give different streams', () => {
    expect(draws('a')).toEqual(draws('a'));
    expect(draws('a')).not.toEqual(draws('b'));
    expect(draws(1)).not.toEqual(draws('1'));
  });

  test('a stream is xoshiro128** from the hashed seed, 53 bits a number: a replay gives the same figures in every version', () => {
    const words = xoshiro128ss('string:replay-7');
    const expected = Array.from({ length: 1000 }, () => {
      const [high, low] = [words(), words()];
      return Number(((high >> 5n) << 26n) + (low >> 6n)) / 2 ** 53;
    });
    expect(draws('replay-7', 1000)).toEqual(expected);
  });

  test('a fork depends on its label, not on the numbers drawn before', () => {
    const early = seededRandom(7).fork('world');
    const late = seededRandom(7);
    late.next();
    expect(late.fork('world').next()).toBe(early.next());
    expect(seededRandom(7).fork('world').next()).not.toBe(seededRandom(7).fork('policy').next());
  });

  test('numbers are uniform in [0, 1) by χ² over 1,000 cells, without serial correlation', () => {
    const random = seededRandom('uniform');
    const cells = 1000;
    const n = 1_000_000;
    const counts = new Int32Array(cells);
    let serial = 0;
    let isInside = true;
    let previous = 0.5;
    for (let i = 0; i < n; i++) {
      const x = random.next();
      isInside &&= x >= 0 && x < 1;
      counts[Math.floor(x * cells)]! += 1;
      serial += (x - 0.5) * (previous - 0.5);
      previous = x;
    }
    const chi2 = counts.reduce((sum, count) => sum + (count - n / cells) ** 2 / (n / cells), 0);
    expect(isInside).toBe(true);
    // 999 degrees of freedom: mean 999, standard deviation 44.7.
    expect(Math.abs(chi2 - 999)).toBeLessThan(4 * 44.7);
    expect(Math.abs(serial * 12) / Math.sqrt(n)).toBeLessThan(4);
  });

  test('seeds that differ in one character start different streams', () => {
    const firsts = Array.from({ length: 2000 }, (_, seed) => seededRandom(seed).next());
    const mean = firsts.reduce((a, b) => a + b) / firsts.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / firsts.length));
    expect(new Set(firsts).size).toBe(firsts.length);
  });
});
