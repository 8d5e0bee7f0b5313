/** How the prompt cache of a model keeps a prefix, as its vendor says. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import { providerAt } from './book.ts';
import { CACHES } from './overlay-data/caches.ts';

/** Of most vendors; what another one does is learnt from its replies. */
const USUAL: CacheTerms = Object.freeze({ ttlMs: 300_000, minTokens: 1024 });

export function cacheTermsOf({
  provider,
  model,
  baseURL,
}: {
  readonly provider: string;
  readonly model: string;
  readonly baseURL?: string | undefined;
}): CacheTerms {
  const servedBy = baseURL === undefined ? provider : providerAt(baseURL);
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const known = CACHES.find(({ provider: vendor, models }) => vendor === servedBy && models.test(name));
  return known === undefined ? USUAL : { ttlMs: known.ttlMs, minTokens: known.minTokens };
}

/** The same for a model of which only its vendor's name for it is known, as in a ledger that is read without its configuration. */
export function cacheTermsOfName(model: string): CacheTerms {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const known = CACHES.find(({ models }) => models.test(name));
  return known === undefined ? USUAL : { ttlMs: known.ttlMs, minTokens: known.minTokens };
}
