/**
 * The items of a bill and of the ledger, in columns of numbers: a bill may have a million. An item is the use of one meter of one
 * model by one request, or in one period.
 */
import type { NanoUsd } from '../../core/ledger/money.ts';
import { BILL_SCALE } from './bill-row.ts';
import { growing } from './growing.ts';
import type { TextTable } from './text-table.ts';
import { textTable } from './text-table.ts';

const PER_NANO = 10n ** BigInt(BILL_SCALE - 9);
const PER_UNIT = 10n ** BigInt(BILL_SCALE);

/** An item's number. */
export type ItemIndex = number;

export interface BillItems {
  readonly count: number;
  /** The number of a model's name. Rows that name no model belong to their vendor: each vendor has a number for these. */
  addModel(model: string, vendor?: string): number;
  readonly meters: TextTable;
  /** Request ids, and periods as written by {@link periodKey}. */
  readonly keys: TextTable;
  /** The item with these names; a new one if there is none. */
  item(key: number, model: number, meter: number): ItemIndex;
  /** The items of a key, in the order in which they came. */
  ofKey(key: number): Iterable<ItemIndex>;
  /** Adds the amounts of another item, which becomes empty. `meter`: the meter of the merged item. */
  merge(into: ItemIndex, other: ItemIndex, meter?: number): void;
  /** @param source number (from 0) of the source by whose rounding the row is rounded */
  addBilled(
    item: ItemIndex,
    row: { readonly cost: bigint | undefined; readonly quantity: bigint | undefined },
    source?: number,
  ): void;
  /** @param digits by the number of the source, in units of 10⁻¹⁸ USD; no source rounds until this is called */
  setLastDigits(digits: readonly bigint[]): void;
  /** The last digit of the item's costs on the bill; if its rows come from several sources, the coarsest. */
  lastDigit(item: ItemIndex): bigint;
  /** @param sign -1 removes a charge that a later record replaces */
  addCharge(item: ItemIndex, costNanoUsd: NanoUsd, quantity: number, sign?: 1 | -1): void;
  key(item: ItemIndex): number;
  /** A number for the item's model and meter together. */
  names(item: ItemIndex): number;
  /** `''` for rows that name no model. */
  model(item: ItemIndex): string;
  /** The number that {@link BillItems.addModel} returned. */
  modelNumber(item: ItemIndex): number;
  /** The vendor whose rows without a model the item covers; `undefined` if the item has a model, or may belong to any vendor. */
  vendor(item: ItemIndex): string | undefined;
  meter(item: ItemIndex): string;
  /** Whether the item belongs to a period, and not to a request. */
  isOfPeriod(item: ItemIndex): boolean;
  /** Start of the first row's period, milliseconds since the epoch, to the minute. */
  startMs(item: ItemIndex): number;
  setStart(item: ItemIndex, startMs: number): void;
  billRows(item: ItemIndex): number;
  ledgerRows(item: ItemIndex): number;
  /** In units of 10⁻¹⁸ USD. */
  billCost(item: ItemIndex): bigint;
  ledgerNano(item: ItemIndex): bigint;
  /** The cost of both sides in nano-dollars if they are equal to the last digit: a million items need no bigint for that. */
  equalNano(item: ItemIndex): number | undefined;
  billQuantity(item: ItemIndex): number;
  ledgerQuantity(item: ItemIndex): number;
  /** Rows of a usage report, which have no costs. */
  rowsWithoutCost(item: ItemIndex): number;
}

/** Prefix of the vendor of rows without a model. No model's name begins with it. */
const NO_MODEL = '\u0000';

const MINUTE_MS = 60_000;

/** The sources of an item are the bits of a number. */
const FIRST_SOURCE = 1;
const MAX_SOURCE = 30;

/** Costs are exact up to $9,000,000 an item. */
export function billItems(): BillItems {
  const [models, meters, keys] = [textTable(), textTable(), textTable()];
  const int = (): ReturnType<typeof growing> => growing('int32');
  const float = (): ReturnType<typeof growing> => growing('float64');
  /** Key minus item number. 0, which needs no memory, as long as each row has a key of its own. */
  const keyOf = int();
  const [names, next, minutes] = [int(), int(), int()];
  const [billRows, ledgerRows, uncosted] = [int(), int(), int()];
  /** A cost on the bill is whole nano-dollars, and the rest in units of 10⁻¹⁸ USD, 0 to 10⁹ − 1. */
  const [billNano, billRest, ledgerNano] = [float(), int(), float()];
  const [billQuantity, ledgerQuantity] = [float(), float()];
  /** One bit per source of the item's rows; 0, which needs no memory, where the first source is the only one. */
  const sources = int();
  let lastDigits: readonly bigint[] = [];
  /** Per key: its first item + 1; 0, which needs no memory, if the item has the number of the key, or the key has no item. */
  const heads = int();
  /** There are few names, and they are read often. */
  const [modelTexts, meterTexts]: [string[], string[]] = [[], []];
  let count = 0;

  const keyAt = (item: ItemIndex): number => item + keyOf.get(item);

  /** The first item of a key; -1 where the key has none. */
  const firstOf = (key: number): ItemIndex => {
    const head = heads.get(key);
    if (head > 0) return head - 1;
    return key >= 0 && key < count && keyAt(key) === key ? key : -1;
  };

  function* ofKey(key: number): Generator<ItemIndex> {
    for (let item = firstOf(key); item >= 0; item = next.get(item) - 1)
      if (billRows.get(item) + ledgerRows.get(item) > 0) yield item;
  }

  const addCost = (item: ItemIndex, nano: number, rest: number): void => {
    const sum = billRest.get(item) + rest;
    const carry = Math.floor(sum / 1e9);
    billNano.add(item, nano + carry);
    // Nearly no bill has digits below a nano-dollar, and a column of zeros needs no memory.
    if (sum !== 0) billRest.set(item, sum - carry * 1e9);
  };

  /** Sources of an item; no source if the bill has no row of it. */
  const sourcesOf = (item: ItemIndex): number => sources.get(item) || (billRows.get(item) > 0 ? FIRST_SOURCE : 0);

  const modelOrVendor = (item: ItemIndex): string => textOf(models, modelTexts, Math.floor(names.get(item) / 65_536));

  return {
    get count() {
      return count;
    },
    addModel: (model, vendor) => models.add(model === '' && vendor !== undefined ? `${NO_MODEL}${vendor}` : model),
    meters,
    keys,
    item(key, model, meter) {
      const name = model * 65_536 + meter;
      let last = -1;
      for (let item = firstOf(key); item >= 0; item = next.get(item) - 1) {
        if (names.get(item) === name) return item;
        last = item;
      }
      if (last < 0 && key !== count) heads.set(key, count + 1);
      if (last >= 0) next.set(last, count + 1);
      keyOf.set(count, key - count);
      names.set(count, name);
      return count++;
    },
    ofKey,
    merge(into, other, meter) {
      if (meter !== undefined) names.set(into, Math.floor(names.get(into) / 65_536) * 65_536 + meter);
      if (into === other) return;
      addCost(into, billNano.get(other), billRest.get(other));
      if (sources.get(into) !== sources.get(other)) sources.set(into, sourcesOf(into) | sourcesOf(other));
      for (const column of [billRows, ledgerRows, uncosted, ledgerNano, billQuantity, ledgerQuantity]) {
        if (column.get(other) === 0) continue;
        column.add(into, column.get(other));
        column.set(other, 0);
      }
      billNano.set(other, 0);
      if (billRest.get(other) !== 0) billRest.set(other, 0);
    },
    addBilled(item, { cost, quantity }, source = 0) {
      const before = sourcesOf(item);
      const all = before | (2 ** Math.min(source, MAX_SOURCE));
      if (all !== FIRST_SOURCE && all !== before) sources.set(item, all);
      billRows.add(item, 1);
      if (quantity !== undefined)
        billQuantity.add(item, Number(quantity / PER_UNIT) + Number(quantity % PER_UNIT) / Number(PER_UNIT));
      if (cost === undefined) uncosted.add(item, 1);
      else addCost(item, Number(floorDiv(cost, PER_NANO)), Number(cost - floorDiv(cost, PER_NANO) * PER_NANO));
    },
    setLastDigits(digits) {
      lastDigits = digits;
    },
    lastDigit(item) {
      const all = sourcesOf(item);
      let coarsest = 1n;
      for (const [source, digit] of lastDigits.entries())
        if ((all & (2 ** Math.min(source, MAX_SOURCE))) !== 0 && digit > coarsest) coarsest = digit;
      return coarsest;
    },
    addCharge(item, costNanoUsd, quantity, sign = 1) {
      ledgerRows.add(item, sign);
      ledgerNano.add(item, sign * costNanoUsd);
      ledgerQuantity.add(item, sign * quantity);
    },
    key: keyAt,
    names: item => names.get(item),
    model(item) {
      const text = modelOrVendor(item);
      return text.startsWith(NO_MODEL) ? '' : text;
    },
    modelNumber: item => Math.floor(names.get(item) / 65_536),
    vendor(item) {
      const text = modelOrVendor(item);
      return text.startsWith(NO_MODEL) ? text.slice(NO_MODEL.length) : undefined;
    },
    meter: item => textOf(meters, meterTexts, names.get(item) % 65_536),
    isOfPeriod: item => keys.startsBlank(keyAt(item)),
    equalNano(item) {
      const nano = billNano.get(item);
      return nano === ledgerNano.get(item) && billRest.get(item) === 0 && uncosted.get(item) === 0 ? nano : undefined;
    },
    startMs: item => minutes.get(item) * MINUTE_MS,
    setStart(item, startMs) {
      minutes.set(item, Math.floor(startMs / MINUTE_MS));
    },
    billRows: item => billRows.get(item),
    ledgerRows: item => ledgerRows.get(item),
    billCost: item => BigInt(billNano.get(item)) * PER_NANO + BigInt(billRest.get(item)),
    ledgerNano: item => BigInt(ledgerNano.get(item)),
    billQuantity: item => billQuantity.get(item),
    ledgerQuantity: item => ledgerQuantity.get(item),
    rowsWithoutCost: item => uncosted.get(item),
  };
}

function textOf(table: TextTable, known: string[], index: number): string {
  return (known[index] ??= table.text(index));
}

/** Rounds towards minus infinity, so that the rest is not negative. */
function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
