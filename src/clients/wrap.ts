/** Routes an SDK client: the same class with another `fetch`, so that every helper keeps working by construction. */
import { RouterError } from '../errors.ts';
import { handOverCalls } from './client-hooks.ts';
import type { Fetch } from './http-request.ts';
import { globalFetch, lazyFetch } from './lazy-fetch.ts';
import type { LazyRouting } from './lazy-routing.ts';
import { azureRefused } from './route-call.ts';

/** An openai or @anthropic-ai/sdk client, typed by its shape: the classes of two major versions are not assignable to each other. */
export interface WrappableClient {
  withOptions(options: { fetch?: Fetch }): unknown;
}

/**
 * The client's own settings stay as they are, and so does every call that is not routed. What a routed call needs of them
 * (time limit, `maxRetries: 0`, a token refreshed) the client hands over to the router.
 *
 * @throws RouterError `unsupported-client`
 */
export function wrapClient<Client extends WrappableClient>(routing: LazyRouting, client: Client): Client {
  if (typeof client?.withOptions !== 'function') {
    throw new RouterError('unsupported-client', 'this client has no withOptions()', {
      path: 'client',
      accepted:
        'an openai (>=6 <8) or @anthropic-ai/sdk (>=0.80 <2) client, or any client that is given `fetch: router.fetch`',
    });
  }
  if ('deploymentName' in client) throw azureRefused();
  const { fetch: own } = client as ClientState;
  const inner: Fetch = typeof own === 'function' ? (own as Fetch) : globalFetch;
  return wrapped(routing, copyOf(client, { fetch: fetchAround(routing, inner) }));
}

/** The routed `fetch`, with the properties of the client's own `fetch`: openai reads its property `Response`. */
function fetchAround(routing: LazyRouting, inner: Fetch): Fetch {
  return Object.assign(lazyFetch(routing, inner.bind(undefined)), inner);
}

interface ClientState {
  readonly fetch?: unknown;
  timeout?: unknown;
  readonly _options?: { readonly timeout?: unknown; readonly apiKey?: unknown };
}

/** A copy with everything that the application chose, and nothing that it did not choose. */
function copyOf<Client extends WrappableClient>(client: Client, changes: { readonly fetch: Fetch }): Client {
  const { timeout, _options: options } = client as ClientState;
  // We pass on the timeout that the application chose, or none. A copied default would look like a choice: Anthropic's client computes a
  // time limit where none was chosen.
  const own: object = options === undefined ? changes : { ...changes, timeout: options.timeout };
  let copy = client.withOptions(own) as Client;
  // openai 6 copies the key that the function gave last, or none, instead of the function.
  const apiKey = options?.apiKey;
  if (typeof apiKey === 'function' && typeof (copy as ClientState)._options?.apiKey !== 'function')
    copy = client.withOptions({ ...own, apiKey } as object) as Client;
  if (timeout !== undefined) (copy as ClientState).timeout = timeout;
  return copy;
}

/** A copy of a wrapped client is wrapped too, around the `fetch` that it is given. */
function wrapped<Client extends WrappableClient>(routing: LazyRouting, client: Client): Client {
  handOverCalls(routing, client);
  const { withOptions } = client;
  const value: Client['withOptions'] = options => {
    const { fetch = globalFetch } = options;
    const own = 'fetch' in options ? { ...options, fetch: fetchAround(routing, fetch) } : options;
    return wrapped(routing, withOptions.call(client, own) as Client);
  };
  return Object.defineProperty(client, 'withOptions', { value, writable: true, configurable: true });
}
