/** How the prompt cache of a model keeps a prefix, according to its vendor. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import { CACHES } from './overlay-data/caches.ts';
import type { ServedModel } from './served-model.ts';
import { servedBy, vendorsName } from './served-model.ts';

/** Terms of most vendors; those of others are learned from their replies. */
const USUAL: CacheTerms = Object.freeze({ ttlMs: 300_000, minTokens: 1024 });

export function cacheTermsOf(served: ServedModel): CacheTerms {
  const vendor = servedBy(served);
  const name = vendorsName(served.model);
  return termsOf(CACHES.find(({ provider, models }) => provider === vendor && models.test(name)));
}

/**
 * The cache terms for the vendor's name of a model, without further data, as in a ledger that is read without its configuration.
 */
export function cacheTermsOfName(model: string): CacheTerms {
  const name = vendorsName(model);
  return termsOf(CACHES.find(({ models }) => models.test(name)));
}

function termsOf(known: CacheTerms | undefined): CacheTerms {
  return known === undefined ? USUAL : { ttlMs: known.ttlMs, minTokens: known.minTokens };
}
