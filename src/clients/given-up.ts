/**
 * Failures after which the router has given up. The client is told not to repeat them: that would be another intent, with
 * all its attempts. Where a client repeats one all the same, the repetition belongs to the same intent, and each model is
 * asked once. It is always sent: an application that repeats a request at such a moment wants a new answer.
 */
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import type { Runtime } from '../runtime.ts';

/** Statuses below 500 on which clients repeat a request. */
const REPEATED_BY_CLIENTS = new Set([408, 409, 429]);

/** Both vendors' SDKs heed this header of a reply. */
const SHOULD_RETRY = 'x-should-retry';

function isRepeated({ status, headers }: Response): boolean {
  return status >= 500 || REPEATED_BY_CLIENTS.has(status) || (status >= 400 && headers.get(SHOULD_RETRY) === 'true');
}

/** The same response, which now tells the client not to repeat a request that failed. */
export function markGivenUp(response: Response): Response {
  if (!isRepeated(response)) return response;
  const headers = new Headers(response.headers);
  headers.set(SHOULD_RETRY, 'false');
  // The `headers` property of a fetched Response is read-only.
  return Object.defineProperty(response, 'headers', { value: headers, configurable: true });
}

/** The parts of a request that are the same in its repetition. */
export interface Repeatable {
  readonly url: string;
  readonly body: string;
  readonly target: string | undefined;
  readonly init: RequestInit;
}

/** The intent that a request belongs to, and how often the client has repeated the request. */
export interface Repetition {
  readonly intentId: string;
  readonly repeats: number;
}

export interface GivenUpRequests {
  /** The failed request that this one repeats, judged by its headers and the time; `undefined` for a new request. */
  repeated(request: Repeatable): Repetition | undefined;
  /**
   * Marks the response and returns it. If the response is a failure after which clients repeat a request, remembers the request, which is
   * `undefined` for a client that does not retry.
   */
  keep(request: SentRepeatable | undefined, response: Response): Response;
  /** Returns the same error. Remembers the request, unless the caller aborted it. */
  keepError(request: SentRepeatable | undefined, error: unknown): unknown;
}

type SentRepeatable = Repeatable & Repetition;

interface GivenUp extends Repetition {
  /** When the client got the failure, on the monotonic clock. */
  readonly atMs: number;
  /** How long the provider asked the client to wait. */
  readonly askedMs: number | undefined;
}

/** Maximum number of failures that are kept. */
const CAPACITY = 100;

/** The AI SDK's back-off before its first repetition; it doubles. A longer wait that a provider asks for, up to a minute, replaces it. */
const AI_SDK_BACKOFF_MS = 2_000;
const AI_SDK_MAX_ASKED_MS = 60_000;

/** A repetition comes after the back-off, and later if the process is busy. Anything earlier is a new request. */
const EARLY_MS = 20;
const LATE_MS = 500;

/** The SDKs give up within this time: their longest back-off is a minute. */
const MAX_AGE_MS = 90_000;

export function givenUpRequests(runtime: Pick<Runtime, 'elapsedMs' | 'nowMs'>): GivenUpRequests {
  const failures = new Map<string, GivenUp>();
  const keyOf = ({ url, target, body }: Repeatable): string => `${url} ${target ?? ''}\n${body}`;

  function keep(request: SentRepeatable, askedMs: number | undefined): void {
    const atMs = runtime.elapsedMs();
    for (const [key, failure] of failures)
      if (failures.size >= CAPACITY || atMs - failure.atMs > MAX_AGE_MS) failures.delete(key);
    const { intentId, repeats } = request;
    failures.set(keyOf(request), { intentId, repeats, askedMs, atMs });
  }

  return {
    repeated(request) {
      if (failures.size === 0) return undefined;
      const key = keyOf(request);
      const failure = failures.get(key);
      if (failure === undefined || !isRepetition(request.init.headers, failure, runtime.elapsedMs() - failure.atMs))
        return undefined;
      failures.delete(key);
      return { intentId: failure.intentId, repeats: failure.repeats + 1 };
    },
    keep(request, response) {
      if (request !== undefined && isRepeated(response)) keep(request, retryAfterMs(response.headers, runtime.nowMs()));
      return markGivenUp(response);
    },
    keepError(request, error) {
      if (request !== undefined && request.init.signal?.aborted !== true) keep(request, undefined);
      return error;
    },
  };
}

function isRepetition(given: RequestInit['headers'], { askedMs, repeats }: GivenUp, waitedMs: number): boolean {
  const headers = new Headers(given);
  // Both vendors' SDKs count their repetitions. An SDK that was given `router.fetch` repeats a request whose connection
  // was lost.
  if (Number(headers.get('x-stainless-retry-count') ?? 0) > 0) return waitedMs < MAX_AGE_MS;
  if (headers.get('user-agent')?.includes('ai-sdk') !== true) return false;
  const backoffMs = AI_SDK_BACKOFF_MS * 2 ** repeats;
  const delayMs = askedMs !== undefined && askedMs < Math.max(AI_SDK_MAX_ASKED_MS, backoffMs) ? askedMs : backoffMs;
  return waitedMs > delayMs - EARLY_MS && waitedMs < delayMs + LATE_MS;
}
