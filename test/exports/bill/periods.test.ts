import { expect, test } from 'vitest';
import { textTable } from '../../../src/exports/bill/text-table.ts';
import { billPeriods, dayOf, describePeriod, hourOf, periodKey } from '../../../src/exports/bill/periods.ts';
import { HOUR, NOON } from '../../stores/histories.ts';

test('a time is in all its periods, the shortest first, including those that start at it and excluding those that end at it', () => {
  const keys = textTable();
  const periods = billPeriods(keys);
  const month = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };
  for (const period of [month, dayOf(NOON), hourOf(NOON), hourOf(NOON), hourOf(NOON - 5 * HOUR)]) periods.add(period);
  expect(periods.containing(NOON + 1).map(({ key }) => keys.text(key))).toEqual(
    [hourOf(NOON), dayOf(NOON), month].map(periodKey),
  );
  expect(periods.containing(NOON + 1)).toMatchObject([hourOf(NOON), dayOf(NOON), month]);
  expect(periods.containing(NOON)).toMatchObject([hourOf(NOON), dayOf(NOON), month]);
  expect(periods.containing(NOON + HOUR)).toMatchObject([dayOf(NOON), month]);
  expect(periods.containing(month.endMs)).toEqual([]);
  expect(periods.containing(month.startMs - 1)).toEqual([]);
  expect(periods.all).toHaveLength(4);
  // A million rows name few periods: each is kept once.
  expect(periods.add(hourOf(NOON))).toBe(periods.add(hourOf(NOON)));
});

test('two different periods never have the same key, whether they are hours, days or others', () => {
  expect(
    [
      hourOf(NOON),
      dayOf(NOON),
      { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) },
      { startMs: NOON, endMs: NOON + 60_000 },
      { startMs: dayOf(NOON).startMs, endMs: NOON },
      { startMs: NOON, endMs: dayOf(NOON).endMs },
    ].map(describePeriod),
  ).toEqual([
    '2026-11-20T12:00:00Z',
    '2026-11-20',
    '2026-11-01 to 2026-12-01',
    '2026-11-20T12:00:00Z to 2026-11-20T12:01:00Z',
    '2026-11-20T00:00:00Z to 2026-11-20T12:00:00Z',
    '2026-11-20T12:00:00Z to 2026-11-21T00:00:00Z',
  ]);
  expect(periodKey(dayOf(NOON))).toBe(' 2026-11-20');
});
