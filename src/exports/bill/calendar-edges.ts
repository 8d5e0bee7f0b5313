/** Finds calls that began in one period of a bill and ended in the next, if the bill has them in the later one. */
import type { ItemIndex } from './bill-items.ts';
import { toNano } from './bill-row.ts';
import type { Matching } from './match-bill.ts';
import { modelFamily } from './names.ts';
import { isWithinRounding } from './rounding.ts';

/**
 * The amount that an item has on the bill from the period before it, or lacks because it is in the period after, nano-dollars. At most the
 * cost of the ledger's calls that ended after a period is moved to the next period, and only if that makes the differences smaller.
 */
export function calendarEdges(matching: Matching): ReadonlyMap<ItemIndex, bigint> {
  const { items, overEnd } = matching;
  /**
   * The amount that moves to the next period: the cost of calls that ended after this period, if the bill lacks that amount in this period,
   * within its rounding.
   */
  const leavingOf = (item: ItemIndex, carried: bigint): bigint => {
    const over = overEnd.get(item) ?? 0n;
    const bill = items.billCost(item);
    const ledger = items.ledgerNano(item) + carried;
    const rows = {
      billRows: items.billRows(item),
      ledgerRows: items.ledgerRows(item),
      lastDigit: items.lastDigit(item),
    };
    const isAll = over > 0n && isWithinRounding({ bill, ledger: ledger - over, ...rows });
    return isAll ? over : between(ledger - toNano(bill), over);
  };
  const edges = new Map<ItemIndex, bigint>();
  for (const chain of chainsOf(matching)) {
    let carried = 0n;
    let chained: { readonly item: ItemIndex; readonly edge: bigint; readonly difference: bigint }[] = [];
    for (const item of chain) {
      const difference = toNano(items.billCost(item)) - items.ledgerNano(item);
      const isLast = item === chain.at(-1);
      const leaving = isLast ? 0n : leavingOf(item, carried);
      chained.push({ item, edge: carried - leaving, difference });
      carried = leaving;
      if (leaving > 0n) continue;
      const before = chained.reduce((sum, each) => sum + size(each.difference), 0n);
      const after = chained.reduce((sum, each) => sum + size(each.difference - each.edge), 0n);
      if (after < before) for (const { item: of, edge } of chained) if (edge !== 0n) edges.set(of, edge);
      chained = [];
    }
  }
  return edges;
}

/** Items of one model and meter in periods that follow each other without a gap. */
function chainsOf({ items, periods }: Matching): readonly (readonly ItemIndex[])[] {
  const endOf = new Map(periods.all.map(({ startMs, endMs }) => [startMs, endMs]));
  const named = new Map<string, ItemIndex[]>();
  for (let item = 0; item < items.count; item++) {
    const isOfPeriod = items.billRows(item) > 0 && items.isOfPeriod(item);
    if (!isOfPeriod || items.rowsWithoutCost(item) > 0) continue;
    const name = `${modelFamily(items.model(item))}\t${items.vendor(item) ?? ''}\t${items.meter(item)}`;
    const list = named.get(name);
    if (list === undefined) named.set(name, [item]);
    else list.push(item);
  }
  const chains: ItemIndex[][] = [];
  for (const list of named.values()) {
    list.sort((a, b) => items.startMs(a) - items.startMs(b));
    list.forEach((item, i) => {
      const before = list[i - 1];
      const follows = before !== undefined && endOf.get(items.startMs(before)) === items.startMs(item);
      if (follows) chains.at(-1)?.push(item);
      else chains.push([item]);
    });
  }
  return chains;
}

function between(value: bigint, most: bigint): bigint {
  if (value < 0n) return 0n;
  return value < most ? value : most;
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}
