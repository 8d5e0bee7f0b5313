import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countShares } from '../../../src/core/choice/allocation.ts';
import { INFORMATION_HALF_VISITS } from '../../../src/core/choice/constants.ts';
import { directByInformation, informationWeight } from '../../../src/core/choice/information.ts';
import type { ScoreWeights } from '../../../src/core/choice/allocation.ts';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { betaCdf, betaDensity } from '../../../src/core/math/distributions.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { betaVariate } from '../../../src/core/math/samplers.ts';
import { free } from '../support/free-models.ts';

const WEIGHTS = { valueUsd: 2, costMultiplier: 1.5 };
const ALONE = { eligible: 0b11, weight: 1 };

type Sample = readonly [costUsd: number, fail: number];
type Shape = readonly [a: number, b: number];

function tableOf(rows: readonly (readonly [Sample, Sample])[]): SampleTable {
  const column = (at: 0 | 1): Float64Array => Float64Array.from(rows.flatMap(row => row.map(each => each[at])));
  const means = (at: 0 | 1): Float64Array =>
    Float64Array.of(...([0, 1] as const).map(k => mean(rows.map(row => row[k][at]))));
  return {
    rows: rows.length,
    plans: 2,
    costUsd: column(0),
    fail: column(1),
    meanCostUsd: means(0),
    meanFail: means(1),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The probabilities of being best, adjusted by the information that each plan would give. */
function informationShares(
  table: SampleTable,
  score: ScoreWeights,
  options: { readonly eligible: number; readonly weight: number },
): Float64Array {
  const shares = countShares(table, score, options.eligible);
  directByInformation(shares, { table, score, ...options });
  return shares;
}

/** (Expected regret)² ÷ information of any shares, straight from the definitions. */
function ratioOf(table: SampleTable, share: number): number {
  const { valueUsd, costMultiplier } = WEIGHTS;
  const scores = Array.from({ length: table.rows }, (_, row) =>
    [2 * row, 2 * row + 1].map(at => costMultiplier * (table.costUsd[at] ?? 0) + valueUsd * (table.fail[at] ?? 0)),
  );
  const best = scores.map(row => row.indexOf(Math.min(...row)));
  let [regret, information] = [0, 0];
  [share, 1 - share].forEach((part, k) => {
    const own = scores.map(row => row[k] ?? 0);
    const whenBestIs = (j: number): number => mean(own.filter((_, row) => best[row] === j));
    const fail = table.meanFail[k] ?? 0;
    const noise = valueUsd ** 2 * fail * (1 - fail) + (costMultiplier * (table.meanCostUsd[k] ?? 0)) ** 2;
    regret += part * (mean(own) - mean(scores.map(row => Math.min(...row))));
    information += (part * mean(best.map(j => (whenBestIs(j) - mean(own)) ** 2))) / noise;
  });
  return regret ** 2 / information;
}

describe('shares directed by information', () => {
  const count = fc.double({ min: 0.5, max: 20, noNaN: true });
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  test('law: no other shares have a lower squared regret per information gained', () => {
    fc.assert(
      fc.property(fc.tuple(count, count, count, count), fc.nat(1000), fc.array(part), ([a, b, c, d], seed, others) => {
        const random = seededRandom(seed);
        const table = tableOf(
          Array.from({ length: 40 }, () => [
            [0.1, betaVariate(a, b, random)],
            [0.2, betaVariate(c, d, random)],
          ]),
        );
        const [share = Number.NaN, rest] = informationShares(table, WEIGHTS, ALONE);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(rest).toBe(1 - share);
        const least = ratioOf(table, share);
        for (const other of [0, 0.5, 1, ...others]) {
          // Where one plan is always the best, its ratio is 0 ÷ 0.
          if (!Number.isNaN(least)) expect(least).toBeLessThanOrEqual(ratioOf(table, other) * (1 + 1e-9) + 1e-15);
        }
      }),
    );
  });

  test.each([
    { first: [3, 2], second: [4, 4] },
    { first: [9, 3], second: [1, 1] },
    { first: [40, 8], second: [6, 2] },
    { first: [2, 8], second: [3, 9] },
  ] satisfies readonly Record<'first' | 'second', Shape>[])(
    'samples of two failure rates, Beta($first) and Beta($second), give the shares that integration gives',
    ({ first, second }) => {
      const shapes: readonly [Shape, Shape] = [first, second];
      const steps = 4000;
      const grid = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
      // Of plan k where it fails less than the other (probability and sum), and its mean.
      const [won, lost] = ([0, 1] as const).map(k => {
        const [own, other] = [shapes[k], shapes[1 - k] as Shape];
        const density = grid.map(x => betaDensity(x, ...own) / steps);
        const less = density.map((p, i) => p * (1 - betaCdf(grid[i] as number, ...other)));
        const total = (of: readonly number[]): number => of.reduce((sum, p) => sum + p, 0);
        const average = total(density.map((p, i) => p * (grid[i] as number)));
        return { wins: total(less), sum: total(less.map((p, i) => p * (grid[i] as number))), average };
      }) as [Record<'wins' | 'sum' | 'average', number>, Record<'wins' | 'sum' | 'average', number>];
      const figures = [won, lost].map(({ wins, sum, average }) => ({
        regret: average - won.sum - lost.sum,
        information:
          (wins * (sum / wins - average) ** 2 + (1 - wins) * ((average - sum) / (1 - wins) - average) ** 2) /
          (average * (1 - average)),
      }));
      const ratio = (share: number): number => {
        const of = (figure: 'regret' | 'information'): number =>
          share * (figures[0]?.[figure] ?? 0) + (1 - share) * (figures[1]?.[figure] ?? 0);
        return of('regret') ** 2 / of('information');
      };
      const exact = grid.reduce((least, share) => (ratio(share) < ratio(least) ? share : least), 0);
      const random = seededRandom('integrals');
      const table = tableOf(
        Array.from({ length: 100_000 }, () => [
          [0, betaVariate(...first, random)],
          [0, betaVariate(...second, random)],
        ]),
      );
      expect(Math.abs((informationShares(table, WEIGHTS, ALONE)[0] ?? Number.NaN) - exact)).toBeLessThan(0.02);
    },
  );

  test('law: for any scores the shares are numbers that sum to 1, and computing them again gives the same shares', () => {
    const scale = fc.oneof(fc.constant(0), fc.constantFrom(1e-9, 1e-3, 1, 1e6, 1e12));
    const sample = fc.tuple(fc.tuple(scale, part), fc.tuple(scale, part));
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 12 }),
        scale,
        fc.constantFrom(0b01, 0b10, 0b11),
        part,
        (rows, valueUsd, eligible, weight) => {
          const shares = (): number[] => [
            ...informationShares(tableOf(rows), { valueUsd, costMultiplier: 1 }, { eligible, weight }),
          ];
          const [first = Number.NaN, second = Number.NaN] = shares();
          expect(first + second).toBe(1);
          expect(Math.min(first, second)).toBeGreaterThanOrEqual(0);
          expect(shares()).toEqual([first, second]);
          if (eligible !== 0b11) expect(eligible === 0b01 ? first : second).toBe(1);
        },
      ),
    );
  });

  test('a plan that is best in every sample has a share of 1, and of two plans that are always equal the first has it', () => {
    const [good, bad]: readonly [Sample, Sample] = [
      [0.1, 0.2],
      [0.2, 0.4],
    ];
    expect([...informationShares(tableOf([[good, bad]]), WEIGHTS, ALONE)]).toEqual([1, 0]);
    expect([...informationShares(tableOf([[bad, good]]), WEIGHTS, ALONE)]).toEqual([0, 1]);
    expect([...informationShares(tableOf([[good, good]]), WEIGHTS, ALONE)]).toEqual([1, 0]);
  });

  test('a plan that is not eligible has no share', () => {
    const table = tableOf([
      [
        [0.1, 0.1],
        [0.1, 0.9],
      ],
    ]);
    expect([...informationShares(table, WEIGHTS, { eligible: 0b10, weight: 0.5 })]).toEqual([0, 1]);
    expect([...informationShares(table, WEIGHTS, { eligible: 0b01, weight: 0.5 })]).toEqual([1, 0]);
  });

  const sample = (first: number, second: number): readonly [Sample, Sample] => [
    [0.1, first],
    [0.1, second],
  ];
  // One of the plans is known, and the other is better in one sample of four.
  const surprising = tableOf([0.6, 0.6, 0.6, 0.4].map(fail => sample(0.5, fail)));

  test('a plan that can still surprise is tried although it is probably not the best, and a known plan is not', () => {
    // Regrets of .025 and .075. Only the second can surprise: (.025 + .05·q)² ÷ q is least at q = 1/2.
    expect(informationShares(surprising, WEIGHTS, ALONE)[1]).toBeCloseTo(1 / 2, 12);
    const hardly = [0.9, 0.9, 0.9, 0.4].map(fail => sample(0.5, fail));
    // (.025 + .275·q)² ÷ q is least at 1/11.
    expect(informationShares(tableOf(hardly), WEIGHTS, ALONE)[1]).toBeCloseTo(1 / 11, 12);
  });

  test('the weight mixes the shares directed by information with the earlier shares', () => {
    const share = (weight: number): number =>
      informationShares(surprising, WEIGHTS, { eligible: 0b11, weight })[1] as number;
    expect(share(0)).toBe(countShares(surprising, WEIGHTS, 0b11)[1]);
    expect(share(0)).toBe(0.25);
    expect(share(0.4)).toBeCloseTo(0.4 * 0.5 + 0.6 * 0.25, 12);
  });

  test('the prefix of a session is a cost of its plan', () => {
    const table = tableOf([sample(0.5, 0.4), sample(0.4, 0.5)]);
    expect([...informationShares(table, { ...WEIGHTS, extraUsd: [10, 0] }, ALONE)]).toEqual([0, 1]);
  });
});

describe('the weight of information-directed sampling', () => {
  const after = (visits: number, models = 2) =>
    ({ ...free(Array.from({ length: models }, () => [visits / models, 0] as const)), hasPooledPrior: true }) as const;

  test('the weight falls from 1 with the visits of a feature, and is one half after some hundred', () => {
    expect(informationWeight(after(2))).toBeCloseTo(1, 3);
    expect(informationWeight(after(INFORMATION_HALF_VISITS))).toBeCloseTo(1 / 2, 12);
    expect(informationWeight(after(20 * INFORMATION_HALF_VISITS))).toBeLessThan(0.003);
  });

  test('the weight is the fraction of visits whose outcome is known, where the next visit counts as known', () => {
    const of = (visits: number, outcomes: number): number => {
      const { nodes, ...rest } = after(visits);
      return informationWeight({ ...rest, nodes: nodes.map(node => ({ ...node, outcomes: outcomes / nodes.length })) });
    };
    expect(of(0, 0)).toBe(1);
    expect(of(1, 0)).toBeCloseTo(1 / 2, 4);
    expect(of(99, 0)).toBeCloseTo(of(99, 99) / 100, 12);
    expect(of(99, 24)).toBeCloseTo(of(99, 99) / 4, 12);
    // Outcomes of visits that are no longer counted.
    expect(of(0, 2)).toBe(1);
    expect(of(100, 120)).toBe(of(100, 100));
  });

  test('the weight is 0 without evidence from other features, for more than two models, and after a change', () => {
    const pooled = after(10);
    for (const other of [
      { ...pooled, hasPooledPrior: false },
      { ...pooled, hasPooledPrior: 'evidence' as const },
      { ...pooled, hasChanged: true },
      { ...pooled, graph: { ...pooled.graph, modelsPerFamily: 2 } },
      { ...pooled, graph: { ...pooled.graph, climbs: [true, false] } },
      after(10, 3),
      free([
        [5, 0],
        [5, 0],
      ]),
    ])
      expect(informationWeight(other)).toBe(0);
  });
});
