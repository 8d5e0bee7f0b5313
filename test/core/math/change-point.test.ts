import { describe, expect, test } from 'vitest';
import { changePoint } from '../../../src/core/math/change-point.ts';
import type { SeededRandom } from '../../../src/core/math/random.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

type Groups = readonly (readonly [labelled: number, successes: number])[];

/** Asking for a group that the history does not have throws. */
function cutOf(groups: Groups): number {
  const group = (g: number) => groups[g] as (typeof groups)[number];
  return changePoint(groups.length, { labelled: g => group(g)[0], successes: g => group(g)[1] });
}

/** The definition, over every split; -1 for no cut. It shares no code with `changePoint`. */
function reference(groups: Groups): number {
  const kl = (p: number, q: number): number =>
    (p > 0 ? p * Math.log(p / q) : 0) + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
  const sum = (part: Groups): readonly [number, number] =>
    part.reduce<readonly [number, number]>(([n, s], [l, t]) => [n + l, s + t], [0, 0]);
  const [n, s] = sum(groups);
  if (n < 20 || s === 0 || s === n) return -1;
  let best = Math.log((3 * n ** 1.5) / 0.03);
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

/** "Cut" and "no cut" never agree; two cuts agree when only empty groups lie between them: they divide the outcomes the same way. */
function agree(groups: Groups, cut: number, expected: number): boolean {
  if (cut === expected) return true;
  if (cut < 0 || expected < 0) return false;
  return groups.slice(Math.min(cut, expected), Math.max(cut, expected)).every(([labelled]) => labelled === 0);
}

type History = (random: SeededRandom, i: number) => Groups;

function drawn(random: SeededRandom, sizes: readonly number[], rateOf: (group: number) => number): Groups {
  return sizes.map((labelled, g) => {
    let successes = 0;
    for (let j = 0; j < labelled; j++) if (random.next() < rateOf(g)) successes++;
    return [labelled, successes];
  });
}

const upTo = (random: SeededRandom, most: number): number => Math.floor((most + 1) * random.next());

/** Kinds of history, each near one rule (threshold, outcomes in all, outcomes on a side, table of logarithms), with the cuts in 300. */
const HISTORIES: readonly (readonly [kind: string, history: History, cuts: number])[] = [
  [
    'a rate of 90 % that becomes anything from 30 % to 90 %',
    (random, i) =>
      drawn(
        random,
        Array.from({ length: 12 }, () => upTo(random, 11)),
        g => (g < 6 ? 0.9 : 0.3 + 0.6 * (i / 300)),
      ),
    50,
  ],
  [
    'about 20 outcomes, whose rate falls from 100 % to 0 %',
    random => {
      const sizes = Array.from({ length: 6 }, () => 2 + upTo(random, 3));
      return drawn(random, sizes, g => (g < 3 ? 1 : 0));
    },
    208,
  ],
  [
    'a long history with a few failures at its end or its start',
    random => {
      const many = [60 + upTo(random, 200), 60 + upTo(random, 200)];
      const few = [1 + upTo(random, 8)];
      return random.next() < 0.5
        ? drawn(random, [...many, ...few], g => (g < 2 ? 1 : 0))
        : drawn(random, [...few, ...many], g => (g < 1 ? 0 : 1));
    },
    173,
  ],
  [
    'tens of thousands of outcomes with a small change',
    (random, i) =>
      drawn(
        random,
        Array.from({ length: 4 }, () => 4_000 + upTo(random, 4_000)),
        g => (g < 2 ? 0.9 : 0.9 - 0.04 * (i / 300)),
      ),
    101,
  ],
];

describe('changePoint', () => {
  test('a history is cut where its rate changed', () => {
    const before = Array.from({ length: 10 }, () => [10, 9] as const);
    const after = Array.from({ length: 5 }, () => [10, 4] as const);
    expect(cutOf([...before, ...after])).toBe(10);
  });

  test.each(HISTORIES)(
    'law: the search agrees with evaluating the definition at every split: %s',
    (_, history, cuts) => {
      const random = seededRandom('histories');
      let found = 0;
      for (let i = 0; i < 300; i++) {
        const groups = history(random, i);
        const cut = cutOf(groups);
        const expected = reference(groups);
        if (cut >= 0) found++;
        expect({ groups, cut, agrees: agree(groups, cut, expected) }).toEqual({ groups, cut, agrees: true });
      }
      // Of 300: enough with a cut and enough without one, so that either mistake would be seen.
      expect(found).toBe(cuts);
    },
  );

  test('the search agrees with the definition at the first count that the table of logarithms does not contain', () => {
    for (const groups of [
      [
        [16_384, 12_000],
        [16_384, 4_384],
      ],
      [
        [20_000, 16_384],
        [20_000, 10_000],
      ],
    ] as const) {
      expect(cutOf(groups)).toBe(reference(groups));
      expect(cutOf(groups)).toBe(1);
    }
  });

  test('there is no cut with fewer than 20 outcomes, nor one with fewer than 5 on either side', () => {
    const cases: readonly (readonly [Groups, number])[] = [
      [
        [
          [10, 10],
          [9, 0],
        ],
        -1,
      ],
      [
        [
          [10, 10],
          [10, 0],
        ],
        1,
      ],
      [
        [
          [200, 200],
          [4, 0],
        ],
        -1,
      ],
      [
        [
          [200, 200],
          [5, 0],
        ],
        1,
      ],
      [
        [
          [4, 0],
          [100, 100],
        ],
        -1,
      ],
      [
        [
          [5, 0],
          [100, 100],
        ],
        1,
      ],
    ];
    for (const [groups, cut] of cases) expect({ groups, cut: cutOf(groups) }).toEqual({ groups, cut });
  });

  test('a history of one rate is not cut', () => {
    expect(cutOf(Array.from({ length: 100 }, () => [20, 19] as const))).toBe(-1);
    expect(cutOf([[500, 500]])).toBe(-1);
    expect(
      cutOf([
        [250, 0],
        [250, 0],
      ]),
    ).toBe(-1);
  });

  test('false alarms stay at 1 % or less, evaluated after every 100 of 10,000 outcomes', () => {
    const random = seededRandom('one rate');
    const streams = 200;
    let alarms = 0;
    for (let i = 0; i < streams; i++) {
      const groups = drawn(
        random,
        Array.from({ length: 100 }, () => 100),
        () => 0.8,
      );
      if (groups.some((_, g) => cutOf(groups.slice(0, g + 1)) >= 0)) alarms++;
    }
    expect(alarms / streams).toBeLessThanOrEqual(0.01);
  });
});
