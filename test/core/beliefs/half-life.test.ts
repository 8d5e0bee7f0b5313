import { expect, test } from 'vitest';
import { halfLifeBuckets, labelClock } from '../../../src/core/beliefs/half-life.ts';
import type { Bucket } from '../../../src/core/cells/cell.ts';
import { canonical, grainsAt } from '../../../src/core/cells/grains.ts';

/** Half-life in days after `days` of `perHour` labels. */
function halfLifeDays(perHour: number, days: number): number {
  const clock = labelClock();
  for (let bucket = 0; bucket < days * 24; bucket++) clock.add({ bucket }, perHour);
  return halfLifeBuckets(clock, days * 24) / 24;
}

/** The nearest half-life in hours that a quarter octave allows, in days. */
const rounded = (days: number): number => 2 ** (Math.round(4 * Math.log2(days * 24)) / 4) / 24;

test.each([2.5, 6, 12])(
  'at %d labels per hour the half-life is the time that 4,000 labels take, rounded to a quarter octave',
  perHour => {
    expect(halfLifeDays(perHour, 30)).toBeCloseTo(rounded(4000 / perHour / 24), 9);
  },
);

test('the half-life stays between about 7 and 90 days, and is about 90 days before the first label', () => {
  expect(halfLifeDays(10_000, 10)).toBeCloseTo(rounded(7), 9);
  expect(halfLifeDays(0.01, 200)).toBeCloseTo(rounded(90), 9);
  expect(halfLifeBuckets(labelClock(), 5) / 24).toBeCloseTo(rounded(90), 9);
});

test('the label rate covers the last 90 days', () => {
  const clock = labelClock();
  for (let bucket = 0; bucket < 24 * 50; bucket++) clock.add({ bucket }, 100);
  for (let bucket = 24 * 50; bucket < 24 * 400; bucket++) clock.add({ bucket }, bucket % 2);
  expect(clock.rate(24 * 400)).toBeCloseTo(0.5, 2);
});

test('the label rate is measured from the first visit, even if that visit has no label', () => {
  const clock = labelClock();
  clock.add({ bucket: 100 }, 0);
  clock.add({ bucket: 150 }, 12);
  expect(clock.rate(160)).toBeCloseTo(12 / 60, 12);
});

test('the label rate is averaged over at least one bucket, and is 0 without labels', () => {
  const clock = labelClock();
  expect(clock.rate(0)).toBe(0);
  clock.add({ bucket: 7 }, 3);
  expect(clock.rate(7)).toBe(3);
  expect(clock.rate(7.5)).toBe(3);
});

test('the label clock does not count a retracted label', () => {
  const clock = labelClock();
  clock.add({ bucket: 0 }, 1);
  clock.add({ bucket: 24 }, 1);
  clock.add({ bucket: 24 }, -1);
  expect(clock.rate(48)).toBeCloseTo(1 / 48, 12);
});

test('a cleared label clock starts from zero', () => {
  const clock = labelClock();
  clock.add({ bucket: 0 }, 5);
  clock.clear();
  expect(clock.rate(24)).toBe(0);
  clock.add({ bucket: 48 }, 6);
  expect(clock.rate(50)).toBe(3);
});

test('labels that are stored by day and week give the same half-life as labels stored by hour', () => {
  const now = 24 * 365;
  for (const perHour of [0, 1, 3, 20]) {
    const [hours, folded] = [labelClock(), labelClock()];
    const cells = Array.from({ length: now }, (_, bucket) => bucket);
    for (const bucket of cells) hours.add({ bucket }, perHour);
    const grains = grainsAt(now * 3_600_000);
    const labels = Map.groupBy(cells, bucket => JSON.stringify(canonical(bucket, grains)));
    for (const [bucket, own] of labels) folded.add(JSON.parse(bucket) as Bucket, perHour * own.length);
    expect(folded.rate(now)).toBeCloseTo(hours.rate(now), 9);
    expect(halfLifeBuckets(folded, now)).toBe(halfLifeBuckets(hours, now));
  }
});
