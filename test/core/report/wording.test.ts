import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatIntents,
  formatPoints,
  formatMoment,
  formatPercent,
  formatPercentApart,
  formatPeriod,
  formatRate,
  formatTotal,
  formatUsd,
  formatUsdApart,
} from '../../../src/core/report/wording.ts';

test('a count of intents uses the singular or the plural as needed', () => {
  expect([0, 1, 2, 1234].map(formatIntents)).toEqual(['0 intents', '1 intent', '2 intents', '1,234 intents']);
});

test('dollars have two significant digits or cents, at any size', () => {
  expect([0, 0.0019, 0.014, 0.09999, 0.764, 0.9999, 4.5019, 1234.56, -2.5, 1e-7].map(formatUsd)).toEqual([
    '$0',
    '$0.0019',
    '$0.014',
    '$0.100',
    '$0.76',
    '$1.00',
    '$4.50',
    '$1,235',
    '−$2.50',
    '$0.00000010',
  ]);
});

test('two different figures get as many more digits as it takes to tell them apart, and no more than nine', () => {
  const usd = (a: number, b: number) => [a, b].map(formatUsdApart(a, b));
  const percent = (a: number, b: number) => [a, b].map(formatPercentApart(a, b));
  expect(usd(0.2, 0.3)).toEqual(['$0.20', '$0.30']);
  expect(usd(0.2, 0.2004)).toEqual(['$0.2000', '$0.2004']);
  expect(usd(1234.4, 1234)).toEqual(['$1,234.4', '$1,234']);
  expect(usd(0.99999, 1)).toEqual(['$0.99999', '$1.00000']);
  expect(usd(2, 2)).toEqual(['$2.00', '$2.00']);
  expect(percent(0.0504, 0.05)).toEqual(['5.04 %', '5.00 %']);
  expect(percent(0.99999, 1)).toEqual(['99.999 %', '100 %']);
  expect(percent(0.5, 0.5 + 1e-15)).toEqual(['50.0000000000 %', '50.0000000000 %']);
});

test('unknown and unbounded figures are printed as symbols, not as NaN or Infinity', () => {
  expect([Number.NaN, Infinity].map(formatUsd)).toEqual(['–', '∞']);
  expect([formatPercent(Number.NaN), formatCount(Number.NaN)]).toEqual(['–', '–']);
  expect(formatFigure({ value: Number.NaN, low: 0, high: 1 }, formatPercent)).toBe('–');
  expect(formatPoints(Number.NaN)).toBe('–');
  // Rounds to 0, which has no minus sign.
  expect(formatPoints(-0.0001)).toBe('0.0 points');
});

test('totals are printed to the cent, with thousands separators', () => {
  expect(['0', '1234567.5', '0.0012', '-3'].map(formatTotal)).toEqual(['$0.00', '$1,234,567.50', '$0.0012', '−$3.00']);
});

test('law: a printed price reads back as the same price, to a billionth of a dollar', () => {
  expect([0.125, 2, 0.000_000_1, 1234.5].map(formatRate)).toEqual(['$0.125', '$2.00', '$0.0000001', '$1234.50']);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), pico => {
      expect(Number(formatRate(pico / 1e6).slice(1))).toBe(pico / 1e6);
    }),
  );
});

test('a figure is printed with its interval, and its unit only once', () => {
  expect(formatFigure({ value: 0.95, low: 0.888, high: 0.978 }, formatPercent)).toBe('95.0 % (88.8–97.8)');
  expect(formatFigure({ value: 0.76, low: 0.42, high: Infinity }, formatUsd)).toBe('$0.76 (0.42–∞)');
  expect(formatFigure({ value: -1, low: -2, high: 0.5 }, formatUsd)).toBe('−$1.00 (−2.00 to 0.50)');
  expect(formatFigure({ value: -0.012, low: -0.0312, high: 0.008 }, formatPoints)).toBe('−1.2 points (−3.1 to 0.8)');
});

test('plans are described in words, and times in UTC to the minute', () => {
  expect(describePlan('mini>premium>opus')).toBe('mini, then premium, then opus if needed');
  expect(describePlan('mini')).toBe('mini');
  expect(formatMoment(Date.UTC(2026, 2, 1, 14))).toBe('2026-03-01 14:00');
});

test('a period names its start and its end, each where there is one', () => {
  const [fromMs, toMs] = [Date.UTC(2026, 2, 1, 14), Date.UTC(2026, 2, 8)];
  expect(formatPeriod({ fromMs, toMs })).toBe('2026-03-01 14:00 until 2026-03-08 00:00 UTC');
  expect(formatPeriod({ fromMs, toMs: Infinity })).toBe('since 2026-03-01 14:00 UTC');
  expect(formatPeriod({ toMs })).toBe('until 2026-03-08 00:00 UTC');
});
