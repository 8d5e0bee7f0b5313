import { expect, test } from 'vitest';
import { daysWords, formatDay, longestPeriod, periodWords } from '../../../src/core/report/period-words.ts';

test('where the counted period is longer than the requested one, the text states both periods and the reason', () => {
  const asked = { fromMs: Date.UTC(2026, 10, 5, 12) };
  expect(periodWords(asked, undefined)).toBe('since 2026-11-05 12:00 UTC');
  expect(periodWords(asked, { fromMs: Date.UTC(2026, 10, 5) })).toBe(
    'since 2026-11-05 12:00 UTC; the figures cover since 2026-11-05 00:00 UTC, because older statistics are kept by day, then by week, and ' +
      'cannot be divided',
  );
});

test('the longest period has the earliest start and the latest end of any feature, and no bound that was not requested', () => {
  expect(longestPeriod({ fromMs: 5, toMs: 9 }, [{}, {}])).toBeUndefined();
  const features = [{ coveredPeriod: { fromMs: 4, toMs: 9 } }, {}, { coveredPeriod: { fromMs: 5, toMs: 12 } }];
  expect(longestPeriod({ fromMs: 5, toMs: 9 }, features)).toEqual({ fromMs: 4, toMs: 12 });
  expect(longestPeriod({ fromMs: 5 }, [{ coveredPeriod: { fromMs: 3 } }])).toEqual({ fromMs: 3 });
});

test('a period in days names its last day, and a year once', () => {
  const at = (text: string): number => Date.parse(`${text}Z`);
  const words = (from: string, to: string): string => daysWords({ fromMs: at(from), toMs: at(to) });
  expect(words('2026-10-28T00:00', '2026-11-27T14:00')).toBe('28 Oct – 27 Nov 2026 (UTC)');
  expect(words('2025-12-30T00:00', '2026-01-03T00:00')).toBe('30 Dec 2025 – 2 Jan 2026 (UTC)');
  expect(words('2026-11-27T00:00', '2026-11-27T14:00')).toBe('27 Nov 2026 (UTC)');
  expect(words('2026-11-27T06:00', '2026-11-27T14:00')).toBe('2026-11-27 06:00 – 2026-11-27 14:00 (UTC)');
  expect(formatDay(Number.NaN)).toBe('');
});
