/** Routes an SDK client: the same class with another `fetch`, so that every helper keeps working by construction. */
import { RouterError } from '../errors.ts';
import type { Seam } from './fetch.ts';
import { azureRefused, routedFetch } from './fetch.ts';
import type { Fetch } from './http-request.ts';

/** An openai or @anthropic-ai/sdk client, typed by its shape: the classes of two major versions are not assignable to each other. */
export interface WrappableClient {
  withOptions(options: { fetch?: Fetch; maxRetries?: number }): unknown;
}

/** @throws RouterError `unsupported-client` */
export function wrapClient<Client extends WrappableClient>(seam: Seam, client: Client): Client {
  if (typeof client?.withOptions !== 'function') {
    throw new RouterError('unsupported-client', 'this client has no withOptions()', {
      path: 'client',
      accepted:
        'an openai (>=6 <8) or @anthropic-ai/sdk (>=0.80 <2) client, or any client that is given `fetch: router.fetch`',
    });
  }
  if ('deploymentName' in client) throw azureRefused();
  const own = (client as { fetch?: unknown }).fetch;
  const inner: Fetch = typeof own === 'function' ? (own as Fetch) : globalThis.fetch;
  // The router retries, not the client: a retry inside the client would cost money that the ledger does not see.
  return client.withOptions({ fetch: routedFetch(seam, inner.bind(undefined)), maxRetries: 0 }) as Client;
}
