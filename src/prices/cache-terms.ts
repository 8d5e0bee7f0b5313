/** How the prompt cache of a model keeps a prefix, as its vendor says. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import { CACHES } from './overlay-data/caches.ts';
import type { ServedModel } from './served-model.ts';
import { servedBy, vendorsName } from './served-model.ts';

/** Terms of most vendors; those of others are learnt from their replies. */
const USUAL: CacheTerms = Object.freeze({ ttlMs: 300_000, minTokens: 1024 });

export function cacheTermsOf(served: ServedModel): CacheTerms {
  const vendor = servedBy(served);
  const name = vendorsName(served.model);
  return termsOf(CACHES.find(({ provider, models }) => provider === vendor && models.test(name)));
}

/** The terms of a model of which only the vendor's name for it is known, as in a ledger read without its configuration. */
export function cacheTermsOfName(model: string): CacheTerms {
  const name = vendorsName(model);
  return termsOf(CACHES.find(({ models }) => models.test(name)));
}

function termsOf(known: CacheTerms | undefined): CacheTerms {
  return known === undefined ? USUAL : { ttlMs: known.ttlMs, minTokens: known.minTokens };
}
