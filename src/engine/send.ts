/** Asks one model until it answers, its retries are used up, or time is up. p-retry keeps the count. */
import pRetry from 'p-retry';
import type { ResolvedModel } from '../config/resolved.ts';
import type { Exchange, Exchanged } from './exchange.ts';
import { isRetryable } from './exchange.ts';
import { backoffMs, LONGEST_WAIT_MS } from './retry-after.ts';
import type { Runtime } from './runtime.ts';

export interface SendOptions<Reply> {
  readonly model: ResolvedModel;
  readonly exchange: Exchange<Reply>;
  readonly runtime: Runtime;
  /** Attempts after the first. */
  readonly retries: number;
  /** Stops everything: the caller's abort, or the request's deadline. */
  readonly signal: AbortSignal | undefined;
  /** When the request's time is up, on the runtime's clock. */
  readonly deadlineAtMs: number | undefined;
  readonly attemptTimeoutMs: number | undefined;
  /** Told of every attempt as it ends, in order. */
  readonly attempted: (result: Exchanged<Reply>, startedAtMs: number, latencyMs: number) => void;
  /** Learns from a 400 about an unsupported parameter; true: the next attempt is sent without it. */
  readonly adapted: (parameter: string) => boolean;
}

/** The result of the last attempt. */
export async function send<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  let result = await attempt(options);
  if (result.status === 'rejected-request' && result.unsupportedParameter !== undefined) {
    // The request was never answered, only refused as written: resent once, and no retry is spent on it.
    if (options.adapted(result.unsupportedParameter)) result = await attempt(options);
  }
  return options.retries > 0 && isRetryable(result.status) ? retry(options, result) : result;
}

/** A retryable result on its way through p-retry. */
class Faulted<Reply> extends Error {
  readonly result: Exchanged<Reply>;

  constructor(result: Exchanged<Reply>) {
    super(result.status);
    this.result = result;
  }
}

async function retry<Reply>(options: SendOptions<Reply>, first: Exchanged<Reply>): Promise<Exchanged<Reply>> {
  let last = first;
  try {
    return await pRetry(
      async attemptNumber => {
        // p-retry's first attempt is the one already made: it only asks whether and when to go on.
        if (attemptNumber > 1) last = await attempt(options);
        if (isRetryable(last.status)) throw new Faulted(last);
        return last;
      },
      {
        retries: options.retries,
        minTimeout: 0,
        onFailedAttempt: async ({ attemptNumber, retriesLeft }) => {
          if (retriesLeft > 0) await wait(options, last, attemptNumber);
        },
      },
    );
  } catch {
    // Retries used up, no time left for another one, or stopped: whatever came last is the answer.
    return last;
  }
}

/** @throws when the wait would outlast the request, or is stopped. */
async function wait<Reply>(options: SendOptions<Reply>, last: Exchanged<Reply>, retryNumber: number): Promise<void> {
  const { runtime, deadlineAtMs, signal } = options;
  const asked = last.status === 'ok' ? undefined : last.retryAfterMs;
  const delayMs = asked ?? backoffMs(retryNumber, runtime.random);
  const left = deadlineAtMs === undefined ? LONGEST_WAIT_MS : deadlineAtMs - runtime.nowMs();
  if (delayMs > Math.min(left, LONGEST_WAIT_MS)) throw new Error('no time for another attempt');
  await runtime.sleep(delayMs, signal);
}

async function attempt<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  const { runtime, model, signal, attemptTimeoutMs } = options;
  const startedAtMs = runtime.nowMs();
  const started = runtime.elapsedMs();
  const timer = attemptTimeoutMs === undefined ? undefined : attemptTimer(runtime, signal, attemptTimeoutMs);
  const result = await options.exchange(model, timer?.signal ?? signal);
  timer?.cancel();
  options.attempted(result, startedAtMs, runtime.elapsedMs() - started);
  return result;
}

/** A signal that stops with the request's, or after the attempt's time. */
function attemptTimer(runtime: Runtime, signal: AbortSignal | undefined, ms: number) {
  const controller = new AbortController();
  const cancel = runtime.after(ms, () => controller.abort(timeoutError()));
  return { signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]), cancel };
}

/** What fetch rejects with when time is up; the SDKs turn it into their own timeout error. */
export function timeoutError(): DOMException {
  return new DOMException('The request timed out.', 'TimeoutError');
}
