/** Matches a bill's rows with the ledger's charges, item by item. */
import type { MemberChecks } from '../../argument-checks.ts';
import { callback, iterable, LEDGER_RANGE, optional } from '../../argument-checks.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import { ofOneMoment } from '../../contracts/one-moment.ts';
import type { AttemptCharge, PriceOf } from '../focus/charges.ts';
import { meterName, REQUESTS } from '../focus/focus-units.ts';
import type { BillItems, ItemIndex } from './bill-items.ts';
import type { BillRow } from './bill-row.ts';
import { foldByDay } from './fold-by-day.ts';
import { takeCharges } from './ledger-use.ts';
import { AGREES, meterAgrees, modelAgrees } from './names.ts';
import type { BillPeriods, KeyedPeriod } from './periods.ts';
import { billPeriods, DAY_MS, dayOf, hourOf } from './periods.ts';
import type { Edges, SetAside } from './read-rows.ts';
import { readRows } from './read-rows.ts';

export interface MatchOptions extends LedgerRange {
  readonly priceOf: PriceOf;
  /**
   * True for a charge that is billed by another vendor than the sender of this bill: it is left out, unless a row names its
   * model. `vendors`: the vendors that sent all rows (`openai`); empty if rows may be from any vendor.
   */
  readonly isOfOtherVendor?: (charge: AttemptCharge, vendors: ReadonlySet<string>) => boolean;
}

export interface Matching {
  readonly items: BillItems;
  readonly periods: BillPeriods;
  readonly setAside: readonly SetAside[];
  readonly edges: Edges;
  /** The ledger's cost of charges that another vendor bills, and their number. */
  readonly otherVendors: { readonly charges: number; readonly nanoUsd: bigint };
  /** Names of the ledger's models, as requested and as the replies state them. */
  readonly ledgerModels: ReadonlySet<string>;
  /** By item of a period: the cost of the ledger's calls in it that may have ended after it, nano-dollars. */
  readonly overEnd: ReadonlyMap<ItemIndex, bigint>;
  /** Whether the bill has request ids that are in the ledger. */
  readonly hasLedgerIds: boolean;
  /** The item that a charge was added to. */
  itemOf(charge: AttemptCharge): ItemIndex | undefined;
}

export const MATCH_OPTIONS: MemberChecks<MatchOptions> = {
  ...LEDGER_RANGE,
  priceOf: callback,
  isOfOtherVendor: optional(callback),
};

/** A provider's clock may be ahead of ours by this much. */
const CLOCKS_DIFFER_MS = 60_000;

/** The check of an option that contains the rows of a bill. */
export const checkBill = iterable("rows of a bill: readBill(createReadStream('bill.csv', 'utf8'))");

/**
 * Matches the rows of a bill to charges of the ledger: by request id (ours or the provider's) where a row has one that the ledger
 * knows, else by model, meter and the period of the row. Sums are exact. Memory grows with the bill, and with the hours or days
 * whose charges it does not list.
 */
export async function matchBill(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  { priceOf, isOfOtherVendor = () => false, ...range }: MatchOptions,
): Promise<Matching> {
  const { items, vendors, ...read } = await readRows(bill, range);
  const ofVendor = new Map([...vendors].map(vendor => [vendor, new Set([vendor])]));
  const isOther = (charge: AttemptCharge, vendor?: string): boolean =>
    isOfOtherVendor(charge, ofVendor.get(vendor ?? '') ?? vendors);
  const finder = chargeFinder(items, { periods: read.periods, isOther });
  const ledgerModels = new Set<string>();
  const otherVendors = { charges: 0, nanoUsd: 0n };
  const overEnd = new Map<ItemIndex, bigint>();
  let hasLedgerIds = false;
  const takeCharge = (charge: AttemptCharge, sign: 1 | -1): void => {
    const { startedAtMs, latencyMs } = charge.attempt;
    const cost = BigInt(sign * charge.costNanoUsd);
    ledgerModels.add(charge.providerModel);
    const { responseModel } = charge.attempt;
    if (responseModel !== undefined && namesOf(charge).length > 1) ledgerModels.add(responseModel);
    const found = finder.find(charge);
    if (found === undefined && isOther(charge)) {
      otherVendors.charges += sign;
      otherVendors.nanoUsd += cost;
      return;
    }
    hasLedgerIds ||= found !== undefined && found.period === undefined;
    const item = found?.item ?? finder.ledgerOnly(charge);
    items.addCharge(item, charge.costNanoUsd, quantityOf(charge), sign);
    if (found?.period !== undefined && startedAtMs + latencyMs + CLOCKS_DIFFER_MS > found.period.endMs)
      overEnd.set(item, (overEnd.get(item) ?? 0n) + cost);
  };
  await ofOneMoment(source, async view => takeCharges(view, { priceOf, ...range }, takeCharge));
  const ofDay = foldByDay(items, { all: !hasLedgerIds });
  return {
    ...read,
    items,
    otherVendors,
    ledgerModels,
    overEnd,
    hasLedgerIds,
    itemOf: charge => ofDay(finder.find(charge)?.item),
  };
}

/** The names that a charge's model may have on the bill. */
function namesOf({ attempt, providerModel }: AttemptCharge): readonly string[] {
  const { servedBy = attempt.providerModel, responseModel } = attempt;
  return responseModel === undefined || providerModel !== servedBy ? [providerModel] : [providerModel, responseModel];
}

function quantityOf(charge: AttemptCharge): number {
  if (charge.kind === 'adjustment') return 0;
  return charge.kind === 'meter' ? charge.line.quantity : 1;
}

/**
 * Finds the item of a charge by its ids, otherwise in the `period` that contains it, in each case by the names that agree best.
 */
function chargeFinder(
  items: BillItems,
  {
    periods,
    isOther,
  }: { readonly periods: BillPeriods; readonly isOther: (charge: AttemptCharge, vendor?: string) => boolean },
) {
  const isByDay = periods.all.length > 0 && periods.all.every(({ startMs, endMs }) => endMs - startMs >= DAY_MS);
  const own = billPeriods(items.keys);
  /** How well names agree: by a charge's names and meter, then by the names of an item. */
  const agreements = new Map<string, Map<number, number>>();

  const agreementsOf = (charge: AttemptCharge, meter: string): Map<number, number> => {
    const name = `${charge.providerModel}\t${charge.attempt.responseModel ?? ''}\t${meter}`;
    let found = agreements.get(name);
    if (found === undefined) agreements.set(name, (found = new Map()));
    return found;
  };

  /** 0 where the item has another model or meter; the model counts more than the meter. */
  const agreementOf = (item: ItemIndex, charge: AttemptCharge, meter: string): number => {
    const model = modelAgrees(items.model(item), namesOf(charge));
    const isWholeCall = charge.kind === 'request' && model >= AGREES.family;
    const ofMeter = meterAgrees(items.meter(item), meter) || (isWholeCall ? AGREES.covers : AGREES.not);
    return model === AGREES.not || ofMeter === AGREES.not ? 0 : model * 4 + ofMeter;
  };

  const best = (key: number, charge: AttemptCharge): ItemIndex | undefined => {
    if (key < 0) return undefined;
    const meter = meterName(charge) ?? '';
    const known = agreementsOf(charge, meter);
    let found: ItemIndex | undefined;
    let agrees = 0;
    const equal: ItemIndex[] = [];
    for (const item of items.ofKey(key)) {
      const names = items.names(item);
      let agreement = known.get(names);
      if (agreement === undefined) known.set(names, (agreement = agreementOf(item, charge, meter)));
      // A row that names no model belongs to the vendor of the bill.
      if (agreement > 0 && agreement < AGREES.family * 4 && isOther(charge, items.vendor(item))) continue;
      if (agreement > agrees) {
        equal.length = 0;
        found = item;
        agrees = agreement;
      } else if (agreement > 0 && agreement === agrees) equal.push(item);
    }
    // If the bill divides by names or meters that the ledger does not distinguish, they are compared together.
    const isWholeCall = meter === REQUESTS.name && agrees % 4 === AGREES.covers;
    if (found !== undefined && (equal.length > 0 || isWholeCall)) {
      const whole = isWholeCall ? items.meters.add('') : undefined;
      for (const other of [found, ...equal]) items.merge(found, other, whole);
    }
    return found;
  };

  return {
    find(charge: AttemptCharge): { readonly item: ItemIndex; readonly period?: KeyedPeriod } | undefined {
      const { providerRequestId, requestId, startedAtMs } = charge.attempt;
      for (const id of [providerRequestId, requestId]) {
        const item = id === undefined ? undefined : best(items.keys.find(id), charge);
        if (item !== undefined) return { item };
      }
      for (const period of periods.containing(startedAtMs)) {
        const item = best(period.key, charge);
        if (item !== undefined) return { item, period };
      }
      return undefined;
    },
    /** A new item for a charge that the bill does not list: by the bill's own period, otherwise by the hour or day. */
    ledgerOnly(charge: AttemptCharge): ItemIndex {
      const { startedAtMs } = charge.attempt;
      const usual = isByDay ? dayOf(startedAtMs) : hourOf(startedAtMs);
      const period = periods.containing(startedAtMs)[0] ?? own.add(usual);
      const [model, meter] = [items.addModel(charge.providerModel), items.meters.add(meterName(charge) ?? '')];
      const item = items.item(period.key, model, meter);
      items.setStart(item, period.startMs);
      return item;
    },
  };
}
