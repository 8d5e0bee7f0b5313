/** How a translated request is sent: the address of the candidate's API, and the headers that its own client would send. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import type { HttpRequest } from './http-request.ts';

/** Headers of the client's that have a meaning at every address. */
const KEPT_HEADERS = ['traceparent', 'tracestate'];

const ANTHROPIC_VERSION = '2023-06-01';

interface TranslatedRequest {
  /** The client's own request. */
  readonly native: HttpRequest;
  /** The body of the request in the format of the target's API. */
  readonly written: string;
  readonly model: ResolvedModel;
  /** Whether the feature needs the text. A translated reply is checked in any case. */
  readonly wantsText: boolean;
}

/** The request as the target's own client would send it: the address of its API, and none of the client's headers. */
export function requestTo(wire: Wire, { native, written, model, wantsText }: TranslatedRequest): HttpRequest {
  const { url, init } = native;
  const base = url.slice(0, url.lastIndexOf(native.wire.path));
  // Without its own endpoint, the model belongs to the client's vendor, which speaks another API at the same address.
  const headers = model.baseURL === undefined ? init.headers : endpointHeaders(wire, new Headers(init.headers));
  return {
    ...native,
    wire,
    url: base + wire.path,
    init: { ...init, ...(headers === undefined ? {} : { headers }) },
    body: written,
    facts: wire.read(written, '') as RequestFacts,
    // Nothing is removed here: the body is written for this API.
    dropped: {},
    wantsText: native.wantsText || wantsText,
  };
}

export function endpointHeaders(wire: Pick<Wire, 'provider'>, client: Headers): Headers {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' });
  if (wire.provider === 'anthropic') headers.set('anthropic-version', ANTHROPIC_VERSION);
  for (const name of KEPT_HEADERS) {
    const value = client.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
