import type { BillRow } from '../../../../src/exports/bill/bill-row.ts';
import type { BillOptions } from '../../../../src/exports/bill/bill.ts';
import { readBill } from '../../../../src/exports/bill/bill.ts';

/** All rows of a bill in text or as a value. */
export async function rowsOf(bill: unknown, options: BillOptions = {}): Promise<readonly BillRow[]> {
  return Array.fromAsync(readBill([typeof bill === 'string' ? bill : JSON.stringify(bill)], options));
}

/** A row of 1 November 2026, UTC, without a quantity. */
export function firstDay(fields: object): object {
  const [startMs, endMs] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 2)];
  return { requestId: undefined, startMs, endMs, quantity: undefined, ...fields };
}
