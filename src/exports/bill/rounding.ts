/** How far a bill and the ledger may differ because both round. */
import { toNano, unitOf } from './bill-row.ts';

export interface Sides {
  /** In units of 10⁻¹⁸ USD. */
  readonly bill: bigint;
  readonly ledger: bigint;
  readonly billRows: number;
  readonly ledgerRows: number;
}

/**
 * Each row of the bill is rounded to its last digit, and each charge of the ledger to the nano-dollar: equal costs differ by less
 * than half of these units for each.
 *
 * @param sides `ledger` in nano-dollars
 * @param decimals digits after the point of the bill's costs
 */
export function isWithinRounding({ bill, ledger, billRows, ledgerRows }: Sides, decimals: number): boolean {
  const difference = bill - ledger * PER_NANO;
  const size = difference < 0n ? -difference : difference;
  if (toNano(bill) === ledger) return true;
  return size * 2n < unitOf(decimals) * BigInt(billRows) + PER_NANO * BigInt(ledgerRows);
}

const PER_NANO = unitOf(9);
