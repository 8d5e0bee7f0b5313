import { describe, expect, test } from 'vitest';
import { isIn, spanOf, stepFor, stepsOf } from '../../../src/core/cells/period.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
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
    const steps = stepsOf(day, span, BUCKET_MS);
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
    const steps = stepsOf(day, { fromMs: AT_MS, toMs: AT_MS + 24 * BUCKET_MS }, 24 * BUCKET_MS);
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
