import { describe, expect, test } from 'vitest';
import { changePoint } from '../../../src/core/math/change-point.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

type Groups = readonly (readonly [labelled: number, successes: number])[];

function cutOf(groups: Groups): number {
  return changePoint(groups.length, { labelled: g => groups[g]?.[0] ?? 0, successes: g => groups[g]?.[1] ?? 0 });
}

/** The statistic straight from its definition, over every split. */
function reference(groups: Groups): number {
  const kl = (p: number, q: number): number =>
    (p > 0 ? p * Math.log(p / q) : 0) + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
  const sum = (part: Groups): readonly [number, number] =>
    part.reduce<readonly [number, number]>(([n, s], [l, t]) => [n + l, s + t], [0, 0]);
  const [n, s] = sum(groups);
  if (n < 20 || s === 0 || s === n) return -1;
  let best = Math.log((3 * n ** 1.5) / 0.001);
  let cut = -1;
  for (let g = 1; g < groups.length; g++) {
    const [n1, s1] = sum(groups.slice(0, g));
    const [n2, s2] = sum(groups.slice(g));
    if (n1 < 5 || n2 < 5) continue;
    const gain = n1 * kl(s1 / n1, s / n) + n2 * kl(s2 / n2, s / n);
    if (gain > best) [best, cut] = [gain, g];
  }
  return cut;
}

describe('changePoint', () => {
  test('cuts where the rate changed', () => {
    const before = Array.from({ length: 10 }, () => [10, 9] as const);
    const after = Array.from({ length: 5 }, () => [10, 4] as const);
    expect(cutOf([...before, ...after])).toBe(10);
  });

  test('agrees with the definition on random histories', () => {
    const random = seededRandom('histories');
    let cuts = 0;
    for (let i = 0; i < 300; i++) {
      const groups = Array.from({ length: 12 }, (_, g) => {
        const labelled = Math.floor(12 * random.next());
        const rate = g < 6 ? 0.9 : 0.3 + 0.6 * (i / 300);
        return [labelled, Array.from({ length: labelled }, () => random.next() < rate).filter(Boolean).length] as const;
      });
      const cut = cutOf(groups);
      const expected = reference(groups);
      if (expected >= 0) cuts++;
      // Splits on either side of an empty group are the same split.
      const isSame =
        cut === expected || groups.slice(Math.min(cut, expected), Math.max(cut, expected)).every(([l]) => l === 0);
      expect({ i, isSame }).toEqual({ i, isSame: true });
    }
    expect(cuts).toBeGreaterThan(15);
  });

  test('never cuts on fewer than 20 outcomes, nor leaves fewer than 5 on a side', () => {
    expect(
      cutOf([
        [10, 10],
        [9, 0],
      ]),
    ).toBe(-1);
    expect(
      cutOf([
        [10, 10],
        [10, 0],
      ]),
    ).toBe(1);
    expect(
      cutOf([
        [200, 200],
        [4, 0],
      ]),
    ).toBe(-1);
    expect(
      cutOf([
        [200, 200],
        [5, 0],
      ]),
    ).toBe(1);
  });

  test('one rate throughout is left whole', () => {
    expect(cutOf(Array.from({ length: 100 }, () => [20, 19] as const))).toBe(-1);
    expect(cutOf([[500, 500]])).toBe(-1);
  });
});
