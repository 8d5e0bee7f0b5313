/** One random sale after the other, on both bills. */
import { dice, drawSale } from './draw-sale.ts';
import type { OurCost } from './our-cost.ts';
import { ourCost } from './our-cost.ts';
import type { Reply } from './reply-of.ts';
import { replyOf } from './reply-of.ts';
import type { Sale } from './sale.ts';
import type { Bill } from './second-bill.ts';
import { secondBill } from './second-bill.ts';

export interface Difference {
  readonly number: number;
  readonly what: string;
  readonly sale: Sale;
  readonly reply: Reply;
  readonly bill: Bill;
  readonly ours?: OurCost;
}

/**
 * What is wrong with the router's cost of one sale: the amount, a doubt that it does not report, or a doubt that the second bill does not
 * have.
 */
export function wrongWith(bill: Bill, ours: OurCost): string | undefined {
  if (bill.isAmountOpen !== true && BigInt(ours.costNanoUsd) !== bill.nanoUsd) {
    return `${ours.costNanoUsd} instead of ${bill.nanoUsd} nano-dollars`;
  }
  if (bill.doubts.length > 0) {
    if (ours.provenance !== 'estimated') return `not marked as an estimate: ${bill.doubts.join(', ')}`;
    if ((ours.unpriced ?? []).length === 0) return `an estimate that does not say why: ${bill.doubts.join(', ')}`;
    return undefined;
  }
  return ours.provenance === 'estimated' ? `an estimate for no reason: ${(ours.unpriced ?? []).join(', ')}` : undefined;
}

export function compareSale(
  seed: number,
  number: number,
): { readonly difference: Difference | undefined; readonly isEstimate: boolean } {
  const sale = drawSale(seed, number);
  const reply = replyOf(sale, dice(seed + 1, number));
  const bill = secondBill(sale);
  const about = { number, sale, reply, bill };
  try {
    const ours = ourCost(sale, reply, dice(seed + 2, number));
    const what = wrongWith(bill, ours);
    return {
      difference: what === undefined ? undefined : { ...about, what, ours },
      isEstimate: ours.provenance === 'estimated',
    };
  } catch (error) {
    return { difference: { ...about, what: String(error) }, isEstimate: false };
  }
}
