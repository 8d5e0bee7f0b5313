/** Compares items together if the ledger no longer divides a cost by meters as the bill does. */
import type { BillItems } from './bill-items.ts';
import { modelFamily } from './names.ts';
import { isWithinRounding } from './rounding.ts';

/**
 * A cost in the ledger that today's prices do not explain (an earlier price, an applied bill) is an adjustment without a meter.
 * If it makes a model's meters add up to those of the bill, they become one item.
 */
export function foldAdjustments(items: BillItems): void {
  const none = items.meters.add('');
  const count = items.count;
  for (let item = 0; item < count; item++) {
    if (items.ledgerRows(item) === 0 || items.billRows(item) > 0 || items.meter(item) !== '') continue;
    const family = modelFamily(items.model(item));
    const group = [...items.ofKey(items.key(item))].filter(each => modelFamily(items.model(each)) === family);
    const sum = { bill: 0n, ledger: 0n, billRows: 0, ledgerRows: 0, lastDigit: 1n };
    for (const each of group) {
      sum.bill += items.billCost(each);
      sum.ledger += items.ledgerNano(each);
      sum.billRows += items.billRows(each);
      sum.ledgerRows += items.ledgerRows(each);
      if (items.lastDigit(each) > sum.lastDigit) sum.lastDigit = items.lastDigit(each);
    }
    if (sum.billRows === 0 || !isWithinRounding(sum)) continue;
    for (const each of group) items.merge(item, each, none);
  }
}
