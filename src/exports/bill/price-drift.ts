/** Price drift: ratios of the bill to the ledger in cost, quantity and unit price, by model and meter. */
import { billedNano, stateOf } from './differences.ts';
import type { Matching } from './match-bill.ts';

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

interface MeterSum {
  readonly model: string;
  readonly meter: string;
  billed: bigint;
  ledger: bigint;
  billedQuantity: number;
  ledgerQuantity: number;
}

/** The price drift by model and meter, over the items that both sides have; those whose costs differ only by rounding are left out. */
export function priceDrift({ items }: Matching): readonly PriceDrift[] {
  const sums = new Map<number, MeterSum>();
  const differing = new Set<number>();
  for (let item = 0; item < items.count; item++)
    if (stateOf(items, item) === 'different') differing.add(items.names(item));
  for (let item = 0; item < items.count; item++) {
    const key = items.names(item);
    if (!differing.has(key) || items.billRows(item) === 0 || items.ledgerRows(item) === 0) continue;
    const [model, meter] = [items.model(item), items.meter(item)];
    let sum = sums.get(key);
    if (sum === undefined)
      sums.set(key, (sum = { model, meter, billed: 0n, ledger: 0n, billedQuantity: 0, ledgerQuantity: 0 }));
    sum.billed += billedNano(items, item);
    sum.ledger += items.ledgerNano(item);
    sum.billedQuantity += items.billQuantity(item);
    sum.ledgerQuantity += items.ledgerQuantity(item);
  }
  const size = ({ billed, ledger }: MeterSum): number => Math.abs(Number(billed - ledger));
  return [...sums.values()]
    .filter(({ billed, ledger }) => billed !== ledger)
    .sort((a, b) => size(b) - size(a))
    .map(({ model, meter, billed, ledger, billedQuantity, ledgerQuantity }) => {
      const costRatio = ratio(Number(billed), Number(ledger));
      const quantityRatio = ratio(billedQuantity, ledgerQuantity);
      const priceRatio = costRatio === null || quantityRatio === null ? null : costRatio / quantityRatio;
      return { model, meter, billedNanoUsd: billed, ledgerNanoUsd: ledger, costRatio, quantityRatio, priceRatio };
    });
}

function ratio(a: number, b: number): number | null {
  return a === 0 || b === 0 ? null : a / b;
}
