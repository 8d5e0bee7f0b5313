import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashWithPeriod, periodInHash, periodQuery } from '../../../src/dashboard/page/period-address.ts';
import { hashOf, parseRoute } from '../../../src/dashboard/page/route.ts';

test('law: the address of a page with a period is read back as that page and that period', () => {
  const name = fc.constantFrom('today', '7d', '30d', 'all', '2026-10', '2026-10-01..2026-10-07');
  fc.assert(
    fc.property(name, fc.boolean(), fc.string({ minLength: 1 }), (period, isCompared, feature) => {
      const choice = { name: period, isCompared };
      const hash = hashOf({ page: 'feature', feature }, choice);
      expect(periodInHash(hash)).toEqual(choice);
      expect(parseRoute(hash)).toEqual({ page: 'feature', feature });
    }),
  );
});

test('the default period is not written into an address, and other names in the address stay', () => {
  expect(hashWithPeriod('#/overview', { name: '30d', isCompared: true })).toBe('#/overview');
  const days = { name: '2026-10-01..2026-10-07', isCompared: false };
  const hash = hashWithPeriod('#/intents?outcome=failed&period=7d', days);
  expect(hash).toBe('#/intents?outcome=failed&period=2026-10-01..2026-10-07&compare=none');
  expect(hashWithPeriod(hash, { name: '30d', isCompared: true })).toBe('#/intents?outcome=failed');
  expect(periodQuery(days)).toBe('period=2026-10-01..2026-10-07&compare=none');
});
