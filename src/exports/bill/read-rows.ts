/** Reads the rows of a bill into items, and sets aside those that are not compared with the ledger. */
import type { LedgerRange } from '../../contracts/ledger-source.ts';
import { billItems } from './bill-items.ts';
import type { BillRow, RowKind } from './bill-row.ts';
import { checkRow, isRow } from './bill-row.ts';
import type { ChargePeriod } from './periods.ts';
import { billPeriods, HOUR_MS, hourOf } from './periods.ts';
import type { LastDigit } from './rounding.ts';
import { lastDigit } from './rounding.ts';

/** Kinds of rows that are not compared with the ledger. */
export const SET_ASIDE = [
  'tax',
  'credit',
  'purchase',
  'adjustment',
  'other-service',
  'other-key',
  'other-period',
] as const satisfies readonly (RowKind | 'other-period')[];

/** Rows of one of these kinds. */
export interface SetAside {
  readonly kind: (typeof SET_ASIDE)[number];
  rows: number;
  /** In units of 10⁻¹⁸ USD. */
  cost: bigint;
}

/**
 * Periods of the bill that are only partly in the range. They are set aside, because only a part of the ledger's calls would be compared
 * with them. `firstEndMs` is the end of those at the range's start, and `lastStartMs` the start of those at its end; infinite if there are
 * none.
 */
export interface Edges {
  readonly firstEndMs: number;
  readonly lastStartMs: number;
}

/** Reads a bill: each row is added to an item, or set aside. */
export async function readRows(bill: AsyncIterable<BillRow> | Iterable<BillRow>, range: LedgerRange) {
  const { fromMs = -Infinity, toMs = Infinity } = range;
  const items = billItems();
  const periods = billPeriods(items.keys);
  const setAside = new Map<SetAside['kind'], SetAside>();
  const vendors = new Set<string>();
  const edges = { firstEndMs: -Infinity, lastStartMs: Infinity };
  let isOfAny = false;
  const sources = roundingSources();
  let index = 0;
  for await (const row of bill) {
    if (!isRow(row)) checkRow(row, `bill[${index}]`);
    index++;
    const { requestId, model, meter, startMs, endMs = startMs + HOUR_MS, cost, quantity, kind = 'use', vendor } = row;
    const source = sources.of(row);
    if (vendor === undefined) isOfAny = true;
    else vendors.add(vendor);
    let isOutside = endMs <= fromMs || startMs >= toMs;
    if (!isOutside && requestId === undefined && (startMs < fromMs || endMs > toMs)) {
      isOutside = true;
      if (startMs < fromMs) edges.firstEndMs = Math.max(edges.firstEndMs, endMs);
      if (endMs > toMs) edges.lastStartMs = Math.min(edges.lastStartMs, startMs);
    }
    if (isOutside || (kind !== 'use' && (requestId === undefined || kind.startsWith('other-')))) {
      const aside = isOutside ? 'other-period' : (kind as SetAside['kind']);
      const sum = setAside.get(aside) ?? { kind: aside, rows: 0, cost: 0n };
      setAside.set(aside, sum);
      sum.rows++;
      sum.cost += cost ?? 0n;
      continue;
    }
    const key = requestId === undefined ? periods.add(periodOfRow(startMs, endMs)).key : items.keys.add(requestId);
    const item = items.item(key, items.addModel(model, vendor), items.meters.add(meter));
    if (items.billRows(item) === 0) items.setStart(item, startMs);
    items.addBilled(item, { cost, quantity }, source);
  }
  if (isOfAny) vendors.clear();
  items.setLastDigits(sources.lastDigits());
  return { items, periods, vendors, edges, setAside: [...setAside.values()] };
}

/** Vendors round differently, and a file in another currency is rounded in that currency. */
function roundingSources() {
  const numbers = new Map<unknown, number>();
  const digits: Pick<LastDigit, 'add' | 'unit'>[] = [];
  return {
    /** The number of the row's source. */
    of({ cost, vendor, rounding }: BillRow): number {
      const name = rounding ?? vendor;
      let source = numbers.get(name);
      if (source === undefined) {
        numbers.set(name, (source = digits.length));
        digits.push(rounding === undefined ? lastDigit() : { add: () => undefined, unit: () => rounding.lastDigit });
      }
      if (cost !== undefined) digits[source]?.add(cost);
      return source;
    },
    lastDigits: (): readonly bigint[] => digits.map(each => each.unit()),
  };
}

/** A row for an hour may give any time within it. */
function periodOfRow(startMs: number, endMs: number): ChargePeriod {
  return endMs - startMs === HOUR_MS ? hourOf(startMs) : { startMs, endMs };
}
