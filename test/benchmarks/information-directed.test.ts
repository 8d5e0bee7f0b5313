import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { informationDirected, informationShares } from '../../benchmarks/routing/information-directed.ts';
import type { SampleTable } from '../../src/core/choice/posterior-samples.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { betaVariate } from '../../src/core/math/samplers.ts';
import { seen, viewOf } from '../policies/views.ts';

const WEIGHTS = { valueUsd: 2, costMultiplier: 1.5 };

type Sample = readonly [costUsd: number, fail: number];

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
        const [share = Number.NaN, rest] = informationShares(table, WEIGHTS, 0b11);
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

  test('a plan that is best in every sample has a share of 1', () => {
    const [good, bad]: readonly [Sample, Sample] = [
      [0.1, 0.2],
      [0.2, 0.4],
    ];
    expect([...informationShares(tableOf([[good, bad]]), WEIGHTS, 0b11)]).toEqual([1, 0]);
    expect([...informationShares(tableOf([[bad, good]]), WEIGHTS, 0b11)]).toEqual([0, 1]);
  });

  test('a plan that is not eligible has no share', () => {
    const table = tableOf([
      [
        [0.1, 0.1],
        [0.1, 0.9],
      ],
    ]);
    expect([...informationShares(table, WEIGHTS, 0b10)]).toEqual([0, 1]);
    expect([...informationShares(table, WEIGHTS, 0b01)]).toEqual([1, 0]);
  });

  test('a plan that can still surprise is tried although it is probably not the best, and a known plan is not', () => {
    const sample = (first: number, second: number): readonly [Sample, Sample] => [
      [0.1, first],
      [0.1, second],
    ];
    // One of the plans is known and the other is better in one sample of four: regrets of .05 and .15, then .6.
    const surprising = [0.6, 0.6, 0.6, 0.4].map(fail => sample(0.5, fail));
    expect(informationShares(tableOf(surprising), WEIGHTS, 0b11)[1]).toBeCloseTo(1 / 2, 12);
    const hardly = [0.9, 0.9, 0.9, 0.4].map(fail => sample(0.5, fail));
    // Only the second can surprise: (.05 + .1·q)² ÷ q is least at q = 1/2, and (.05 + .55·q)² ÷ q at 1/11.
    expect(informationShares(tableOf(hardly), WEIGHTS, 0b11)[1]).toBeCloseTo(1 / 11, 12);
  });

  test('the prefix of a session is a cost of its plan', () => {
    const table = tableOf([
      [
        [0.1, 0.5],
        [0.1, 0.4],
      ],
      [
        [0.1, 0.4],
        [0.1, 0.5],
      ],
    ]);
    expect([...informationShares(table, { ...WEIGHTS, extraUsd: [10, 0] }, 0b11)]).toEqual([0, 1]);
  });
});

test('the rule decides for two models with evidence from other features, and the router for all others', () => {
  const deciderOf = (models: readonly string[], { isPooled = true, hasVerdict = false } = {}): string => {
    const { view, learned } = viewOf(models, { hasVerdict });
    if (isPooled) learned.setPriors(Object.fromEntries(models.map(model => [model, { a: 4, b: 1, likeness: 0.5 }])));
    return informationDirected().decide(view, seededRandom(1)).policy;
  };
  expect(deciderOf(['a', 'b'])).toBe('information-directed');
  expect(deciderOf(['a', 'b'], { isPooled: false })).toBe('thompson');
  expect(deciderOf(['a', 'b'], { hasVerdict: true })).toBe('thompson');
  expect(deciderOf(['a', 'b', 'c'])).toBe('thompson');
});

test('a model that is surely the worse one keeps its floor', () => {
  const { view, learned } = viewOf(['a', 'b']);
  learned.setPriors({ a: { a: 4, b: 1, likeness: 0.5 }, b: { a: 4, b: 1, likeness: 0.5 } });
  seen(learned, { a: [400, 280], b: [400, 380] });
  const policy = informationDirected();
  const random = seededRandom(1);
  const found = new Map(
    Array.from({ length: 20_000 }, () => {
      const { plan, propensity } = policy.decide(view, random);
      return [plan[0], propensity] as const;
    }),
  );
  expect(found.get('a')).toBeGreaterThan(0);
  expect(found.get('a')).toBeLessThan(0.001);
  expect((found.get('a') ?? 0) + (found.get('b') ?? 0)).toBeCloseTo(1, 12);
});
