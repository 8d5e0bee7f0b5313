/** The difference between a bill and the ledger that rounding on both sides can explain. */
import { decimalsOf, toNano, unitOf } from './bill-row.ts';

export interface Sides {
  /** In units of 10⁻¹⁸ USD. */
  readonly bill: bigint;
  /** In nano-dollars. */
  readonly ledger: bigint;
  readonly billRows: number;
  readonly ledgerRows: number;
  /** The last digit of the bill's costs, in units of 10⁻¹⁸ USD. */
  readonly lastDigit: bigint;
}

/**
 * Each row of the bill is rounded to its last digit, and each charge of the ledger to the nano-dollar: equal costs differ by less
 * than half of these units for each.
 */
export function isWithinRounding({ bill, ledger, billRows, ledgerRows, lastDigit }: Sides): boolean {
  const difference = bill - ledger * PER_NANO;
  const size = difference < 0n ? -difference : difference;
  if (toNano(bill) === ledger) return true;
  return size * 2n < lastDigit * BigInt(billRows) + PER_NANO * BigInt(ledgerRows);
}

const PER_NANO = unitOf(9);

/** The last digit of many amounts, judging by the amounts: `1.25` and `0.5` come from a bill that rounds to cents. */
export interface LastDigit {
  /** @param cost in units of 10⁻¹⁸ */
  add(cost: bigint): void;
  /** In units of 10⁻¹⁸. */
  unit(): bigint;
}

/** @param least the bill rounds to this digit after the point or a finer one, whatever its amounts are */
export function lastDigit(least = CENTS): LastDigit {
  let decimals = least;
  let isFree = true;
  return {
    add(cost) {
      if (cost === 0n) return;
      isFree = false;
      if (cost % unitOf(decimals) !== 0n) decimals = decimalsOf(cost);
    },
    unit: () => (isFree ? 1n : unitOf(decimals)),
  };
}

const CENTS = 2;

/** Digits after the point in amounts of a currency: usually 2, none for yen. */
export function digitsOfCurrency(currency: string): number {
  try {
    return (
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? CENTS
    );
  } catch {
    return CENTS;
  }
}
