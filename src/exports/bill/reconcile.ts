/** Compares the ledger with a bill: items on both sides, items on one side only, and price differences. */
import { optional, optionsWith, storeWith, wholeFromZero } from '../../argument-checks.ts';
import type { BillRow } from './bill.ts';
import type { MatchOptions, Pair } from './match-bill.ts';
import { addToSide, checkBill, MATCH_OPTIONS, matchBill, emptySide, toNano } from './match-bill.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';

export interface ReconcileOptions extends MatchOptions {
  /** Items listed per kind, largest first; default 100. Counts and totals include all. */
  readonly maxListed?: number;
}

/** The use of one meter of one model by a request or in an hour. */
export interface ReconciledItem {
  /** The request id, or the start of the hour (`2026-11-20T12:00:00Z`) where the bill has no request ids. */
  readonly by: string;
  readonly model: string;
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

/** The cost of one model's meter on each side, over all items that both sides have. */
export interface PriceDrift {
  readonly model: string;
  readonly meter: string;
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  /** Billed ÷ ledger, of costs, quantities and unit prices; `null` where a side is 0. */
  readonly costRatio: number | null;
  readonly quantityRatio: number | null;
  readonly priceRatio: number | null;
}

export interface Reconciliation {
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  /** On both sides, at equal costs to the nano-dollar. */
  readonly matched: ItemGroup;
  /** On both sides, at different costs. */
  readonly different: ItemGroup;
  /** Billed, but not in the ledger: calls that bypassed the router, or pruned intents. */
  readonly missingInLedger: ItemGroup;
  /** In the ledger, but not billed. */
  readonly missingInBill: ItemGroup;
  /** Models and meters whose costs differ over the items on both sides, largest difference first. */
  readonly drift: readonly PriceDrift[];
}

const checkOptions = optionsWith<ReconcileOptions>({ ...MATCH_OPTIONS, maxListed: optional(wholeFromZero) });
const checkLedger = storeWith('scan', 'load');

/**
 * Matches a bill with the ledger by `x_RequestId` (ours or the provider's) where a row has one, else by model, meter and
 * hour. Sums are exact; costs are compared to the nano-dollar. Memory grows with the bill, not with the ledger.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { readBill } from 'outcome-router/finops';
 * const priceOf = () => resolvePrice(models.mini);
 * const november = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) };
 * const bill = readBill(createReadStream('openai.csv', 'utf8'));
 * const { matched, missingInLedger } = await reconcile(bill, store, { priceOf, ...november });
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
  const { pairs } = await matchBill(bill, source, matching);
  return summarise(pairs, maxListed);
}

function summarise(pairs: readonly Pair[], maxListed: number): Reconciliation {
  const kinds = {
    matched: [] as Pair[],
    different: [] as Pair[],
    missingInLedger: [] as Pair[],
    missingInBill: [] as Pair[],
  };
  for (const pair of pairs) kinds[kindOf(pair)].push(pair);
  const total = (side: 'bill' | 'ledger'): bigint => toNano(pairs.reduce((sum, pair) => sum + pair[side].cost, 0n));
  return {
    billedNanoUsd: total('bill'),
    ledgerNanoUsd: total('ledger'),
    matched: itemsOf(kinds.matched, maxListed),
    different: itemsOf(kinds.different, maxListed),
    missingInLedger: itemsOf(kinds.missingInLedger, maxListed),
    missingInBill: itemsOf(kinds.missingInBill, maxListed),
    drift: driftOf([...kinds.matched, ...kinds.different]),
  };
}

function kindOf({ bill, ledger }: Pair): 'matched' | 'different' | 'missingInLedger' | 'missingInBill' {
  if (ledger.rows === 0) return 'missingInLedger';
  if (bill.rows === 0) return 'missingInBill';
  return toNano(bill.cost) === toNano(ledger.cost) ? 'matched' : 'different';
}

function itemsOf(pairs: readonly Pair[], maxListed: number): ItemGroup {
  // Items that differ are ranked by the difference, all others by their cost.
  const size = ({ bill, ledger }: Pair): bigint => abs(bill.cost - ledger.cost) || abs(bill.cost);
  const sum = (side: 'bill' | 'ledger'): bigint => toNano(pairs.reduce((total, pair) => total + pair[side].cost, 0n));
  const largest = [...pairs].sort((a, b) => Number(size(b) - size(a))).slice(0, maxListed);
  return {
    count: pairs.length,
    billedNanoUsd: sum('bill'),
    ledgerNanoUsd: sum('ledger'),
    largest: largest.map(({ by, model, meter, bill, ledger }) => ({
      by,
      model,
      meter,
      billedNanoUsd: bill.rows === 0 ? null : toNano(bill.cost),
      ledgerNanoUsd: ledger.rows === 0 ? null : toNano(ledger.cost),
    })),
  };
}

function driftOf(onBothSides: readonly Pair[]): readonly PriceDrift[] {
  const sums = new Map<string, Pair>();
  for (const { model, meter, bill, ledger } of onBothSides) {
    const key = `${model}\t${meter}`;
    const sum = sums.get(key) ?? { by: '', model, meter, bill: emptySide(), ledger: emptySide() };
    sums.set(key, sum);
    addToSide(sum.bill, bill.cost, bill.quantity);
    addToSide(sum.ledger, ledger.cost, ledger.quantity);
  }
  return [...sums.values()]
    .filter(({ bill, ledger }) => toNano(bill.cost) !== toNano(ledger.cost))
    .sort((a, b) => Number(abs(b.bill.cost - b.ledger.cost) - abs(a.bill.cost - a.ledger.cost)))
    .map(({ model, meter, bill, ledger }) => {
      const costRatio = ratio(bill.cost, ledger.cost);
      const quantityRatio = ratio(bill.quantity, ledger.quantity);
      const priceRatio = costRatio === null || quantityRatio === null ? null : costRatio / quantityRatio;
      return {
        model,
        meter,
        billedNanoUsd: toNano(bill.cost),
        ledgerNanoUsd: toNano(ledger.cost),
        costRatio,
        quantityRatio,
        priceRatio,
      };
    });
}

function ratio(a: bigint, b: bigint): number | null {
  return a === 0n || b === 0n ? null : Number(a) / Number(b);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
