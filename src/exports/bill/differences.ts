/** The parts of bill − ledger, each with a reason; they add up to it. */
import type { BillItems, ItemIndex } from './bill-items.ts';
import { calendarEdges } from './calendar-edges.ts';
import { nanoSum, toNano } from './bill-row.ts';
import type { Matching } from './match-bill.ts';
import { modelFamily } from './names.ts';
import { SET_ASIDE } from './read-rows.ts';
import { isWithinRounding } from './rounding.ts';

/**
 * The reasons why bill and ledger differ, where the two can show them.
 *
 * - `rounding`: the same items, each within the rounding of the bill's last digit and of the ledger's nano-dollar.
 * - `tax`, `credit`, `purchase`, `adjustment`, `other-service`, `other-key`, `other-period`: rows of the bill that are not use of
 * a model in this period by this application.
 * - `calendar-edge`: calls that began in one period and ended in the next one, which the bill has in the next one.
 * - `price`: the same use at another price.
 * - `use`: more or less use of an item that both have.
 * - `price-or-use`: another cost of an item that both have, on a bill without quantities.
 * - `unknown-model`: the ledger has no call of this model.
 * - `not-in-ledger`: the ledger has calls of this model, but not these: made with another key, without the router, or removed.
 * - `other-vendor`: charges of the ledger that another vendor bills.
 * - `other-model`: the bill does not name this model.
 * - `outside-bill`: calls before the first or after the last period of the bill.
 * - `ledger-adjustment`: costs in the ledger that the prices known now do not explain, which no bill lists.
 * - `not-on-bill`: in the ledger, and not billed.
 */
export const REASONS = [
  'rounding',
  ...SET_ASIDE,
  'calendar-edge',
  'price',
  'use',
  'price-or-use',
  'unknown-model',
  'not-in-ledger',
  'other-vendor',
  'other-model',
  'outside-bill',
  'ledger-adjustment',
  'not-on-bill',
] as const;
export type DifferenceReason = (typeof REASONS)[number];

/** These need no action: the bill also covers other things, or rounds. */
export const EXPECTED_REASONS: ReadonlySet<DifferenceReason> = new Set([
  'rounding',
  ...SET_ASIDE,
  'calendar-edge',
  'other-vendor',
  'other-model',
  'outside-bill',
]);

export interface DifferencePart {
  readonly reason: DifferenceReason;
  /** Items, or rows of the bill that are not use. */
  readonly count: number;
  /** Nano-dollars, bill − ledger: the parts of a reconciliation add up to it. */
  readonly nanoUsd: bigint;
  /** Sum of the absolute values: a calendar edge moves an amount from one day to another. */
  readonly sizeNanoUsd: bigint;
}

export type ItemState = 'matched' | 'rounded' | 'different' | 'missingInLedger' | 'missingInBill';

/** Relative difference below which quantities count as equal: a bill in thousands is rounded as well. */
const NO_USE_DIFFERENCE = 1e-6;

/** How an item compares. A usage report has no costs, so it is compared by quantities. */
export function stateOf(items: BillItems, item: ItemIndex): ItemState {
  const [billRows, ledgerRows] = [items.billRows(item), items.ledgerRows(item)];
  if (ledgerRows === 0) return 'missingInLedger';
  if (billRows === 0) return 'missingInBill';
  if (items.rowsWithoutCost(item) > 0) return hasSameUse(items, item) ? 'matched' : 'different';
  if (items.equalNano(item) !== undefined) return 'matched';
  const sides = {
    bill: items.billCost(item),
    ledger: items.ledgerNano(item),
    billRows,
    ledgerRows,
    lastDigit: items.lastDigit(item),
  };
  if (toNano(sides.bill) === sides.ledger) return 'matched';
  const mayRound = items.billQuantity(item) === 0 || hasSameUse(items, item);
  return mayRound && isWithinRounding(sides) ? 'rounded' : 'different';
}

function hasSameUse(items: BillItems, item: ItemIndex): boolean {
  const [billed, own] = [items.billQuantity(item), items.ledgerQuantity(item)];
  // A bill that does not state its unit may count by the thousand or by the million.
  return [1, 1e3, 1e6].some(unit => Math.abs(billed * unit - own) <= NO_USE_DIFFERENCE * own);
}

/**
 * The difference of an item in nano-dollars: by its cost on the bill, or, in a usage report, by the cost of the reported use at
 * the ledger's price for this item.
 */
export function differenceOf(items: BillItems, item: ItemIndex): bigint {
  return billedNano(items, item) - items.ledgerNano(item);
}

export function billedNano(items: BillItems, item: ItemIndex): bigint {
  if (items.rowsWithoutCost(item) === 0) return toNano(items.billCost(item));
  const own = items.ledgerQuantity(item);
  return own > 0 ? BigInt(Math.round((Number(items.ledgerNano(item)) * items.billQuantity(item)) / own)) : 0n;
}

/** Adds up amounts by reason. */
function parts() {
  const byReason = new Map<DifferenceReason, { count: number; nanoUsd: bigint; sizeNanoUsd: bigint }>();
  return {
    add(reason: DifferenceReason, nanoUsd: bigint, count = 1): void {
      const sum = byReason.get(reason) ?? { count: 0, nanoUsd: 0n, sizeNanoUsd: 0n };
      byReason.set(reason, sum);
      sum.count += count;
      sum.nanoUsd += nanoUsd;
      sum.sizeNanoUsd += nanoUsd < 0n ? -nanoUsd : nanoUsd;
    },
    sum: (): bigint => [...byReason.values()].reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n),
    list: (): readonly DifferencePart[] =>
      REASONS.flatMap(reason => {
        const sum = byReason.get(reason);
        return sum === undefined ? [] : [{ reason, ...sum }];
      }),
  };
}

/** The parts of bill − ledger, in the order of {@link REASONS}. */
export function differenceParts(matching: Matching): readonly DifferencePart[] {
  const { items, setAside, otherVendors } = matching;
  const found = parts();
  for (const { kind, rows, cost } of setAside) found.add(kind, toNano(cost), rows);
  if (otherVendors.charges > 0) found.add('other-vendor', -otherVendors.nanoUsd, otherVendors.charges);
  const edges = calendarEdges(matching);
  const reasonOf = missingReasons(matching);
  for (let item = 0; item < items.count; item++) {
    if (items.billRows(item) + items.ledgerRows(item) === 0) continue;
    const state = stateOf(items, item);
    if (state === 'matched') continue;
    const difference = differenceOf(items, item);
    if (state === 'rounded') {
      found.add('rounding', difference);
      continue;
    }
    const edge = edges.get(item) ?? 0n;
    if (edge !== 0n) found.add('calendar-edge', edge);
    const rest = difference - edge;
    if (rest === 0n) continue;
    if (state !== 'different') found.add(reasonOf(item, state), rest);
    else if (edge !== 0n && isRest(items, item, edge)) found.add('rounding', rest);
    else if (items.rowsWithoutCost(item) > 0) found.add('use', rest);
    else if (items.billQuantity(item) === 0 || items.ledgerQuantity(item) === 0) found.add('price-or-use', rest);
    else {
      const use = useDifference(items, item) - edge;
      if (use !== 0n) found.add('use', use);
      if (rest !== use) found.add('price', rest - use);
    }
  }
  const totals = totalsOf(matching);
  // Each item is rounded to the nano-dollar separately, and the totals once.
  const rest = totals.billedNanoUsd - totals.ledgerNanoUsd - found.sum();
  if (rest !== 0n) found.add('rounding', rest, 0);
  return found.list();
}

/** The totals of both sides, including rows that are set aside and charges of other vendors. */
export function totalsOf({ items, setAside, otherVendors }: Matching): {
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
} {
  let exact = setAside.reduce((sum, { cost }) => sum + cost, 0n);
  let billedNanoUsd = 0n;
  let ledgerNanoUsd = otherVendors.nanoUsd;
  const equal = nanoSum();
  for (let item = 0; item < items.count; item++) {
    const nano = items.equalNano(item);
    if (nano !== undefined) {
      equal.add(nano);
      continue;
    }
    ledgerNanoUsd += items.ledgerNano(item);
    if (items.rowsWithoutCost(item) > 0) billedNanoUsd += billedNano(items, item);
    else exact += items.billCost(item);
  }
  return { billedNanoUsd: billedNanoUsd + toNano(exact) + equal.sum(), ledgerNanoUsd: ledgerNanoUsd + equal.sum() };
}

/** Whether only rounding remains, apart from the amount that the bill has in other periods. */
function isRest(items: BillItems, item: ItemIndex, edge: bigint): boolean {
  const [billRows, ledgerRows] = [items.billRows(item), items.ledgerRows(item)];
  const ledger = items.ledgerNano(item) + edge;
  return isWithinRounding({
    bill: items.billCost(item),
    ledger,
    billRows,
    ledgerRows,
    lastDigit: items.lastDigit(item),
  });
}

/** The cost of more or less use, at the ledger's price. */
function useDifference(items: BillItems, item: ItemIndex): bigint {
  if (hasSameUse(items, item)) return 0n;
  const [billed, own] = [items.billQuantity(item), items.ledgerQuantity(item)];
  return BigInt(Math.round((Number(items.ledgerNano(item)) * (billed - own)) / own));
}

function missingReasons({ items, periods, edges, ledgerModels }: Matching) {
  const billed = new Set<string>();
  /** Meters of rows that name no model: the meter `''` covers all of them. */
  const covered = new Set<string>();
  for (let item = 0; item < items.count; item++) {
    if (items.billRows(item) === 0) continue;
    const model = items.model(item);
    if (model === '') covered.add(items.meter(item));
    else billed.add(modelFamily(model));
  }
  const known = new Set([...ledgerModels].map(modelFamily));
  const [fromMs, toMs] = periods.all.reduce(
    ([from, to], { startMs, endMs }) => [Math.min(from, startMs), Math.max(to, endMs)],
    [Infinity, -Infinity],
  );
  return (item: ItemIndex, state: 'missingInLedger' | 'missingInBill'): DifferenceReason => {
    const family = modelFamily(items.model(item));
    if (state === 'missingInLedger') return family === '' || known.has(family) ? 'not-in-ledger' : 'unknown-model';
    const startMs = items.startMs(item);
    if (fromMs < toMs && (startMs < fromMs || startMs >= toMs)) return 'outside-bill';
    const isAtEdge = startMs < edges.firstEndMs || startMs >= edges.lastStartMs;
    if (isAtEdge && periods.containing(startMs).length === 0) return 'outside-bill';
    const meter = items.meter(item);
    if (billed.size > 0 && !billed.has(family) && !covered.has('') && !covered.has(meter)) return 'other-model';
    return meter === '' ? 'ledger-adjustment' : 'not-on-bill';
  };
}
