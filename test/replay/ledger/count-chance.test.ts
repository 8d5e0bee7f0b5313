import { describe, expect, test } from 'vitest';
import { hitsByChance } from '../../../src/replay/ledger/count-chance.ts';

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1);
  return ways;
}

describe('hitsByChance', () => {
  test('the chances of one stratum are those of drawing without replacement', () => {
    for (const [items, hits, n] of [
      [20, 3, 5],
      [20, 17, 5],
      [12, 6, 9],
    ] as const) {
      const { least, chances } = hitsByChance([{ items, hits, n }]) ?? { least: -1, chances: [] };
      expect(least).toBe(Math.max(0, n + hits - items));
      expect(chances).toHaveLength(Math.min(n, hits) - least + 1);
      for (const [i, chance] of chances.entries()) {
        const k = least + i;
        expect(chance).toBeCloseTo((choose(hits, k) * choose(items - hits, n - k)) / choose(items, n), 12);
      }
    }
  });

  test('the chance of a sum over several strata adds up all combinations of their counts that give this sum', () => {
    const one = hitsByChance([{ items: 10, hits: 9, n: 4 }]);
    const other = hitsByChance([{ items: 8, hits: 2, n: 3 }]);
    const both = hitsByChance([
      { items: 10, hits: 9, n: 4 },
      { items: 5, hits: 5, n: 2 },
      { items: 8, hits: 2, n: 3 },
    ]);
    expect(both?.least).toBe(3 + 2 + 0);
    const expected = [0, 0, 0, 0];
    for (const [a, p] of (one?.chances ?? []).entries())
      for (const [b, q] of (other?.chances ?? []).entries()) expected[a + b] = (expected[a + b] as number) + p * q;
    expect(both?.chances.map(chance => chance.toFixed(12))).toEqual(expected.map(chance => chance.toFixed(12)));
  });

  test('counts with many values are left to the normal distribution', () => {
    expect(hitsByChance([{ items: 100_000, hits: 50_000, n: 50_000 }])).toBeUndefined();
    expect(hitsByChance(Array.from({ length: 30 }, () => ({ items: 40, hits: 20, n: 10 })))).toBeUndefined();
    expect(hitsByChance([{ items: 100_000, hits: 99_900, n: 50_000 }])?.chances).toHaveLength(101);
  });
});
