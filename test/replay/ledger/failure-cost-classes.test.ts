import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { failureCostCuts } from '../../../src/replay/ledger/failure-cost-classes.ts';

const repeated = (n: number, usd: number): number[] => Array.from({ length: n }, () => usd);

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

describe('failureCostCuts', () => {
  test('failure costs within a quarter of each other are one class', () => {
    expect(failureCostCuts(Float64Array.from([...repeated(200, 1), ...repeated(200, 1.25)]))).toEqual([]);
    expect(failureCostCuts(new Float64Array())).toEqual([]);
  });

  test('two distinct failure costs are two classes, in any order of the intents', () => {
    expect(failureCostCuts(Float64Array.from([...repeated(100, 200), ...repeated(1900, 0.05)]))).toEqual([200]);
  });

  test('intents without a failure cost are a separate class, however few they are', () => {
    expect(failureCostCuts(Float64Array.from([0, ...repeated(500, 3)]))).toEqual([3]);
    expect(failureCostCuts(Float64Array.from([0, 0]))).toEqual([]);
  });

  test('a class has at least 50 intents, and at least 1 % of all intents', () => {
    expect(failureCostCuts(Float64Array.from([...repeated(49, 200), ...repeated(951, 1)]))).toEqual([]);
    expect(failureCostCuts(Float64Array.from([...repeated(50, 200), ...repeated(950, 1)]))).toEqual([200]);
    expect(failureCostCuts(Float64Array.from([...repeated(99, 200), ...repeated(9901, 1)]))).toEqual([]);
  });

  test('there are at most four classes', () => {
    // A fourth cut would still take off 2.9 % of the squares.
    const costs = [10, 20, 30, 40, 50, 60].flatMap(usd => repeated(100, usd));
    expect(failureCostCuts(Float64Array.from(costs))).toHaveLength(3);
  });

  test('the first cut is the one with the smallest sum of squares of all possible cuts', () => {
    const random = seededRandom('cuts');
    // Two clusters, so that a second cut gains too little.
    const costs = Array.from({ length: 300 }, (_, i) => (i < 120 ? 1 : 40) + 3 * random.next());
    const sorted = costs.toSorted((x, y) => x - y);
    let best = { left: Number.POSITIVE_INFINITY, usd: 0 };
    for (let j = 50; j <= 250; j++) {
      const left = spread(sorted.slice(0, j)) + spread(sorted.slice(j));
      if (left < best.left) best = { left, usd: sorted[j] as number };
    }
    expect(failureCostCuts(Float64Array.from(costs))).toEqual([best.usd]);
  });
});
