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
  /** openai's source of tokens. Anthropic's is asked in `shouldRetry`. */
  readonly _workloadIdentityAuth?: { invalidateToken?(): void };
  shouldRetry?: (response: Response, options: CallOptions) => Promise<boolean>;
  makeRequest?: (
    options: CallOptions | PromiseLike<CallOptions>,
    retriesRemaining: number | null,
    ...rest: unknown[]
  ) => Promise<unknown>;
  buildRequest?: (options: CallOptions, context?: { readonly retryCount?: number }) => Promise<BuiltRequest>;
}

/** A routed call, as long as the client writes its request. */
interface Writing {
  readonly mayRetry: boolean;
  /** For its headers only. */
  readonly retryCount?: number;
  readonly take?: ClientCall['take'];
}

/** A client may be wrapped twice. Its own limits are in the first hooks. */
const handedOver = new WeakSet();

export function handOverCalls(routing: LazyRouting, client: object): void {
  const maker = client as RequestMaker;
  const make = maker.makeRequest?.bind(maker);
  const build = maker.buildRequest?.bind(maker);
  if (make === undefined || build === undefined || handedOver.has(client)) return;
  handedOver.add(client);
  const writings = new WeakMap<CallOptions, Writing>();
  const loaded = async (): Promise<RouterCore> => routing.use(async each => each);

  const makeRequest: RequestMaker['makeRequest'] = async (given, retriesRemaining, ...rest) => {
    const options = await given;
    if (!isSlot(modelOf(options))) return make(options, retriesRemaining, ...rest);
    const { seam } = routing.loaded ?? (await loaded());
    if (countsTokens(options, seam.wires)) return make(options, retriesRemaining, ...rest);
    // The router retries a routed call, not the client: a retry inside the client would be another intent.
    const own = { ...options, maxRetries: 0 };
    writings.set(own, { mayRetry: (retriesRemaining ?? options.maxRetries ?? maker.maxRetries) !== 0 });
    return make(own, null, ...rest);
  };

  const buildRequest: RequestMaker['buildRequest'] = async (options, context) => {
    const writing = writings.get(options);
    const retryCount = writing?.retryCount;
    const built = await build(options, retryCount === undefined ? context : { retryCount });
    const { req, url, timeout } = built;
    if (writing === undefined || typeof req.body !== 'string') return built;
    const { seam } = routing.loaded ?? (await loaded());
    const route = routeCall(seam.wires, { url, body: req.body });
    if (route === undefined) return built;
    attachCall(req, {
      route,
      timeoutMs: timeout,
      limitsBody: typeof maker.parseResponseWithTimeout === 'function',
      mayRetry: writing.mayRetry,
      headers: async count => headersAgain(options, count),
      renews: async refused => renews(options, refused),
      take: writing.take,
    });
    return { ...built, timeout: MAX_TIMER_MS };
  };

  /** The client makes the request once more, whole, with everything it computes on the way; `fetch` takes the headers and sends nothing. */
  async function headersAgain(options: CallOptions, retryCount: number): Promise<RequestInit['headers']> {
    // Without the caller's signal: the client would listen to it until a reply is read.
    const { signal: _signal, ...again } = options;
    let headers: RequestInit['headers'];
    const take = (taken: RequestInit['headers']): Response => {
      headers = taken;
      return new Response(null, { status: 204 });
    };
    writings.set(again, { mayRetry: false, retryCount, take });
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
