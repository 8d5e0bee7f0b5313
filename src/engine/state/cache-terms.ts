/** How a configured model's prompt cache keeps a prefix. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { CacheTerms } from '../../contracts/cache-terms.ts';
import { cacheTermsOf } from '../../prices/cache-terms.ts';

const known = new WeakMap<object, CacheTerms>();

export function cacheTerms(model: Pick<ResolvedModel, 'provider' | 'providerModel' | 'baseURL' | 'cache'>): CacheTerms {
  let terms = known.get(model);
  if (terms === undefined) {
    const { provider, providerModel, baseURL, cache } = model;
    terms = { ...cacheTermsOf({ provider, model: providerModel, baseURL }), ...cache };
    known.set(model, terms);
  }
  return terms;
}
