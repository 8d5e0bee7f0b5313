/** What models charge for the prefix of a session, from their prices: those of a configuration, or of a ledger's versions. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import type { Price } from '../contracts/price.ts';
import { versionParts } from '../core/cells/version-parts.ts';
import type { PrefixRates, PrefixRatesOf } from '../core/report/standard-cost.ts';
import { RouterError } from '../errors.ts';
import { cacheTermsOfName } from './cache-terms.ts';
import { resolvePrice } from './price-book.ts';

const PICO_PER_USD = 1e12;

/** `undefined` for a price without rates by the token. */
export function prefixRates(
  price: Pick<Price, 'ratesAt'>,
  { ttlMs }: Pick<CacheTerms, 'ttlMs'>,
  at: { readonly tokens: number; readonly atMs: number },
): PrefixRates | undefined {
  const rates = price.ratesAt(at.atMs).findLast(({ aboveTokens }) => at.tokens > aboveTokens)?.rates;
  if (rates === undefined) return undefined;
  const { input, cacheRead = input, cacheWrite5m = input } = rates;
  const usd = (pico: number): number => pico / PICO_PER_USD;
  return { readUsd: usd(cacheRead), writeUsd: usd(cacheWrite5m), inputUsd: usd(input), ttlMs };
}

/** Vendors whose price lists are searched, because a version does not name its vendor. */
const VENDORS = ['openai', 'anthropic'] as const;

/** The list price of a model by its vendor's name; `undefined` for a model that no list has. */
export type ListPrices = (model: string) => Price | undefined;

/** Looks each model up once. */
export function listPrices(): ListPrices {
  const prices = new Map<string, Price | undefined>();
  return name => {
    if (!prices.has(name)) prices.set(name, name === '' ? undefined : listPrice(name));
    return prices.get(name);
  };
}

/** Rates at list prices. @param versions by configured model, as decisions record them: `gpt-5-mini@1f0c$0.00085+v2` */
export function ledgerPrefixRates(
  versions: Readonly<Record<string, string>>,
  atMs: number,
  priceOf: ListPrices = listPrices(),
): PrefixRatesOf {
  return (model, tokens) => {
    const [name = ''] = versionParts(versions[model] ?? '').quality.split('+');
    const price = priceOf(name);
    return price && prefixRates(price, cacheTermsOfName(name), { tokens, atMs });
  };
}

function listPrice(model: string): Price | undefined {
  for (const provider of VENDORS) {
    try {
      return resolvePrice({ provider, model });
    } catch (error) {
      if (!RouterError.isInstance(error) || error.code !== 'unknown-price') throw error;
    }
  }
  return undefined;
}
