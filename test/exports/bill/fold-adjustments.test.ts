import { expect, test } from 'vitest';
import { billItems } from '../../../src/exports/bill/bill-items.ts';
import { foldAdjustments } from '../../../src/exports/bill/fold-adjustments.ts';

/** Two meters on both sides, and an adjustment in the ledger, in dollars. */
function filled(adjustment: number) {
  const items = billItems();
  const item = (meter: string): number =>
    items.item(items.keys.add(' day'), items.addModel('m'), items.meters.add(meter));
  for (const meter of ['Input Tokens', 'Output Tokens']) {
    items.addBilled(item(meter), { cost: 11n * 10n ** 18n, quantity: undefined });
    items.addCharge(item(meter), 10e9, 1);
  }
  const own = item('');
  items.addCharge(own, adjustment * 1e9, 0);
  return { items, own };
}

test('meters that add up only with the adjustment of their model become one item', () => {
  const { items, own } = filled(2);
  foldAdjustments(items);
  expect([items.billCost(own), items.ledgerNano(own), items.meter(own)]).toEqual([
    22n * 10n ** 18n,
    22_000_000_000n,
    '',
  ]);
});

test('meters that do not add up stay separate', () => {
  const { items, own } = filled(3);
  foldAdjustments(items);
  expect([0, 1, own].map(items.ledgerRows)).toEqual([1, 1, 1]);
});
