/** The ledger against the bill: what both know, what only one knows, and where they price it differently. */
import type { BillRow } from './bill.ts';
import { BILL_SCALE } from './bill.ts';
import type { Charge, PriceOf } from './charges.ts';
import { ledgerCharges } from './charges.ts';
import { chargeHour, meterName } from './focus-columns.ts';
import type { LedgerRange, LedgerSource } from './source.ts';

export interface ReconcileOptions extends LedgerRange {
  readonly priceOf: PriceOf;
  /** Most entries listed of each kind; the totals count all. 100 where it is not given. */
  readonly listed?: number;
}

/** One thing that was billed: a request's or an hour's use of one meter of one model. */
export interface BilledItem {
  /** The request, or the hour's start (`2026-11-20T12:00:00Z`) where the bill is not by request. */
  readonly by: string;
  readonly model: string;
  readonly meter: string;
  /** Nano-dollars, as the bill and the ledger say; `null` where one does not know it. */
  readonly billedNanoUsd: bigint | null;
  readonly ledgerNanoUsd: bigint | null;
}

/** Items of one kind: how many, what they cost on either side, and the largest of them. */
export interface Items {
  readonly count: number;
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  readonly largest: readonly BilledItem[];
}

/** How one model's meter is priced on either side, over all items that both know. */
export interface PriceDrift {
  readonly model: string;
  readonly meter: string;
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  /** Billed ÷ ledger, of costs, of quantities, and of the price of one unit; `null` where a side has none. */
  readonly costRatio: number | null;
  readonly quantityRatio: number | null;
  readonly priceRatio: number | null;
}

export interface Reconciliation {
  readonly billedNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  /** Both know it and the costs are equal, to the nano-dollar. */
  readonly matched: Items;
  /** Both know it, at different costs. */
  readonly different: Items;
  /** Billed, but not in the ledger: calls that went past the router, or a ledger that was pruned. */
  readonly missingInLedger: Items;
  /** In the ledger, but not billed. */
  readonly missingInBill: Items;
  /** Models and meters whose matched items cost differently, the largest difference first. */
  readonly drift: readonly PriceDrift[];
}

interface Side {
  cost: bigint;
  quantity: bigint;
  rows: number;
}

interface Pair {
  readonly by: string;
  readonly model: string;
  readonly meter: string;
  readonly bill: Side;
  readonly ledger: Side;
}

/**
 * Matches a bill to the ledger by `x_RequestId` (ours or the provider's) where a row has one, else by model, meter and
 * hour. Sums are exact; costs are compared to the nano-dollar. It needs memory for the bill's items, not for the ledger.
 *
 * @example
 * ```ts
 * const { matched, missingInLedger } = await reconcile(readBill(bill), store, { priceOf, fromMs, toMs });
 * ```
 */
export async function reconcile(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  { priceOf, listed = 100, ...range }: ReconcileOptions,
): Promise<Reconciliation> {
  const pairs = new Map<string, Pair>();
  const pair = (by: string, model: string, meter: string): Pair => {
    const key = keyOf(by, model, meter);
    let found = pairs.get(key);
    if (found === undefined) pairs.set(key, (found = { by, model, meter, bill: nothing(), ledger: nothing() }));
    return found;
  };
  for await (const row of bill) {
    const { bill: side } = pair(row.requestId ?? hourText(row.startMs), row.model, row.meter);
    add(side, row.cost, row.quantity ?? 0n);
  }
  for await (const charges of ledgerCharges(source, priceOf, range)) {
    for (const charge of charges) {
      const { attempt } = charge;
      const meter = charge.kind === 'adjustment' ? '' : meterName(charge);
      const by = placesOf(charge).find(place => pairs.has(keyOf(place, attempt.providerModel, meter)));
      const { ledger } = pair(by ?? hourText(attempt.startedAtMs), attempt.providerModel, meter);
      add(ledger, BigInt(charge.costNanoUsd) * PER_NANO, quantityOf(charge));
    }
  }
  return summarise([...pairs.values()], listed);
}

const PER_NANO = 10n ** BigInt(BILL_SCALE - 9);

/** Where a bill may have put a charge, most exact first. */
function placesOf({ attempt }: Charge): readonly string[] {
  const { providerRequestId, requestId, startedAtMs } = attempt;
  const own = [requestId, hourText(startedAtMs)];
  return providerRequestId === undefined ? own : [providerRequestId, ...own];
}

function keyOf(by: string, model: string, meter: string): string {
  return `${by}\t${model}\t${meter}`;
}

function hourText(startMs: number): string {
  return `${new Date(chargeHour(startMs)).toISOString().slice(0, 19)}Z`;
}

function quantityOf(charge: Charge): bigint {
  if (charge.kind === 'adjustment') return 0n;
  return BigInt(charge.kind === 'meter' ? charge.line.quantity : 1) * 10n ** BigInt(BILL_SCALE);
}

function nothing(): Side {
  return { cost: 0n, quantity: 0n, rows: 0 };
}

function add(side: Side, cost: bigint, quantity: bigint): void {
  side.cost += cost;
  side.quantity += quantity;
  side.rows++;
}

function summarise(pairs: readonly Pair[], listed: number): Reconciliation {
  const kinds = {
    matched: [] as Pair[],
    different: [] as Pair[],
    missingInLedger: [] as Pair[],
    missingInBill: [] as Pair[],
  };
  for (const pair of pairs) kinds[kindOf(pair)].push(pair);
  const total = (side: 'bill' | 'ledger'): bigint => nano(pairs.reduce((sum, pair) => sum + pair[side].cost, 0n));
  return {
    billedNanoUsd: total('bill'),
    ledgerNanoUsd: total('ledger'),
    matched: itemsOf(kinds.matched, listed),
    different: itemsOf(kinds.different, listed),
    missingInLedger: itemsOf(kinds.missingInLedger, listed),
    missingInBill: itemsOf(kinds.missingInBill, listed),
    drift: driftOf([...kinds.matched, ...kinds.different]),
  };
}

function kindOf({ bill, ledger }: Pair): 'matched' | 'different' | 'missingInLedger' | 'missingInBill' {
  if (ledger.rows === 0) return 'missingInLedger';
  if (bill.rows === 0) return 'missingInBill';
  return nano(bill.cost) === nano(ledger.cost) ? 'matched' : 'different';
}

function itemsOf(pairs: readonly Pair[], listed: number): Items {
  // What differs is large by its difference, everything else by its cost.
  const size = ({ bill, ledger }: Pair): bigint => abs(bill.cost - ledger.cost) || abs(bill.cost);
  const sum = (side: 'bill' | 'ledger'): bigint => nano(pairs.reduce((total, pair) => total + pair[side].cost, 0n));
  const largest = [...pairs].sort((a, b) => Number(size(b) - size(a))).slice(0, listed);
  return {
    count: pairs.length,
    billedNanoUsd: sum('bill'),
    ledgerNanoUsd: sum('ledger'),
    largest: largest.map(({ by, model, meter, bill, ledger }) => ({
      by,
      model,
      meter,
      billedNanoUsd: bill.rows === 0 ? null : nano(bill.cost),
      ledgerNanoUsd: ledger.rows === 0 ? null : nano(ledger.cost),
    })),
  };
}

function driftOf(known: readonly Pair[]): readonly PriceDrift[] {
  const sums = new Map<string, Pair>();
  for (const { model, meter, bill, ledger } of known) {
    const key = keyOf('', model, meter);
    const sum = sums.get(key) ?? { by: '', model, meter, bill: nothing(), ledger: nothing() };
    sums.set(key, sum);
    add(sum.bill, bill.cost, bill.quantity);
    add(sum.ledger, ledger.cost, ledger.quantity);
  }
  return [...sums.values()]
    .filter(({ bill, ledger }) => nano(bill.cost) !== nano(ledger.cost))
    .sort((a, b) => Number(abs(b.bill.cost - b.ledger.cost) - abs(a.bill.cost - a.ledger.cost)))
    .map(({ model, meter, bill, ledger }) => {
      const costRatio = ratio(bill.cost, ledger.cost);
      const quantityRatio = ratio(bill.quantity, ledger.quantity);
      const priceRatio = costRatio === null || quantityRatio === null ? null : costRatio / quantityRatio;
      return {
        model,
        meter,
        billedNanoUsd: nano(bill.cost),
        ledgerNanoUsd: nano(ledger.cost),
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

/** To the nearest nano-dollar, halves away from zero. */
function nano(value: bigint): bigint {
  const rounded = (abs(value) + PER_NANO / 2n) / PER_NANO;
  return value < 0n ? -rounded : rounded;
}
