/** Matches a bill's rows with the ledger's charges, item by item. */
import type { MemberChecks } from '../../argument-checks.ts';
import {
  accepting,
  anyText,
  callback,
  finite,
  iterable,
  LEDGER_RANGE,
  objectWith,
  optional,
} from '../../argument-checks.ts';
import type { BillRow } from './bill.ts';
import { BILL_SCALE } from './bill.ts';
import type { Charge, PriceOf } from '../focus/charges.ts';
import { ledgerCharges } from '../focus/charges.ts';
import { chargeHour, focusTime } from '../focus/focus-columns.ts';
import { meterName } from '../focus/focus-units.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import { ofOneMoment } from '../../contracts/one-moment.ts';

export interface Side {
  /** In units of 10⁻¹⁸ USD. */
  cost: bigint;
  /** In units of 10⁻¹⁸. */
  quantity: bigint;
  rows: number;
}

/** One item on the bill and in the ledger: the use of one meter of one model by a request or in an hour. */
export interface Pair {
  /** The request id, or the start of the hour where the bill has no request ids. */
  readonly by: string;
  readonly model: string;
  /** Empty for an adjustment. */
  readonly meter: string;
  readonly bill: Side;
  readonly ledger: Side;
}

export interface MatchOptions extends LedgerRange {
  readonly priceOf: PriceOf;
}

export interface Matching {
  readonly pairs: readonly Pair[];
  /** The pair that a charge was added to. */
  pairOf(charge: Charge): Pair | undefined;
}

export const MATCH_OPTIONS: MemberChecks<MatchOptions> = { ...LEDGER_RANGE, priceOf: callback };

/** For an option of a function that reads a bill. */
export const checkBill = iterable("rows of a bill: readBill(createReadStream('bill.csv', 'utf8'))");

const amount = accepting('a bigint, in units of 10⁻¹⁸', value => typeof value === 'bigint');
const checkRow = objectWith<BillRow>({
  requestId: optional(anyText),
  model: anyText,
  meter: anyText,
  startMs: finite,
  cost: amount,
  quantity: optional(amount),
});

const PER_NANO = 10n ** BigInt(BILL_SCALE - 9);

/**
 * Matches the rows of a bill to charges of the ledger, by request id (ours or the provider's) where a row has one, else by
 * model, meter and hour. Sums are exact. Memory grows with the bill and with the hours whose charges it does not list.
 */
export async function matchBill(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  { priceOf, ...range }: MatchOptions,
): Promise<Matching> {
  const pairs = new Map<string, Pair>();
  const pairFor = (by: string, model: string, meter: string): Pair => {
    const key = keyOf(by, model, meter);
    let found = pairs.get(key);
    if (found === undefined) pairs.set(key, (found = { by, model, meter, bill: emptySide(), ledger: emptySide() }));
    return found;
  };
  const pairOf = (charge: Charge): Pair | undefined => {
    for (const by of candidatesOf(charge)) {
      const found = pairs.get(keyOf(by, charge.providerModel, meterOf(charge)));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  let index = 0;
  for await (const row of bill) {
    checkRow(row, `bill[${index++}]`);
    addToSide(pairFor(row.requestId ?? hourText(row.startMs), row.model, row.meter).bill, row.cost, row.quantity ?? 0n);
  }
  await ofOneMoment(source, async view => {
    for await (const charges of ledgerCharges(view, priceOf, range)) {
      for (const charge of charges) {
        const hour = hourText(charge.attempt.startedAtMs);
        const { ledger } = pairOf(charge) ?? pairFor(hour, charge.providerModel, meterOf(charge));
        addToSide(ledger, BigInt(charge.costNanoUsd) * PER_NANO, quantityOf(charge));
      }
    }
  });
  return { pairs: [...pairs.values()], pairOf };
}

export function emptySide(): Side {
  return { cost: 0n, quantity: 0n, rows: 0 };
}

export function addToSide(side: Side, cost: bigint, quantity: bigint): void {
  side.cost += cost;
  side.quantity += quantity;
  side.rows++;
}

/** Rounds to the nearest nano-dollar, halves away from zero. */
export function toNano(cost: bigint): bigint {
  const size = cost < 0n ? -cost : cost;
  const rounded = (size + PER_NANO / 2n) / PER_NANO;
  return cost < 0n ? -rounded : rounded;
}

function meterOf(charge: Charge): string {
  return meterName(charge) ?? '';
}

/** The ids and the hour under which a bill may list a charge, most exact first. */
function candidatesOf({ attempt }: Charge): readonly string[] {
  const { providerRequestId, requestId, startedAtMs } = attempt;
  const own = [requestId, hourText(startedAtMs)];
  return providerRequestId === undefined ? own : [providerRequestId, ...own];
}

function keyOf(by: string, model: string, meter: string): string {
  return `${by}\t${model}\t${meter}`;
}

function hourText(startMs: number): string {
  return focusTime(chargeHour(startMs));
}

function quantityOf(charge: Charge): bigint {
  if (charge.kind === 'adjustment') return 0n;
  return BigInt(charge.kind === 'meter' ? charge.line.quantity : 1) * 10n ** BigInt(BILL_SCALE);
}
