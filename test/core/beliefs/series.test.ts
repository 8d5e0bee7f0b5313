import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { createSeries } from '../../../src/core/beliefs/series.ts';
import type { Sums } from '../../../src/core/cells/cell.ts';

const outcome = (success: boolean, n = 1n): Sums => ({
  n,
  ended: n,
  labelled: n,
  ...(success ? { successes: n } : {}),
});

describe('decay', () => {
  test('every bucket weighs 2^(−age of its middle / half-life)', () => {
    const series = createSeries();
    const buckets = [3, 10, 47, 48, 100];
    for (const bucket of buckets) series.add(bucket, { n: 2n, cost: 100n });
    const expected = buckets.reduce((sum, bucket) => sum + 2 * 2 ** (-(120 - (bucket + 0.5)) / 30), 0);
    expect(series.decayed(120, 30).n).toBeCloseTo(expected, 12);
    expect(series.decayed(120, 30).cost).toBeCloseTo(50 * expected, 10);
    expect(series.undecayed()).toMatchObject({ n: 10, cost: 500 });
  });

  test('another half-life, or another moment, is as if it had been that from the start', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 50; bucket++) series.add(bucket, { n: 1n });
    series.decayed(50, 10);
    series.add(50, { n: 1n });
    const fresh = createSeries();
    for (let bucket = 0; bucket <= 50; bucket++) fresh.add(bucket, { n: 1n });
    expect(series.decayed(60, 20).n).toBeCloseTo(fresh.decayed(60, 20).n, 10);
    expect(series.decayed(60, 10).n).toBeCloseTo(fresh.decayed(60, 10).n, 10);
  });

  test('a late outcome counts at the age of its decision, whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 500 }), fc.boolean()), { minLength: 1, maxLength: 60 }), parts => {
        const inOrder = createSeries();
        const shuffled = createSeries();
        for (const [bucket, success] of parts.toSorted(([x], [y]) => x - y)) inOrder.add(bucket, outcome(success));
        for (const [bucket, success] of parts) shuffled.add(bucket, outcome(success));
        expect(shuffled.decayed(600, 40).successes).toBeCloseTo(inOrder.decayed(600, 40).successes, 9);
        expect(shuffled.undecayed()).toEqual(inOrder.undecayed());
      }),
    );
  });

  test('a retraction leaves nothing behind', () => {
    const series = createSeries();
    series.add(5, outcome(true));
    series.decayed(20, 10);
    series.add(9, outcome(false, 3n));
    series.add(9, { n: -3n, ended: -3n, labelled: -3n });
    expect(series.decayed(20, 10).labelled).toBeCloseTo(2 ** (-14.5 / 10), 12);
    expect(series.undecayed().labelled).toBe(1);
  });
});

test('a busy node stays small: old buckets merge, and hardly change the sums', () => {
  const series = createSeries();
  const halfLife = 168;
  const now = 4000;
  let exact = 0;
  for (let bucket = 0; bucket < now; bucket++) {
    series.add(bucket, { n: 5n });
    exact += 5 * 2 ** (-(now - bucket - 0.5) / halfLife);
    if (bucket % 100 === 0) series.decayed(bucket, halfLife);
  }
  expect(Math.abs(series.decayed(now, halfLife).n / exact - 1)).toBeLessThan(0.002);
  expect(series.undecayed().n).toBe(5 * now);
  expect(series.recentGroups(now, Number.POSITIVE_INFINITY).length).toBeLessThanOrEqual(421);
});

test('add says how many labels came or changed: a correction is one, spend alone is none', () => {
  const series = createSeries();
  expect(series.add(1, { n: 1n, cost: 7n })).toBe(0);
  expect(series.add(1, { labelled: 1n, successes: 1n })).toBe(1);
  expect(series.add(1, { successes: -1n })).toBe(1);
});

test('young groups are the recent ones, newest first', () => {
  const series = createSeries();
  for (const bucket of [1, 50, 98, 99]) series.add(bucket, { n: 1n });
  expect(series.recentGroups(100, 3).map(({ start, end }) => [start, end])).toEqual([
    [99, 100],
    [98, 99],
  ]);
});

describe('change', () => {
  function falling(): ReturnType<typeof createSeries> {
    const series = createSeries();
    const random = seededRandom('falling');
    for (let i = 0; i < 900; i++) series.add(Math.floor(i / 6), outcome(random.next() < (i < 600 ? 0.95 : 0.4)));
    return series;
  }

  test('drops the history before the change from all sums', () => {
    const series = falling();
    expect(series.detectChange(Number.POSITIVE_INFINITY)).toBe(true);
    expect(Math.abs(series.cut - 100)).toBeLessThanOrEqual(2);
    const { labelled, successes } = series.undecayed();
    expect(Math.abs(labelled - 300)).toBeLessThanOrEqual(12);
    expect(successes / labelled).toBeLessThan(0.5);
    expect(series.decayed(150, 1e6).labelled).toBeCloseTo(labelled, 1);
  });

  test('what arrives late for the time before the cut stays out', () => {
    const series = falling();
    series.detectChange(Number.POSITIVE_INFINITY);
    const before = series.undecayed().labelled;
    series.add(3, outcome(true, 50n));
    expect(series.undecayed().labelled).toBe(before);
  });

  test('is not looked for among labels that are still incomplete', () => {
    expect(falling().detectChange(101)).toBe(false);
  });

  test('a verdict that rejects far more than before is a change too', () => {
    const series = createSeries();
    for (let i = 0; i < 600; i++) {
      series.add(Math.floor(i / 6), { n: 1n, ...(i % 10 < (i < 400 ? 1 : 6) ? { rejected: 1n } : {}) });
    }
    expect(series.detectChange(Number.POSITIVE_INFINITY)).toBe(true);
    expect(Math.abs(series.cut - 67)).toBeLessThanOrEqual(3);
  });

  test('a steady node is left whole', () => {
    const series = createSeries();
    const random = seededRandom('steady');
    for (let i = 0; i < 5000; i++) series.add(Math.floor(i / 6), outcome(random.next() < 0.9));
    expect(series.detectChange(Number.POSITIVE_INFINITY)).toBe(false);
    expect(series.undecayed().labelled).toBe(5000);
  });
});
