/**
 * An SDK client's own rules for a routed call, handed over to the router. Both SDKs, in every supported version, make each
 * attempt of a call in `makeRequest`, which writes the request in `buildRequest`. Where a client has neither, its calls are
 * routed all the same, and their time limit and retries stay the client's.
 */
import type { ClientCall } from './client-call.ts';
import { attachCall, MAX_TIMER_MS } from './client-call.ts';
import type { Wire } from '../contracts/wire.ts';
import type { LazyRouting, RouterCore } from './lazy-routing.ts';
import { routeCall } from './route-call.ts';
import { isSlot } from './slot.ts';
import { countingWire } from './count-call.ts';

/** The caller's options of one call. */
interface CallOptions {
  readonly path?: unknown;
  readonly body?: unknown;
  readonly maxRetries?: number;
  readonly signal?: unknown;
}

interface BuiltRequest {
  readonly req: RequestInit;
  readonly url: string;
  readonly timeout: number;
}

/** The parts of a client that make its requests. */
interface RequestMaker {
  readonly maxRetries?: number;
  /** openai from version 7: the time limit covers the body of a plain reply. */
  readonly parseResponseWithTimeout?: unknown;
  /** openai's source of tokens. Anthropic's SDK handles a refused token in `shouldRetry`. */
  readonly _workloadIdentityAuth?: { invalidateToken?(): void };
  shouldRetry?: (response: Response, options: CallOptions) => Promise<boolean>;
  makeRequest?: (
    options: CallOptions | PromiseLike<CallOptions>,
    retriesRemaining: number | null,
    ...rest: unknown[]
  ) => Promise<unknown>;
  buildRequest?: (options: CallOptions, context?: { readonly retryCount?: number }) => Promise<BuiltRequest>;
}

/** A routed call, while the client writes its request. */
interface Writing {
  readonly wires: readonly Wire[];
  readonly mayRetry: boolean;
  /** Set where the client writes the request only to produce its headers. */
  readonly retryCount?: number;
  readonly take?: ClientCall['take'];
}

/** Clients whose limits were read already: a client may be wrapped twice, and only the first hooks see its own limits. */
const handedOver = new WeakSet();

export function handOverCalls(routing: LazyRouting, client: object): void {
  const maker = client as RequestMaker;
  const make = maker.makeRequest?.bind(maker);
  const build = maker.buildRequest?.bind(maker);
  if (make === undefined || build === undefined || handedOver.has(client)) return;
  handedOver.add(client);
  const writings = new WeakMap<CallOptions, Writing>();

  /** The options for the client's own `makeRequest`; a promise only where the router's code is not loaded yet. */
  function optionsFor(options: CallOptions, retriesRemaining: number | null): CallOptions | Promise<CallOptions> {
    if (!isSlot(modelOf(options))) return options;
    const { loaded } = routing;
    return loaded === undefined
      ? routing.use(async each => own(options, retriesRemaining, each))
      : own(options, retriesRemaining, loaded);
  }

  function own(options: CallOptions, retriesRemaining: number | null, { seam }: RouterCore): CallOptions {
    if (countsTokens(options, seam.wires)) return options;
    // The router retries a routed call, not the client: a retry inside the client would be another intent.
    const routed = { ...options, maxRetries: 0 };
    const mayRetry = (retriesRemaining ?? options.maxRetries ?? maker.maxRetries) !== 0;
    writings.set(routed, { wires: seam.wires, mayRetry });
    return routed;
  }

  // Not async, which would add a promise to each call.
  const makeRequest: RequestMaker['makeRequest'] = (given, retriesRemaining, ...rest) => {
    const asked = Promise.resolve(given);
    // A call's first attempt: the client itself then takes the number of retries from the options.
    const first = (options: CallOptions): CallOptions | Promise<CallOptions> => optionsFor(options, null);
    if (retriesRemaining === null) return make(asked.then(first), null, ...rest);
    return asked.then(async options => {
      const written = await optionsFor(options, retriesRemaining);
      return make(written, written === options ? retriesRemaining : null, ...rest);
    });
  };

  const buildRequest: RequestMaker['buildRequest'] = (options, context) => {
    const writing = writings.get(options);
    if (writing === undefined) return build(options, context);
    const { retryCount } = writing;
    return build(options, retryCount === undefined ? context : { retryCount }).then(built =>
      withCall(built, options, writing),
    );
  };

  function withCall(built: BuiltRequest, options: CallOptions, { wires, mayRetry, take }: Writing): BuiltRequest {
    const { req, url, timeout } = built;
    if (typeof req.body !== 'string') return built;
    const route = routeCall(wires, { url, body: req.body });
    if (route === undefined) return built;
    attachCall(req, {
      route,
      timeoutMs: timeout,
      limitsBody: typeof maker.parseResponseWithTimeout === 'function',
      mayRetry,
      headers: async count => headersAgain(options, { wires, mayRetry: false, retryCount: count }),
      renews: async refused => renews(options, refused),
      take,
    });
    return { ...built, timeout: MAX_TIMER_MS };
  }

  /** The client makes the whole request once more, with everything that it computes for it; `fetch` takes the headers and sends nothing. */
  async function headersAgain(options: CallOptions, writing: Writing): Promise<RequestInit['headers']> {
    // The caller's signal is left out, because the client would listen to it until a reply is read.
    const { signal: _signal, ...again } = options;
    let headers: RequestInit['headers'];
    const take = (taken: RequestInit['headers']): Response => {
      headers = taken;
      return new Response(null, { status: 204 });
    };
    writings.set(again, { ...writing, take });
    await make?.(again, null);
    return headers;
  }

  async function renews(options: CallOptions, refused: Response): Promise<boolean> {
    const { _workloadIdentityAuth: identity } = maker;
    identity?.invalidateToken?.();
    return identity !== undefined || (await maker.shouldRetry?.(refused, options)) === true;
  }

  const property = { writable: true, configurable: true };
  Object.defineProperties(client, {
    makeRequest: { ...property, value: makeRequest },
    buildRequest: { ...property, value: buildRequest },
  });
}

function modelOf({ body }: CallOptions): unknown {
  return typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
}

function countsTokens({ path }: CallOptions, wires: readonly Wire[]): boolean {
  return typeof path === 'string' && countingWire(wires, path) !== undefined;
}
