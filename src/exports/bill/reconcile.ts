/** Compares the ledger with a bill: items on both sides, items on one side only, and the parts of the difference. */
import { optional, optionsWith, storeWith, wholeFromZero } from '../../argument-checks.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';
import type { BillItems, ItemIndex } from './bill-items.ts';
import type { BillRow } from './bill-row.ts';
import { nanoSum, toNano } from './bill-row.ts';
import type { DifferencePart, ItemState } from './differences.ts';
import { billedNano, differenceOf, differenceParts, stateOf, totalsOf } from './differences.ts';
import { foldAdjustments } from './fold-adjustments.ts';
import type { Matching, MatchOptions } from './match-bill.ts';
import { checkBill, MATCH_OPTIONS, matchBill } from './match-bill.ts';
import { modelFamily } from './names.ts';
import type { PriceDrift } from './price-drift.ts';
import { priceDrift } from './price-drift.ts';

export interface ReconcileOptions extends MatchOptions {
  /** Items listed per kind, largest first; default 100. Counts and totals include all. */
  readonly maxListed?: number;
}

/** The use of one meter of one model by a request, or in the bill's period: an hour, a day, a month. */
export interface ReconciledItem {
  /**
   * The request id, or the period where the bill has no request ids that the ledger knows: an hour by its start
   * (`2026-11-20T12:00:00Z`), a day (`2026-11-20`, UTC), or `2026-11-01 to 2026-12-01`.
   */
  readonly by: string;
  readonly model: string;
  /** Empty for an adjustment, and where the bill does not divide by meters. */
  readonly meter: string;
  /** Nano-dollars on the bill and in the ledger; `null` on the side that does not have the item. */
  readonly billedNanoUsd: bigint | null;
  readonly ledgerNanoUsd: bigint | null;
}

/** Items of one kind: their number, their cost on each side, and the largest of them. */
export interface ItemGroup {
  readonly count: number;
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  readonly largest: readonly ReconciledItem[];
}

/** The number of items compared by each width of period. */
export interface ComparedBy {
  readonly request: number;
  readonly hour: number;
  readonly day: number;
  /** A week, a month, or the whole period of the bill. */
  readonly longer: number;
}

export interface Reconciliation {
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  readonly comparedBy: ComparedBy;
  /** Items on both sides, at equal costs to the nano-dollar; in a usage report, in equal quantities. */
  readonly matched: ItemGroup;
  /** Items on both sides, at costs that differ by no more than the rounding of both. */
  readonly rounded: ItemGroup;
  /** Items on both sides, at different costs. */
  readonly different: ItemGroup;
  /** Items on the bill that are not in the ledger. */
  readonly missingInLedger: ItemGroup;
  /** Items in the ledger that were not billed. */
  readonly missingInBill: ItemGroup;
  /** The parts of billed − ledger: they add up to it. */
  readonly parts: readonly DifferencePart[];
  /** Models and meters whose costs differ over the items on both sides, largest difference first. */
  readonly drift: readonly PriceDrift[];
  /** Names of models on the bill that the ledger does not have, and the ledger's own: for a map of names. */
  readonly unknownModels: readonly string[];
  readonly ledgerModels: readonly string[];
}

const checkOptions = optionsWith<ReconcileOptions>({ ...MATCH_OPTIONS, maxListed: optional(wholeFromZero) });
const checkLedger = storeWith('scan', 'load');

/**
 * Matches a bill with the ledger, each row by its request id (ours or the provider's) where the ledger knows it, else by model, meter and
 * the period of the row, and says what the difference consists of. Sums are exact; costs are compared to the nano-dollar, or to the bill's
 * last digit. Memory grows with the bill, not with the ledger.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { readBill } from 'outcome-router/finops';
 * const priceOf = () => resolvePrice(models.mini);
 * const november = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) };
 * const bill = readBill(createReadStream('openai-costs.json', 'utf8'));
 * const { matched, parts } = await reconcile(bill, store, { priceOf, ...november });
 * ```
 */
export async function reconcile(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  options: ReconcileOptions,
): Promise<Reconciliation> {
  checkBill(bill, 'reconcile.bill');
  checkLedger(source, 'reconcile.source');
  checkOptions(options, 'reconcile');
  const { maxListed = 100, ...matching } = options;
  const matched = await matchBill(bill, source, matching);
  foldAdjustments(matched.items);
  return summarise(matched, maxListed);
}

const STATES: readonly ItemState[] = ['matched', 'rounded', 'different', 'missingInLedger', 'missingInBill'];

function summarise(matching: Matching, maxListed: number): Reconciliation {
  const { items, ledgerModels } = matching;
  const groups = Object.fromEntries(STATES.map(state => [state, itemGroup(items, maxListed)])) as Record<
    ItemState,
    ReturnType<typeof itemGroup>
  >;
  const comparedBy = { request: 0, hour: 0, day: 0, longer: 0 };
  const billedModels = new Set<string>();
  for (let item = 0; item < items.count; item++) {
    if (items.billRows(item) + items.ledgerRows(item) === 0) continue;
    groups[stateOf(items, item)].add(item);
    if (items.billRows(item) === 0) continue;
    comparedBy[items.isOfPeriod(item) ? widthOf(items.keys.text(items.key(item))) : 'request']++;
    if (items.model(item) !== '') billedModels.add(items.model(item));
  }
  const known = new Set([...ledgerModels].map(modelFamily));
  return {
    ...totalsOf(matching),
    comparedBy,
    matched: groups.matched.list(),
    rounded: groups.rounded.list(),
    different: groups.different.list(),
    missingInLedger: groups.missingInLedger.list(),
    missingInBill: groups.missingInBill.list(),
    parts: differenceParts(matching),
    drift: priceDrift(matching),
    unknownModels: [...billedModels].filter(model => !known.has(modelFamily(model))).toSorted(),
    ledgerModels: [...ledgerModels].toSorted(),
  };
}

/** The width of a period, from its description. */
function widthOf(key: string): keyof ComparedBy {
  if (key.includes(' to ')) return 'longer';
  return key.includes('T') ? 'hour' : 'day';
}

/** Counts items of one kind, and keeps the largest: by the difference for items that differ, by cost for the others. */
function itemGroup(items: BillItems, maxListed: number) {
  const largest: { readonly item: ItemIndex; readonly size: number }[] = [];
  const keep = (count: number): void => {
    largest.sort((a, b) => b.size - a.size || a.item - b.item);
    largest.length = Math.min(largest.length, count);
    smallest = largest.length === count ? (largest.at(-1)?.size ?? 0) : 0;
  };
  /** A smaller item cannot be among the largest. */
  let smallest = 0;
  const equal = nanoSum();
  let count = 0;
  let billed = 0n;
  let used = 0n;
  let ledger = 0n;
  return {
    add(item: ItemIndex): void {
      count++;
      const nano = items.equalNano(item);
      if (nano !== undefined) equal.add(nano);
      else {
        ledger += items.ledgerNano(item);
        if (items.rowsWithoutCost(item) > 0) used += billedNano(items, item);
        else billed += items.billCost(item);
      }
      const size = Math.abs(nano ?? (Number(differenceOf(items, item)) || Number(billedNano(items, item))));
      if (size < smallest) return;
      largest.push({ item, size });
      if (largest.length >= 2 * maxListed + 1000) keep(maxListed);
    },
    list(): ItemGroup {
      keep(maxListed);
      return {
        count,
        billedNanoUsd: toNano(billed) + used + equal.sum(),
        ledgerNanoUsd: ledger + equal.sum(),
        largest: largest.map(({ item }) => ({
          by: items.keys.text(items.key(item)).trimStart(),
          model: items.model(item),
          meter: items.meter(item),
          billedNanoUsd: items.billRows(item) === 0 ? null : billedNano(items, item),
          ledgerNanoUsd: items.ledgerRows(item) === 0 ? null : items.ledgerNano(item),
        })),
      };
    },
  };
}
