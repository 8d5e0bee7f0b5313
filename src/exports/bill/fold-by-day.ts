/** Compares by the day what request ids did not match: a bill may have ids that the ledger does not, or only some of its own. */
import type { BillItems, ItemIndex } from './bill-items.ts';
import { growing } from './growing.ts';
import { modelFamily } from './names.ts';
import { DAY_MS, dayOf, periodKey } from './periods.ts';
import { isWithinRounding } from './rounding.ts';

/** More than a bill has names of models. */
const MODELS = 65_536;

/**
 * Items of requests that only the bill has, and items that only the ledger has, are put together by day, model and meter: all of
 * them where no id of the bill is the ledger's, otherwise where their sums agree. Returns the item that another one became a part of.
 */
export function foldByDay(
  items: BillItems,
  { all, decimals }: { readonly all: boolean; readonly decimals: number },
): (item: ItemIndex | undefined) => ItemIndex | undefined {
  // Item + 1 by item. A bill may have a million ids that the ledger does not know: nothing here keeps an object or a text of each.
  const became = growing('int32');
  const left = unmatched(items);
  if (!left.some(item => items.billRows(item) > 0)) return item => item;
  const names = new Map<number, string>();
  const modelAndDay = (item: ItemIndex): string => {
    const { startMs } = dayOf(items.startMs(item));
    const number = (startMs / DAY_MS) * MODELS + items.modelNumber(item);
    let name = names.get(number);
    if (name === undefined) {
      name = `${periodKey(dayOf(startMs))}\t${modelFamily(items.model(item))}\t${items.vendor(item) ?? ''}`;
      names.set(number, name);
    }
    return name;
  };
  const wholeCalls = new Set<string>();
  for (const item of left) if (isWholeCall(items, item)) wholeCalls.add(modelAndDay(item));
  const groups = Map.groupBy(left, item => {
    const group = modelAndDay(item);
    return wholeCalls.has(group) ? group : `${group}\t${items.meter(item)}`;
  });
  for (const group of groups.values()) {
    if (!isOfBoth(items, group) || !(all || agrees(items, group, decimals))) continue;
    const [first = 0] = group;
    const key = items.keys.add(periodKey(dayOf(items.startMs(first))));
    const meter = group.some(item => isWholeCall(items, item)) ? '' : items.meter(first);
    const into = items.item(key, items.modelNumber(first), items.meters.add(meter));
    items.setStart(into, dayOf(items.startMs(first)).startMs);
    for (const item of group) {
      items.merge(into, item);
      became.set(item, into + 1);
    }
  }
  return item => (item === undefined ? undefined : became.get(item) === 0 ? item : became.get(item) - 1);
}

/** Items of requests that only the bill has, and all that only the ledger has. */
function unmatched(items: BillItems): readonly ItemIndex[] {
  const found: ItemIndex[] = [];
  for (let item = 0; item < items.count; item++) {
    const isBilled = items.billRows(item) > 0;
    if (isBilled === items.ledgerRows(item) > 0) continue;
    if (!isBilled || !items.isOfPeriod(item)) found.push(item);
  }
  return found;
}

/** A row that does not say which meter it is of covers all of its call. */
function isWholeCall(items: BillItems, item: ItemIndex): boolean {
  return items.billRows(item) > 0 && items.meter(item) === '';
}

function isOfBoth(items: BillItems, group: readonly ItemIndex[]): boolean {
  return group.some(item => items.billRows(item) > 0) && group.some(item => items.ledgerRows(item) > 0);
}

/** Whether the sums of both sides are the same. */
function agrees(items: BillItems, group: readonly ItemIndex[], decimals: number): boolean {
  const sum = { bill: 0n, ledger: 0n, billRows: 0, ledgerRows: 0 };
  for (const item of group) {
    sum.bill += items.billCost(item);
    sum.ledger += items.ledgerNano(item);
    sum.billRows += items.billRows(item);
    sum.ledgerRows += items.ledgerRows(item);
  }
  return isWithinRounding(sum, decimals);
}
