/** The account of one session in a running router, from its store and at its own prices. */
import type { Engine } from '../engine/engine.ts';
import { cacheTerms } from '../engine/state/cache-terms.ts';
import { cacheTermsOfName } from '../prices/cache-terms.ts';
import type { SessionAccount } from './session-account.ts';
import { sessionIn } from './sessions.ts';

/** @throws RouterError `invalid-value` */
export async function sessionOf(
  { config, flush, store }: Pick<Engine, 'config' | 'flush' | 'store'>,
  session: string,
): Promise<SessionAccount | undefined> {
  await flush();
  return sessionIn(store, session, {
    priceOf(model, _atMs, { providerModel }, served = providerModel) {
      const known = config.models.get(model);
      if (served === known?.providerModel) return known.price;
      return known?.priceOf(served).price;
    },
    cacheOf({ model, providerModel }) {
      const known = config.models.get(model);
      return known?.providerModel === providerModel ? cacheTerms(known) : cacheTermsOfName(providerModel);
    },
  });
}
