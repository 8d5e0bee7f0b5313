import { expect, test } from 'vitest';
import { billItems } from '../../../src/exports/bill/bill-items.ts';
import { foldByDay } from '../../../src/exports/bill/fold-by-day.ts';
import { dayOf, hourOf, periodKey } from '../../../src/exports/bill/periods.ts';
import { HOUR, NOON } from '../../stores/histories.ts';

/** Requests of the bill with their costs, and hours of the ledger with theirs, in dollars. */
function filled(billed: readonly number[], ledger: readonly number[], meter = 'Output Tokens', own = 'Output Tokens') {
  const items = billItems();
  const add = (key: string, name: string, startMs: number): number => {
    const item = items.item(items.keys.add(key), items.addModel('m'), items.meters.add(name));
    items.setStart(item, startMs);
    return item;
  };
  const requests = billed.map((usd, i) => {
    const item = add(`gen-${i}`, meter, NOON);
    items.addBilled(item, { cost: BigInt(usd) * 10n ** 18n, quantity: undefined });
    return item;
  });
  ledger.forEach((usd, i) => {
    const atMs = NOON + i * HOUR;
    items.addCharge(add(periodKey(hourOf(atMs)), own, atMs), usd * 1e9, 1);
  });
  return { items, requests };
}

const DAY_KEY = periodKey(dayOf(NOON));

test('requests whose day agrees with the ledger are merged into that day, and others stay separate', () => {
  const agreeing = filled([1, 2], [3]);
  const became = foldByDay(agreeing.items, { all: false });
  const day = became(agreeing.requests[0]) ?? -1;
  expect(agreeing.items.keys.text(agreeing.items.key(day))).toBe(DAY_KEY);
  expect([agreeing.items.billCost(day), agreeing.items.ledgerNano(day)]).toEqual([3n * 10n ** 18n, 3_000_000_000n]);
  const other = filled([1, 2], [4]);
  expect(foldByDay(other.items, { all: false })(other.requests[0])).toBe(other.requests[0]);
});

test('all requests are merged into days if the ledger has none of their ids, unless it has no calls on the day', () => {
  const all = filled([1, 2], [1, 5]);
  const day = foldByDay(all.items, { all: true })(all.requests[1]) ?? -1;
  expect([all.items.billRows(day), all.items.ledgerRows(day)]).toEqual([2, 2]);
  const alone = filled([1, 2], []);
  expect(foldByDay(alone.items, { all: true })(alone.requests[1])).toBe(alone.requests[1]);
});

test('calls that the bill does not split by meter are compared with all meters of the day', () => {
  const { items, requests } = filled([3], [3], '');
  const day = foldByDay(items, { all: true })(requests[0]) ?? -1;
  expect([items.meter(day), items.ledgerRows(day)]).toEqual(['', 1]);
});

test('a ledger that does not split its calls by meter is compared with all meters of the bill’s day', () => {
  const { items, requests } = filled([3], [3], 'Output Tokens', 'Requests');
  const day = foldByDay(items, { all: true })(requests[0]) ?? -1;
  expect([items.meter(day), items.billRows(day), items.ledgerRows(day)]).toEqual(['', 1, 1]);
});
