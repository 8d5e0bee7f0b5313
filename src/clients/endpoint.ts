/** A model's own endpoint: its address, and which of the client's headers and query parameters are sent there. */

/** Query parameters that choose a version of the API. */
const VERSION_PARAMETERS = ['beta', 'api-version'];
/** Parameters of a request that retrieves a reply, or its input. */
const RETRIEVAL_PARAMETERS = [
  'stream',
  'starting_after',
  'include',
  'include[]',
  'include_obfuscation',
  'after',
  'limit',
  'order',
];
/** Any other parameter may be an API key, so it is not sent to another endpoint. */
const SENT_PARAMETERS = [...VERSION_PARAMETERS, ...RETRIEVAL_PARAMETERS];

/**
 * The address of an API under another base URL, which may have a query of its own.
 *
 * @param url the address that the client would have called
 * @param path the API's path, as it is in `url`
 */
export function addressAt(baseURL: string, url: string, path: string): string {
  const address = new URL(baseURL);
  const queryAt = url.indexOf('?');
  const end = queryAt < 0 ? url.length : queryAt;
  address.pathname = address.pathname.replace(/\/+$/, '') + url.slice(url.lastIndexOf(path, end), end);
  if (queryAt >= 0) {
    const query = new URLSearchParams(url.slice(queryAt));
    for (const name of SENT_PARAMETERS) {
      if (address.searchParams.has(name)) continue;
      for (const value of query.getAll(name)) address.searchParams.append(name, value);
    }
  }
  return address.href;
}

/** Hosts at which a vendor keeps a request in one region, at a separate price: OpenAI's, and xAI's. */
const REGIONAL_HOST = /^https:\/\/([a-z]{2})(?:-[a-z]+-\d)?\.api\.(?:openai\.com|x\.ai)(?:[/:]|$)/i;

/** The region of a vendor's host for data residency: `eu`. No other host says where a model runs. */
export function regionOf(url: string): string | undefined {
  return REGIONAL_HOST.exec(url)?.[1]?.toLowerCase();
}

/** Headers that may hold a credential, by their usual names. */
const CREDENTIAL = /auth|cookie|token|secret|password|(?:^|-)key$|^openai-(?:organization|project)$/;

/** A header that is not a credential although its name ends in `-key`. */
const NO_CREDENTIAL = 'idempotency-key';

/**
 * The client's credentials, as one text, which is different for every other client. It names accounts in memory and must not
 * be logged.
 */
export function credentialsOf(client: RequestInit['headers']): string {
  return [...new Headers(client)]
    .filter(([name]) => isCredential(name))
    .flat()
    .join(' ');
}

/** A name for the client's account. Computed only after failures. */
export function accountOf({ url, init }: { readonly url: string; readonly init: RequestInit }): () => string {
  return () => `${new URL(url).origin} ${credentialsOf(init.headers)}`;
}

export function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) && name !== NO_CREDENTIAL;
}

/**
 * The client's headers that have a meaning at every endpoint: content, the client's name, idempotency, the ids of a trace, and versions
 * of the API. Any other header is meant for the endpoint that the client was made for: it may name an account, or be a key.
 */
const SENT_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'anthropic-version',
  'content-language',
  'content-type',
  'idempotency-key',
  'openai-beta',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-client-request-id',
  'x-request-id',
]);

/** Headers in which the vendors' SDKs describe themselves. */
const OF_SDK = 'x-stainless-';

/**
 * The headers for a model's own endpoint: those of the client's that may go to any endpoint, and the endpoint's own.
 */
export function headersAt(client: RequestInit['headers'], own: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(client);
  const others = [...headers.keys()].filter(name => !SENT_HEADERS.has(name) && !name.startsWith(OF_SDK));
  for (const name of others) headers.delete(name);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return headers;
}

/** Drops a `content-length` that the client set: the body's length changes with the model's name, and `fetch` sets the right value. */
export function withoutContentLength(init: RequestInit): RequestInit {
  const { headers } = init;
  if (headers === undefined || !hasContentLength(headers)) return init;
  const kept = new Headers(headers);
  kept.delete('content-length');
  return { ...init, headers: kept };
}

function hasContentLength(headers: NonNullable<RequestInit['headers']>): boolean {
  if (headers instanceof Headers) return headers.has('content-length');
  const names = Array.isArray(headers) ? headers.map(([name]) => name) : Object.keys(headers);
  return names.some(name => name?.toLowerCase() === 'content-length');
}
