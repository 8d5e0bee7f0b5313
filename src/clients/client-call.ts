/**
 * What the SDK client that wrote a request says about it: its time limit, its retries, and its headers for another attempt.
 * The client's request builder attaches this to the `init` that it hands to `fetch`, where the routed `fetch` finds it.
 */
import { timeLimit, timeoutError } from '../engine/attempts/time-limit.ts';
import type { Runtime } from '../runtime.ts';
import type { Fetch } from './http-request.ts';
import type { CallRoute } from './route-call.ts';

export interface ClientCall {
  /** The request as it was routed when the client built it. */
  readonly route: CallRoute;
  /**
   * Milliseconds that one attempt may take until its headers arrive, or, with `limitsBody`, until a plain reply ends.
   */
  readonly timeoutMs: number;
  readonly limitsBody: boolean;
  /** False where the client was configured with `maxRetries: 0`. */
  readonly mayRetry: boolean;
  /** The headers as the client writes them for a further attempt: with the token, the date and the signature of that moment. */
  headers(retryCount: number): Promise<RequestInit['headers']>;
  /** True if the client has dropped the token that this 401 response refused. It then gets a new token for the next headers. */
  renews(refused: Response): Promise<boolean>;
  /**
   * Set when the client writes the request only to produce its headers: this function takes them, and nothing is sent.
   */
  readonly take?: ((headers: RequestInit['headers']) => Response) | undefined;
}

const CLIENT_CALL = Symbol('outcome-router client call');
type CalledInit = RequestInit & { [CLIENT_CALL]?: ClientCall };

export function attachCall(init: RequestInit, call: ClientCall): void {
  (init as CalledInit)[CLIENT_CALL] = call;
}

export function clientCallOf(init: RequestInit | undefined): ClientCall | undefined {
  return init === undefined ? undefined : (init as CalledInit)[CLIENT_CALL];
}

/** The longest delay that a timer holds. As the client's own time limit it means "no limit", because the router limits each attempt. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The time limit of a whole attempt, where the client's covers the reply's body too. */
export function attemptTimeoutOf({ timeoutMs, limitsBody, route }: ClientCall): number | undefined {
  return limitsBody && !route.facts.stream ? timeoutMs : undefined;
}

export interface ClientFetchOptions {
  readonly call: ClientCall;
  /** The headers that the client wrote for the first attempt. */
  readonly headers: RequestInit['headers'];
  readonly runtime: Runtime;
}

/** A `fetch` for the attempts of one request: each has the client's time limit, and each after the first has new headers. */
export function clientFetch(inner: Fetch, { call, headers, runtime }: ClientFetchOptions): Fetch {
  const limitMs = attemptTimeoutOf(call) === undefined ? call.timeoutMs : MAX_TIMER_MS;
  let sent = 0;
  let isRenewed = false;
  const send: Fetch = limitMs >= MAX_TIMER_MS ? inner : limited;

  /** The same request with fresh headers; the same headers where the client cannot write them again. */
  async function again(init: RequestInit): Promise<RequestInit> {
    const written = await call.headers(sent - 1).catch(() => undefined);
    return written === undefined ? init : { ...init, headers: written };
  }

  // Not async: only a check of the status is added to the promise of `inner`.
  return (url, init = {}) => {
    sent += 1;
    // A request to another endpoint has that endpoint's headers, which the client cannot write again.
    if (init.headers !== headers) return send(url, init);
    const response = sent === 1 ? send(url, init) : again(init).then(async own => send(url, own));
    return response.then(reply => (reply.status === 401 && !isRenewed ? renewed(reply, url, init) : reply));
  };

  async function renewed(refused: Response, url: Parameters<Fetch>[0], init: RequestInit): Promise<Response> {
    if (isRenewed || !(await call.renews(refused))) return refused;
    // The provider has only checked the token: this exchange does not count as an attempt.
    isRenewed = true;
    await refused.body?.cancel();
    return send(url, await again(init));
  }

  async function limited(url: Parameters<Fetch>[0], init: RequestInit = {}): Promise<Response> {
    let isOver = false;
    const limit = timeLimit({
      runtime,
      caller: init.signal ?? undefined,
      ms: limitMs,
      expired: () => (isOver = true),
    });
    try {
      // The signal stays in use after the time limit has ended, so that the caller's abort still stops the body. Both the signal and the
      // limit belong to this call alone.
      return await inner(url, { ...init, signal: limit.signal });
    } catch (error) {
      throw isOver ? timeoutError() : error;
    } finally {
      limit.stopClock();
    }
  }
}
