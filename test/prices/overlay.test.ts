import { expect, test } from 'vitest';
import { OVERLAY } from '../../src/prices/overlay.ts';
import { checkPriceList } from '../../src/prices/price-list-check.ts';

test('the overlay is a price list like one that an application brings', () => {
  expect(checkPriceList(OVERLAY, 'overlay')).toBe(OVERLAY);
});

test('the overlay has the date of its newest entry', () => {
  const dates = [...(OVERLAY.models ?? []), ...(OVERLAY.terms ?? [])].map(({ asOf = '' }) => asOf).sort();
  expect(OVERLAY.asOf).toBe(dates.at(-1));
});
