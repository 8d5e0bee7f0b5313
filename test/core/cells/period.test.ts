import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIn, spanOf, stepFor, stepsOf, stepStarts, wholeBuckets } from '../../../src/core/cells/period.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt, hoursIn } from '../../../src/core/cells/grains.ts';
import { cellsOf, made, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const hour = Math.floor(AT_MS / BUCKET_MS);
const day = cellsOf(many(3, { evidence: [SUCCESS] }), many(2, { hour: 5, plan: ['premium'] }), [made({ hour: 23 })]);

test('a period includes the hour in which it begins and excludes the hour that begins at its end', () => {
  const period = { fromMs: AT_MS + 1, toMs: (hour + 2) * BUCKET_MS };
  expect([hour - 1, hour, hour + 1, hour + 2].map(bucket => isIn(period, bucket))).toEqual([false, true, true, false]);
  expect(isIn({}, 0)).toBe(true);
});

test('the span of cells runs from the start of the first hour to the end of the last', () => {
  expect(spanOf(day)).toEqual({ fromMs: hour * BUCKET_MS, toMs: (hour + 24) * BUCKET_MS });
  expect(spanOf(day.toReversed())).toEqual(spanOf(day));
  expect(spanOf(cellsOf([made({})]))).toEqual({ fromMs: hour * BUCKET_MS, toMs: (hour + 1) * BUCKET_MS });
  expect(spanOf([])).toBeUndefined();
});

test('the span of one scope ignores the cells of the other scope', () => {
  const nodes = cellsOf([made({ hour: 7 })]).filter(({ key }) => key.scope === 'node');
  expect(spanOf([...day, ...nodes.map(cell => ({ ...cell, key: { ...cell.key, bucket: hour + 99 } }))])).toEqual(
    spanOf(day),
  );
  expect(spanOf(nodes, 'node')).toEqual({ fromMs: (hour + 7) * BUCKET_MS, toMs: (hour + 8) * BUCKET_MS });
  expect(spanOf(nodes)).toBeUndefined();
});

describe('steps of time', () => {
  test('every intent is in exactly one step of time, and steps without intents are kept', () => {
    const span = spanOf(day);
    if (span === undefined) return expect.unreachable();
    const steps = stepsOf(day, span, stepStarts(day, span, BUCKET_MS));
    expect(steps).toHaveLength(24);
    expect(steps.map(({ fromMs }) => fromMs)).toEqual(steps.map((_, i) => (hour + i) * BUCKET_MS));
    const counts = steps.map(step => [...step.plans.values()].reduce((n, sums) => n + Number(sums.n), 0));
    expect(counts.map((n, i) => [i, n]).filter(([, n]) => n !== 0)).toEqual([
      [0, 3],
      [5, 2],
      [23, 1],
    ]);
  });

  test('steps begin at whole multiples of their width, so that a day is a calendar day', () => {
    const span = { fromMs: AT_MS, toMs: AT_MS + 24 * BUCKET_MS };
    const steps = stepsOf(day, span, stepStarts(day, span, 24 * BUCKET_MS));
    expect(steps.every(step => step.fromMs % (24 * BUCKET_MS) === 0)).toBe(true);
    expect(steps.flatMap(step => [...step.plans.values()]).reduce((n, sums) => n + Number(sums.n), 0)).toBe(6);
  });

  test('stepFor never gives more steps than asked for', () => {
    for (const hours of [1, 7, 24, 90, 2000, 100_000]) {
      const width = stepFor({ fromMs: 0, toMs: hours * BUCKET_MS }, 60);
      expect((hours * BUCKET_MS) / width).toBeLessThanOrEqual(60);
    }
  });

  test('stepFor picks the narrowest usual width that suffices, and the narrowest number of whole hours beyond those', () => {
    const widthOf = (hours: number): number => stepFor({ fromMs: 0, toMs: hours * BUCKET_MS }, 60) / BUCKET_MS;
    expect([1, 59, 60, 300, 24 * 59, 24 * 60, 60 * 1344].map(widthOf)).toEqual([1, 1, 2, 6, 24, 48, 1344]);
    expect(widthOf(100_000)).toBe(1667);
  });
});

describe('older buckets', () => {
  const DAY_MS = 24 * BUCKET_MS;
  const NOW_MS = AT_MS + 150 * DAY_MS;
  /** An intent every 12 hours of 150 days, and an hour with three. */
  const hours = cellsOf(
    Array.from({ length: 300 }, (_, i) => made({ hour: 12 * i })),
    many(2, { hour: 24 }),
  );
  const cells = foldCells(hours, grainsAt(NOW_MS));
  const intents = (of: readonly Cell[]): number => of.reduce((n, { sums }) => n + Number(sums.n), 0) / 2;
  const startOf = (key: Cell['key']): number => key.bucket * BUCKET_MS;
  const endOf = (key: Cell['key']): number => (key.bucket + hoursIn(key)) * BUCKET_MS;

  test('the span of cells ends with the last bucket, however wide it is', () => {
    const oldest = cells.filter(({ key }) => key.grain === 'week');
    const ends = oldest.map(({ key }) => endOf(key));
    expect(spanOf(oldest)?.toMs).toBe(Math.max(...ends));
    expect(spanOf(cells)?.toMs).toBe(spanOf(hours)?.toMs);
  });

  test('an edge of a period inside a bucket is moved outward, so that the period covers the whole bucket', () => {
    const anyTime = fc.integer({ min: AT_MS - 5 * DAY_MS, max: NOW_MS });
    fc.assert(
      fc.property(anyTime, anyTime, (a, b) => {
        const asked = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
        const period = wholeBuckets(asked, cells);
        const coarse = cells.filter(({ key }) => key.grain !== undefined);
        const inside = coarse.filter(({ key }) => isIn(period, key.bucket));
        expect(inside).toEqual(
          coarse.filter(
            ({ key }) => startOf(key) < asked.toMs && endOf(key) > asked.fromMs && asked.fromMs < asked.toMs,
          ),
        );
        const edges = inside.flatMap(({ key }) => [startOf(key), endOf(key)]);
        expect(period).toEqual({
          fromMs: Math.min(asked.fromMs, ...edges),
          toMs: Math.max(asked.toMs, ...edges),
        });
      }),
    );
  });

  test('a period that divides no older bucket is returned as the same object', () => {
    for (const period of [{}, { fromMs: NOW_MS - 5.5 * DAY_MS }, { toMs: AT_MS - DAY_MS }])
      expect(wholeBuckets(period, cells)).toBe(period);
    const { fromMs, toMs } = { fromMs: AT_MS + 100 * DAY_MS, toMs: AT_MS + 101 * DAY_MS };
    expect(wholeBuckets({ fromMs, toMs }, hours)).toEqual({ fromMs, toMs });
  });

  test('two periods that meet at an edge share no intent, once the edge is moved', () => {
    for (let day = 0; day < 150; day += 0.7) {
      const { fromMs = Number.NaN } = wholeBuckets({ fromMs: AT_MS + day * DAY_MS }, cells);
      const atHour = Math.floor(fromMs / BUCKET_MS) * BUCKET_MS;
      const parts = [{ toMs: atHour }, { fromMs: atHour }].map(asked => {
        const period = wholeBuckets(asked, cells);
        return cells.filter(({ key }) => isIn(period, key.bucket));
      });
      expect(parts.reduce((n, part) => n + intents(part), 0)).toBe(302);
    }
  });

  test.each([1, 6, 24, 72, 168])('steps of %d hours include every intent once, and divide no bucket', hoursPerStep => {
    const span = spanOf(cells);
    if (span === undefined) return expect.unreachable();
    const starts = stepStarts(cells, span, hoursPerStep * BUCKET_MS);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    for (const { key } of cells) expect(starts.some(atMs => startOf(key) < atMs && atMs < endOf(key))).toBe(false);
    const steps = stepsOf(cells, span, starts);
    expect(steps.flatMap(step => [...step.plans.values()]).reduce((n, sums) => n + Number(sums.n), 0)).toBe(302);
    const expected = stepsOf(hours, span, starts);
    expect(steps).toEqual(expected);
  });
});
