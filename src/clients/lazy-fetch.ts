/** A `fetch` that routes as soon as the code for it is loaded. */
import type { Fetch } from './http-request.ts';
import type { LazyRouting } from './lazy-routing.ts';
import { isSlotInUrl, mayNameFeature } from './route-call.ts';

/** Reads the global at each call, so that an instrumented fetch is used. */
export const globalFetch: Fetch = async (input, init) => globalThis.fetch(input, init);

/**
 * See `routedFetch` of `fetch.ts`. Calls made before the code for it is loaded wait for it. Where it cannot be loaded, those that
 * may have to be routed reject, and every other one passes.
 */
export function lazyFetch(routing: LazyRouting, inner: Fetch, target?: string): Fetch {
  let routed: Fetch | undefined;
  return (input, init) => {
    if (routed !== undefined) return routed(input, init);
    if (routing.loaded !== undefined) return (routed = routing.loaded.fetch(inner, target))(input, init);
    return routing
      .use(async loaded => (routed ??= loaded.fetch(inner, target)))
      .then(
        fetch => fetch(input, init),
        (error: unknown) => {
          if (mayBeRouted(input, init, target)) throw error;
          return inner(input, init);
        },
      );
  };
}

/** A body that is not text is not read for this: no provider would take a feature's name for a model. */
function mayBeRouted(input: Parameters<Fetch>[0], init: RequestInit | undefined, target: string | undefined): boolean {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
  const body = typeof init?.body === 'string' ? init.body : '';
  return isSlotInUrl(url) || mayNameFeature({ body, target });
}
