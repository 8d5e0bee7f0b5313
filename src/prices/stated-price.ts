/** The price of a model whose replies state their cost: a gateway's, or that of a function of `router.run`. */
import type { Price } from '../contracts/price.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { METERS } from '../core/ledger/usage.ts';

/** @param rates for a reply that does not state its cost; without rates, everything that it used is reported as unpriced */
export function statedPrice(rates: Price | undefined): Price {
  if (rates === undefined) return WITHOUT_RATES;
  return Object.freeze({
    ...rates,
    source: `reported by the call, else ${rates.source}`,
    // A stated cost is a different price than the rates, so it has statistics of its own.
    id: `${WITHOUT_RATES.id}-${rates.id}`,
    idAt: (atMs: number) => `${WITHOUT_RATES.id}-${rates.idAt(atMs)}`,
    usesStatedCost: true,
  });
}

const WITHOUT_RATES: Price = Object.freeze({
  source: 'reported by the call',
  id: 'reported',
  idAt: () => 'reported',
  lines: () => [],
  cost: () => 0,
  unpriced: (usage: Usage) => METERS.filter(meter => (usage[meter] ?? 0) !== 0),
  ratesAt: () => [],
  usesStatedCost: true,
});
