/** A routed HTTP request as it is sent to one model: its address and headers, and the status of an error thrown by it. */
import type { RequestFacts, RequestTransform, Wire } from '../contracts/wire.ts';
import type { HeaderTexts } from '../config/application.ts';
import type { ResolvedFeature, ResolvedModel } from '../config/resolved.ts';
import type { Exchanged } from '../engine/attempts/exchange.ts';
import type { Runtime } from '../runtime.ts';
import type { Finding } from '../translate/neutral/translator.ts';
import { addressAt, headersAt } from './endpoint.ts';
import type { Clock } from './timely-key.ts';
import { timelyKey } from './timely-key.ts';
import type { ModelTransforms } from './transforms.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export type Dropped = Record<string, readonly Finding[]>;

/** The caller's request, and how the feature wants its replies read. */
export interface HttpRequest {
  readonly wire: Wire;
  readonly url: string;
  readonly init: RequestInit;
  readonly body: string;
  readonly facts: RequestFacts;
  readonly fetch: Fetch;
  /** The time that the client allows one attempt until its headers arrive. `fetch` enforces it by itself. */
  readonly clientClock?: Clock | undefined;
  readonly runtime: Runtime;
  /** How a request must change for a model: as configured, and as learned from refusals. */
  readonly transforms: ModelTransforms;
  /** Fields that are removed from the request, by model: for the receipt. */
  readonly dropped: Dropped;
  /** Buffer a stream to its end before the caller gets it. */
  readonly hold: boolean;
  /** How far a stream must have come before the caller gets it. */
  readonly release: ResolvedFeature['release'];
  /** Keep the text of replies: a validator needs it. */
  readonly wantsText: boolean;
}

/** The request that was sent to one model. */
export interface SentRequest {
  readonly request: HttpRequest;
  /** Aborts at the caller's abort and at the router's own time limits. */
  readonly signal: AbortSignal | undefined;
  /** Length of the body as it was sent. */
  readonly requestChars: number;
  /** The length of the body, with four characters for each token of a file; absent where the body is too short to contain a file. */
  readonly promptChars?: (() => number) | undefined;
  readonly model: ResolvedModel;
  readonly transform: RequestTransform | undefined;
  /** The region in which the host runs the model, where the host's name states it. */
  readonly region?: string | undefined;
}

/**
 * The URL for a model. When the model has its own endpoint, this sets the headers for it on `init`; a promise only where the
 * application fetches them. It rejects when `init.signal` aborts first.
 */
export function addressed(
  { baseURL, headers }: ResolvedModel,
  { url, wire, clientClock }: Pick<HttpRequest, 'url' | 'wire' | 'clientClock'>,
  init: RequestInit,
): string | Promise<string> {
  if (baseURL === undefined) return url;
  const at = (own: HeaderTexts): string => {
    init.headers = headersAt(init.headers, own);
    // `fetch` would send a key to another host after a redirect, unless it is in `authorization`.
    if (headers !== undefined) init.redirect = 'manual';
    return addressAt(baseURL, url, wire.path);
  };
  const own = headers?.() ?? {};
  return own instanceof Promise ? timelyKey(own, init.signal, clientClock).then(at) : at(own);
}

/** Why sending or reading failed: the caller aborted, a time limit was reached, or the connection failed. */
export function faultStatus({ request, signal }: SentRequest, error: unknown): 'aborted' | 'timeout' | 'connection' {
  if (request.init.signal?.aborted === true) return 'aborted';
  if (signal?.aborted === true || (error instanceof Error && error.name === 'TimeoutError')) return 'timeout';
  return 'connection';
}

/** Why reading failed after the reply had begun: like {@link faultStatus}, but a connection that fails then is `broken`. */
export function brokenStatus(sent: SentRequest, error: unknown): 'aborted' | 'timeout' | 'broken' {
  const status = faultStatus(sent, error);
  return status === 'connection' ? 'broken' : status;
}

/** The parts of a Response that precede its body. */
export type ReplyHead = Pick<Response, 'status' | 'headers'>;

/** The head alone, without a reference to the Response. */
export function headOf({ status, headers }: Response): ReplyHead {
  return { status, headers };
}

/** The status of an exchange, and the provider's own id of it. */
export function exchangeFacts({
  status,
  headers,
}: ReplyHead): Pick<Exchanged<never>, 'httpStatus' | 'providerRequestId'> {
  return {
    httpStatus: status,
    providerRequestId: headers.get('x-request-id') ?? headers.get('request-id') ?? undefined,
  };
}
