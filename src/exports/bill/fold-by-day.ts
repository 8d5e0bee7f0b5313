/**
 * Compares by the day the items that request ids did not match: a bill may have ids that the ledger lacks, or only some of the
 * ledger's.
 */
import type { BillItems, ItemIndex } from './bill-items.ts';
import { REQUESTS } from '../focus/focus-units.ts';
import { growing } from './growing.ts';
import { modelFamily } from './names.ts';
import { DAY_MS, dayOf, periodKey } from './periods.ts';
import { isWithinRounding } from './rounding.ts';

/** A number that is larger than the number of names of models, or of meters, on any bill. */
const NAMES = 65_536;

/** Items of one day, model and meter. */
interface DayGroup {
  readonly first: ItemIndex;
  isWholeCall: boolean;
  /** The bill's cost in units of 10⁻¹⁸ USD, and the ledger's cost in nano-dollars. */
  bill: bigint;
  ledger: bigint;
  billRows: number;
  ledgerRows: number;
  lastDigit: bigint;
}

/**
 * Merges items of requests that only the bill has with items that only the ledger has, by day, model and meter: all of them if no
 * id of the bill is the ledger's, otherwise those whose sums agree. Returns the item into which another one was merged.
 *
 * A bill may have a million ids that the ledger does not know, so nothing here keeps an object, a text or a list element for
 * each.
 */
export function foldByDay(
  items: BillItems,
  { all }: { readonly all: boolean },
): (item: ItemIndex | undefined) => ItemIndex | undefined {
  // Items that are created below represent groups, and are in no group themselves.
  const { count } = items;
  const groupOf = groupsOf(items, count);
  /** By item: the item that it became, plus 1. */
  const became = growing('int32');
  for (let item = 0; item < count; item++) {
    const group = groupOf(item);
    if (group === undefined || !isOfBoth(group) || !(all || isWithinRounding(group))) continue;
    const day = dayOf(items.startMs(group.first));
    const meter = group.isWholeCall ? '' : items.meter(group.first);
    const into = items.item(items.keys.add(periodKey(day)), items.modelNumber(group.first), items.meters.add(meter));
    if (item === group.first) items.setStart(into, day.startMs);
    items.merge(into, item);
    became.set(item, into + 1);
  }
  return item => (item === undefined || became.get(item) === 0 ? item : became.get(item) - 1);
}

/**
 * The group of an item that is on one side alone. It is found by its names each time, because a number for each item would need
 * memory.
 */
function groupsOf(items: BillItems, count: number): (item: ItemIndex) => DayGroup | undefined {
  const namesOf = modelsOfDays(items);
  const wholeCalls = new Set<number>();
  let hasBilled = false;
  for (let item = 0; item < count; item++) {
    if (!isUnmatched(items, item)) continue;
    hasBilled ||= items.billRows(item) > 0;
    if (isWholeCall(items, item)) wholeCalls.add(namesOf(item));
  }
  const groups = new Map<number, DayGroup>();
  const keyOf = (item: ItemIndex): number => {
    const names = namesOf(item);
    return names * NAMES + (wholeCalls.has(names) ? 0 : 1 + (items.names(item) % NAMES));
  };
  if (!hasBilled) return () => undefined;
  for (let item = 0; item < count; item++) {
    if (!isUnmatched(items, item)) continue;
    const key = keyOf(item);
    let group = groups.get(key);
    if (group === undefined) {
      group = { first: item, isWholeCall: false, bill: 0n, ledger: 0n, billRows: 0, ledgerRows: 0, lastDigit: 1n };
      groups.set(key, group);
    }
    group.isWholeCall ||= isWholeCall(items, item);
    group.bill += items.billCost(item);
    group.ledger += items.ledgerNano(item);
    group.billRows += items.billRows(item);
    group.ledgerRows += items.ledgerRows(item);
    const digit = items.lastDigit(item);
    if (digit > group.lastDigit) group.lastDigit = digit;
  }
  return item => (isUnmatched(items, item) ? groups.get(keyOf(item)) : undefined);
}

/** A number for the day and the model of an item: all names of a model have the same number. */
function modelsOfDays(items: BillItems): (item: ItemIndex) => number {
  const byName = new Map<string, number>();
  const byNumber = new Map<number, number>();
  return item => {
    const { startMs } = dayOf(items.startMs(item));
    const number = (startMs / DAY_MS) * NAMES + items.modelNumber(item);
    let found = byNumber.get(number);
    if (found === undefined) {
      const name = `${startMs}\t${modelFamily(items.model(item))}\t${items.vendor(item) ?? ''}`;
      found = byName.get(name) ?? byName.size;
      byName.set(name, found);
      byNumber.set(number, found);
    }
    return found;
  };
}

/** Items of requests that only the bill has, and all that only the ledger has. */
function isUnmatched(items: BillItems, item: ItemIndex): boolean {
  const isBilled = items.billRows(item) > 0;
  return isBilled !== items.ledgerRows(item) > 0 && !(isBilled && items.isOfPeriod(item));
}

/** A row without a meter covers its whole call, and so does a ledger charge that is not divided by meters. */
function isWholeCall(items: BillItems, item: ItemIndex): boolean {
  return items.billRows(item) > 0 ? items.meter(item) === '' : items.meter(item) === REQUESTS.name;
}

function isOfBoth({ billRows, ledgerRows }: DayGroup): boolean {
  return billRows > 0 && ledgerRows > 0;
}
