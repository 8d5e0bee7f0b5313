/** Another endpoint than the client's own: its address, and what of a client's request may go there. */

/** Parameters that choose a version of the API. Any other of a client's query may be a key, and stays at its endpoint. */
const VERSION_PARAMETERS = ['beta', 'api-version'];

/**
 * The address of an API at another base, which may have a query of its own.
 *
 * @param url - The client's own.
 * @param path - The API's path, as the url has it.
 */
export function addressAt(baseURL: string, url: string, path: string): string {
  const address = new URL(baseURL);
  const queryAt = url.indexOf('?');
  const end = queryAt < 0 ? url.length : queryAt;
  address.pathname = address.pathname.replace(/\/+$/, '') + url.slice(url.lastIndexOf(path, end), end);
  if (queryAt >= 0) {
    const asked = new URLSearchParams(url.slice(queryAt));
    for (const name of VERSION_PARAMETERS) {
      const value = asked.get(name);
      if (value !== null && !address.searchParams.has(name)) address.searchParams.set(name, value);
    }
  }
  return address.href;
}

/** The client's credentials belong to the client's endpoint and go nowhere else, whatever a gateway calls them. */
const CREDENTIAL = /auth|cookie|token|secret|password|(?:^|-)key$|^openai-(?:organization|project)$/;

/** Ends like one. */
const NO_CREDENTIAL = 'idempotency-key';

/** The client's headers without its credentials, and with the endpoint's own. */
export function headersAt(client: RequestInit['headers'], own: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(client);
  const names = [...headers.keys()].filter(name => CREDENTIAL.test(name) && name !== NO_CREDENTIAL);
  for (const name of names) headers.delete(name);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

/** A length that the client has counted is another one once the body names another model: whoever sends it, counts. */
export function withoutContentLength(init: RequestInit): RequestInit {
  const { headers } = init;
  if (headers === undefined || !hasLength(headers)) return init;
  const kept = new Headers(headers);
  kept.delete('content-length');
  return { ...init, headers: kept };
}

function hasLength(headers: NonNullable<RequestInit['headers']>): boolean {
  if (headers instanceof Headers) return headers.has('content-length');
  const names = Array.isArray(headers) ? headers.map(([name]) => name) : Object.keys(headers);
  return names.some(name => name?.toLowerCase() === 'content-length');
}
