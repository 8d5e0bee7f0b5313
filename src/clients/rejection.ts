/** How a `fetch` fails: with the error itself, also where an SDK would take it for a lost connection. */
import { RouterError } from '../errors.ts';
import type { CallRoute } from './route-call.ts';

/** Both vendors' SDKs send it with every request, and no other client does. */
const SDK_HEADER = 'x-stainless-lang';

/**
 * Rejects with the error. For an SDK's request, a RouterError is thrown from the reply's headers instead: an SDK retries a
 * `fetch` that rejects, and then hides the error in one of its own, but what is thrown while it reads a reply reaches the
 * caller at once, as it is.
 */
export function rejection(error: unknown, init: RequestInit | undefined): Promise<Response> {
  if (!RouterError.isInstance(error) || !new Headers(init?.headers).has(SDK_HEADER)) return Promise.reject(error);
  const thrown = (): never => {
    throw error;
  };
  return Promise.resolve(Object.defineProperty(Response.error(), 'headers', { get: thrown }));
}

/**
 * Handles an error that occurs before anything is sent: a request that no candidate can take is answered as the client's
 * vendor would answer it, so that every client and framework knows what to do. An error made by the application is thrown, and
 * so is a refusal in an API whose errors are not known.
 */
export function refusedBy(route: Pick<CallRoute, 'wire' | 'facts'>): (error: unknown) => Promise<Response> {
  return async thrown => {
    const isRefusal = RouterError.isInstance(thrown) && thrown.code === 'no-eligible-candidate';
    const loaded = isRefusal ? await import('./refused-call.ts').catch(() => undefined) : undefined;
    const reply = loaded?.refusedCall(route, thrown as RouterError);
    if (reply === undefined) throw thrown;
    return reply;
  };
}
