import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billItems } from '../../../src/exports/bill/bill-items.ts';

function withItem() {
  const items = billItems();
  const item = items.item(items.keys.add('r'), items.addModel('m'), items.meters.add('Input Tokens'));
  return { items, item };
}

describe('items of a bill', () => {
  it('law: costs add up exactly, below and above zero, to the last of eighteen digits', () => {
    const cost = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
    fc.assert(
      fc.property(fc.array(cost, { maxLength: 8 }), costs => {
        const { items, item } = withItem();
        for (const each of costs) items.addBilled(item, { cost: each, quantity: undefined });
        expect(items.billCost(item)).toBe(costs.reduce((sum, each) => sum + each, 0n));
      }),
    );
  });

  it('an item is found by its names, and keeps its key, names and start', () => {
    const { items, item } = withItem();
    const other = items.item(items.keys.add('r'), items.addModel('m'), items.meters.add('Output Tokens'));
    expect(items.item(items.keys.add('r'), items.addModel('m'), items.meters.add('Input Tokens'))).toBe(item);
    expect([items.count, items.model(other), items.meter(other), items.keys.text(items.key(other))]).toEqual([
      2,
      'm',
      'Output Tokens',
      'r',
    ]);
    items.setStart(item, Date.UTC(2126, 0, 1));
    expect(items.startMs(item)).toBe(Date.UTC(2126, 0, 1));
  });

  it('a charge that is removed again leaves the item empty, and rows without costs are counted', () => {
    const { items, item } = withItem();
    items.addCharge(item, 7, 3);
    items.addCharge(item, 7, 3, -1);
    items.addBilled(item, { cost: undefined, quantity: 5n * 10n ** 18n });
    expect([items.ledgerRows(item), items.ledgerNano(item), items.ledgerQuantity(item)]).toEqual([0, 0n, 0]);
    expect([items.rowsWithoutCost(item), items.billQuantity(item)]).toEqual([1, 5]);
  });

  it('an item that is merged into another one is empty, and its key has one item less', () => {
    const { items, item } = withItem();
    const key = items.keys.add('r');
    const other = items.item(key, items.addModel('n'), items.meters.add('Output Tokens'));
    for (const each of [item, other]) items.addBilled(each, { cost: 3n, quantity: undefined });
    items.merge(item, other, items.meters.add(''));
    expect([items.billCost(item), items.billRows(item), items.meter(item)]).toEqual([6n, 2, '']);
    expect([items.billCost(other), [...items.ofKey(key)]]).toEqual([0n, [item]]);
  });
});

it('an item has the rounding of the coarsest bill among its rows', () => {
  const items = billItems();
  const item = (key: string): number => items.item(items.keys.add(key), items.addModel('m'), items.meters.add('x'));
  const row = { cost: 1n, quantity: undefined };
  const [fine, coarse, both, none] = ['fine', 'coarse', 'both', 'none'].map(item) as [number, number, number, number];
  items.addBilled(fine, row);
  items.addBilled(coarse, row, 1);
  items.addBilled(both, row);
  items.addBilled(both, row, 1);
  items.setLastDigits([10n, 1000n]);
  expect([fine, coarse, both, none].map(items.lastDigit)).toEqual([10n, 1000n, 1000n, 1n]);
  items.merge(fine, coarse);
  expect(items.lastDigit(fine)).toBe(1000n);
});
