/** Routes an SDK client: the same class with another `fetch`, so that every helper keeps working by construction. */
import { RouterError } from '../errors.ts';
import { handOverCalls } from './client-hooks.ts';
import type { Seam } from './fetch.ts';
import { globalFetch, routedFetch } from './fetch.ts';
import type { Fetch } from './http-request.ts';
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
export function wrapClient<Client extends WrappableClient>(seam: Seam, client: Client): Client {
  if (typeof client?.withOptions !== 'function') {
    throw new RouterError('unsupported-client', 'this client has no withOptions()', {
      path: 'client',
      accepted:
        'an openai (>=6 <8) or @anthropic-ai/sdk (>=0.80 <2) client, or any client that is given `fetch: router.fetch`',
    });
  }
  if ('deploymentName' in client) throw azureRefused();
  const { fetch: own, timeout } = client as ClientState;
  const inner: Fetch = typeof own === 'function' ? (own as Fetch) : globalFetch;
  const fetch = routedFetch(seam, inner.bind(undefined));
  const copy = client.withOptions({ fetch, ...optionsLost(client) }) as Client;
  if (timeout !== undefined) (copy as { timeout?: unknown }).timeout = timeout;
  return wrapped(seam, copy);
}

interface ClientState {
  readonly fetch?: unknown;
  readonly timeout?: unknown;
  readonly apiKey?: unknown;
  readonly _options?: { readonly timeout?: unknown; readonly apiKey?: unknown };
}

/** Options of the application that a client's copy would take for something else. */
function optionsLost(client: object): object {
  const { apiKey, _options: options } = client as ClientState;
  if (options === undefined) return {};
  return {
    // Copied as its value, the default would look like the application's own choice: Anthropic's client computes one by
    // `max_tokens` where the application chose none.
    timeout: options.timeout,
    // openai 6 copies the key that the function gave last, or none.
    ...(typeof options.apiKey === 'function' && typeof apiKey === 'string' ? { apiKey: options.apiKey } : {}),
  };
}

/** A copy of a wrapped client is wrapped too, around the `fetch` that it is given. */
function wrapped<Client extends WrappableClient>(seam: Seam, client: Client): Client {
  handOverCalls(seam, client);
  const { withOptions } = client;
  const value: Client['withOptions'] = options => {
    const { fetch = globalFetch } = options;
    const own = 'fetch' in options ? { ...options, fetch: routedFetch(seam, fetch) } : options;
    return wrapped(seam, withOptions.call(client, own) as Client);
  };
  return Object.defineProperty(client, 'withOptions', { value, writable: true, configurable: true });
}
