import { expect, test } from 'vitest';
import { halfLifeBuckets, labelClock } from '../../../src/core/beliefs/half-life.ts';

/** Half-life in days after `days` of `perHour` labels. */
function halfLifeDays(perHour: number, days: number): number {
  const clock = labelClock();
  for (let bucket = 0; bucket < days * 24; bucket++) clock.add(bucket, perHour);
  return halfLifeBuckets(clock, days * 24) / 24;
}

/** Half-lives come in steps of a quarter octave. */
const STEP = 2 ** (1 / 8);

test('the half-life is the time in which 4,000 outcomes are labelled', () => {
  for (const perHour of [2.5, 6, 12]) {
    const exact = 4000 / perHour / 24;
    expect(halfLifeDays(perHour, 30) / exact).toBeLessThanOrEqual(STEP * 1.001);
    expect(exact / halfLifeDays(perHour, 30)).toBeLessThanOrEqual(STEP * 1.001);
  }
});

test('it is never shorter than about a week nor longer than about a quarter, and long before the first label', () => {
  expect(halfLifeDays(10_000, 10)).toBeGreaterThan(7 / STEP);
  expect(halfLifeDays(10_000, 10)).toBeLessThan(7 * STEP);
  expect(halfLifeDays(0.01, 200)).toBeLessThan(90 * STEP);
  expect(halfLifeBuckets(labelClock(), 5) / 24).toBeGreaterThan(90 / STEP);
});

test('the rate is that of the last 90 days, and visits without a label count for none of it', () => {
  const clock = labelClock();
  for (let bucket = 0; bucket < 24 * 50; bucket++) clock.add(bucket, 100);
  for (let bucket = 24 * 50; bucket < 24 * 400; bucket++) clock.add(bucket, bucket % 2);
  expect(clock.rate(24 * 400)).toBeCloseTo(0.5, 2);
  clock.clear();
  expect(clock.rate(24 * 400)).toBe(0);
});

test('a retracted label is none', () => {
  const clock = labelClock();
  clock.add(0, 1);
  clock.add(24, 1);
  clock.add(24, -1);
  expect(clock.rate(48)).toBeCloseTo(1 / 48, 12);
});
