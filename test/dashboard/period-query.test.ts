import { expect, test } from 'vitest';
import { shownPeriod } from '../../src/core/report/shown-period.ts';
import { askedPeriod, countedOf, keyOf } from '../../src/dashboard/period-query.ts';

const NOON = Date.UTC(2026, 10, 27, 12);

test('a request without a period asks for the last 30 days and the time before them', () => {
  expect(askedPeriod(new URLSearchParams())).toEqual({ name: '30d', isCompared: true });
  expect(askedPeriod(new URLSearchParams('period=7d&compare=none'))).toEqual({ name: '7d', isCompared: false });
});

test('a report counts the period without an end until the last intent', () => {
  const day = 86_400_000;
  const today = Date.UTC(2026, 10, 27);
  expect(countedOf(shownPeriod('today', { nowMs: NOON }))).toEqual({
    period: { fromMs: today },
    before: { fromMs: today - day, toMs: NOON - day },
  });
  expect(countedOf({ name: 'all' })).toEqual({ period: {}, before: undefined });
});

test('two requests within one hour share an answer, and another period or comparison has its own answer', () => {
  const of = (name: string, nowMs = NOON, isCompared = true): string => keyOf(shownPeriod(name, { nowMs, isCompared }));
  expect(of('7d', NOON + 60_000)).toBe(of('7d', NOON + 3_000_000));
  expect(new Set([of('7d'), of('30d'), of('all'), of('7d', NOON, false), of('7d', NOON + 3_700_000)]).size).toBe(5);
});
