import { expect, test } from 'vitest';
import { longestPeriod, periodWords } from '../../../src/core/report/period-words.ts';

test('the counted period and why it is longer follow the period asked for, where they differ', () => {
  const asked = { fromMs: Date.UTC(2026, 10, 5, 12) };
  expect(periodWords(asked, undefined)).toBe('since 2026-11-05 12:00 UTC');
  expect(periodWords(asked, { fromMs: Date.UTC(2026, 10, 5) })).toBe(
    'since 2026-11-05 12:00 UTC; counted is since 2026-11-05 00:00 UTC, because older statistics are kept by day, then by week, and ' +
      'cannot be divided',
  );
});

test('the longest period has the earliest start and the latest end of any feature, and no bound that was not asked for', () => {
  expect(longestPeriod({ fromMs: 5, toMs: 9 }, [{}, {}])).toBeUndefined();
  const features = [{ coveredPeriod: { fromMs: 4, toMs: 9 } }, {}, { coveredPeriod: { fromMs: 5, toMs: 12 } }];
  expect(longestPeriod({ fromMs: 5, toMs: 9 }, features)).toEqual({ fromMs: 4, toMs: 12 });
  expect(longestPeriod({ fromMs: 5 }, [{ coveredPeriod: { fromMs: 3 } }])).toEqual({ fromMs: 3 });
});
