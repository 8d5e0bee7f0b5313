import { expect, test } from 'vitest';
import { billTimes } from '../../../src/exports/bill/bill-times.ts';

const at = (text: string, zone?: string) => billTimes(zone).at(text);

test('a time is read in its own UTC offset, or in the bill’s time zone if it has none', () => {
  const noon = Date.UTC(2026, 10, 20, 12);
  for (const text of [
    '2026-11-20T12:00:00Z',
    '2026-11-20T12:00:00.123Z',
    '2026-11-20 12:00:00',
    '2026-11-20T13:00+01:00',
    '2026-11-20 12:00:00 UTC',
  ])
    expect(at(text)).toBe(noon);
  expect(at('2026-11-20 12:00:00', 'Asia/Tokyo')).toBe(noon - 9 * 3_600_000);
  expect(at('2026-11-20T12:00:00Z', 'Asia/Tokyo')).toBe(noon);
});

test.each(['yesterday', '2026-13-01', '2026-02-31', '20/11/2026', ''])('%j is not a time', text => {
  expect(at(text)).toBeUndefined();
});

test('a date is a whole day, of 23 or 25 hours when the clock changes, and a time without an end is an hour', () => {
  const hours = (start: string, end: string | undefined, zone?: string): number | undefined => {
    const period = billTimes(zone).period(start, end);
    return period && (period.endMs - period.startMs) / 3_600_000;
  };
  expect(hours('2026-11-20', undefined)).toBe(24);
  expect(hours('2026-11-01', undefined, 'America/Los_Angeles')).toBe(25);
  expect(hours('2026-03-08', undefined, 'America/Los_Angeles')).toBe(23);
  expect(hours('2026-11-20T12:00:00Z', undefined)).toBe(1);
  expect(hours('2026-11-20', '2026-12-20')).toBe(720);
  expect(hours('2026-11-20', '2026-11-20')).toBeUndefined();
});
