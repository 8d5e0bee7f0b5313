/** Asks one model until it answers, its retries are used up, or time is up. p-retry keeps the count. */
import type { ResolvedModel } from '../../config/resolved.ts';
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { Runtime } from '../../runtime.ts';
import type { Exchange, Exchanged, FailedExchange } from './exchange.ts';
import { backoffMs, MAX_BACKOFF_MS, MAX_RETRY_WAIT_MS } from './retry-after.ts';
import type { Deadline, TimeLimit } from './time-limit.ts';
import { timeLimit } from './time-limit.ts';

export interface SendOptions<Reply> {
  readonly model: ResolvedModel;
  readonly exchange: Exchange<Reply>;
  readonly runtime: Runtime;
  /** Attempts after the first. */
  readonly retries: number;
  /** True where another model may answer instead of a wait for longer than {@link MAX_BACKOFF_MS}. */
  readonly hasSubstitute: () => boolean;
  /** The caller's abort signal. */
  readonly signal: AbortSignal | undefined;
  readonly deadline: Deadline | undefined;
  readonly attemptTimeoutMs: number | undefined;
  /** Called with every attempt when it has ended, in order. */
  readonly attempted: (result: Exchanged<Reply>, startedAtMs: number, latencyMs: number) => void;
  /** The first attempt, if it has begun already. */
  readonly begun?: Begun<Reply> | undefined;
}

/** How often a request is sent again because the model refused a parameter: providers name one parameter per error. */
const MAX_REWRITES = 8;

/** Resolves to the result of the last attempt. The results before it are discarded. */
export async function send<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  const first = options.begun ?? begin(options);
  let result = end(options, first, await first.exchanged);
  if (isRewritten(result)) result = await sendRewritten(options, result);
  return options.retries > 0 && mayRetry(result) ? retry(options, result) : result;
}

function isRewritten<Reply>(result: Exchanged<Reply>): result is FailedExchange<Reply> {
  return result.status === 'rejected-request' && result.isRewritten === true;
}

/**
 * Sends the request again, now that the refused parameter is sent differently. This spends no retry: the request was never
 * processed. If the model goes on refusing parameters, another one gets the request.
 */
async function sendRewritten<Reply>(options: SendOptions<Reply>, refused: Exchanged<Reply>): Promise<Exchanged<Reply>> {
  let last = refused;
  for (let rewrites = 1; rewrites <= MAX_REWRITES && isRewritten(last); rewrites++) {
    discard(last);
    const begun = begin(options);
    const result = await begun.exchanged;
    const isLast = rewrites === MAX_REWRITES && isRewritten(result);
    last = end(options, begun, isLast ? { ...result, status: 'refused' } : result);
  }
  return last;
}

function mayRetry<Reply>(result: Exchanged<Reply>): boolean {
  return result.status !== 'ok' && isRetryable(result.status) && result.noRetry !== true;
}

/** A retryable result, as the error that p-retry retries on. */
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
    // Loaded only here: most processes never retry.
    const { default: pRetry } = await import('p-retry');
    return await pRetry(
      async attemptNumber => {
        // The first attempt was made before p-retry was called; p-retry only decides whether and when to make the next one.
        if (attemptNumber > 1) {
          const again = await attempt(options);
          discard(last);
          last = again;
        }
        if (mayRetry(last)) throw new Faulted(last);
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
    // Retries used up, no time for another one, or the caller aborted the wait: the last result is returned.
    return last;
  }
}

/** Cancels the body of an error reply that will not be returned. Unread, it would keep its connection. */
export function discard<Reply>(result: Exchanged<Reply>): void {
  if (result.status !== 'ok') result.discard?.();
}

/** @throws when the wait would outlast the request, or the caller aborts it */
async function wait<Reply>(options: SendOptions<Reply>, last: Exchanged<Reply>, retryNumber: number): Promise<void> {
  const { runtime, deadline, signal } = options;
  const longestMs = options.hasSubstitute() ? MAX_BACKOFF_MS : MAX_RETRY_WAIT_MS;
  const askedMs = last.status === 'ok' ? undefined : last.retryAfterMs;
  // Where no other model may answer, a wait that is too long is ignored: as in the vendors' SDKs, our own back-off is used.
  const isIgnored = askedMs === undefined || (askedMs > longestMs && longestMs === MAX_RETRY_WAIT_MS);
  const delayMs = isIgnored ? backoffMs(retryNumber, runtime.random) : askedMs;
  const leftMs = deadline === undefined ? longestMs : deadline.atMs - runtime.elapsedMs();
  if (delayMs > Math.min(leftMs, longestMs)) throw new Error('no time for another attempt');
  await runtime.sleep(delayMs, signal);
}

async function attempt<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  const begun = begin(options);
  const result = end(options, begun, await begun.exchanged);
  return isRewritten(result) ? sendRewritten(options, result) : result;
}

type AttemptOptions<Reply> = Pick<SendOptions<Reply>, 'model' | 'exchange' | 'runtime' | 'signal'> &
  Partial<Pick<SendOptions<Reply>, 'attemptTimeoutMs' | 'deadline'>>;

/** An attempt in flight. Plain functions begin and end it, so that the first attempt, usually the only one, costs no promise. */
export interface Begun<Reply> {
  readonly startedAtMs: number;
  /** The start of the attempt on the monotonic clock. */
  readonly startedMs: number;
  readonly limit: TimeLimit | undefined;
  readonly exchanged: Promise<Exchanged<Reply>>;
}

export function begin<Reply>(options: AttemptOptions<Reply>): Begun<Reply> {
  const { runtime, model } = options;
  const startedAtMs = runtime.nowMs();
  const startedMs = runtime.elapsedMs();
  const limit = limitOf(options, startedMs);
  const exchanged = options.exchange(model, limit === undefined ? options.signal : limit.signal);
  return { startedAtMs, startedMs, limit, exchanged };
}

function end<Reply>(options: SendOptions<Reply>, begun: Begun<Reply>, result: Exchanged<Reply>): Exchanged<Reply> {
  const { startedAtMs, startedMs, limit } = begun;
  if (limit !== undefined) endLimit(limit, result);
  options.attempted(result, startedAtMs, options.runtime.elapsedMs() - startedMs);
  return result;
}

/** The attempt's timeout or what is left until the request's deadline, whichever is shorter. */
function limitOf(
  { runtime, signal, deadline, attemptTimeoutMs }: Omit<AttemptOptions<unknown>, 'exchange'>,
  elapsedMs: number,
): TimeLimit | undefined {
  const ownMs = attemptTimeoutMs ?? Number.POSITIVE_INFINITY;
  const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadline.atMs - elapsedMs);
  if (deadline === undefined || ownMs < leftMs) {
    return attemptTimeoutMs === undefined ? undefined : timeLimit({ runtime, caller: signal, ms: ownMs });
  }
  return timeLimit({ runtime, caller: signal, ms: leftMs, expired: () => (deadline.passed = true) });
}

/**
 * Ends the time limit of a stream that has begun; the caller's abort still stops the stream. The rest of an error's body keeps
 * the limit, because it belongs to the attempt until it ends.
 */
export function endLimit<Reply>(limit: TimeLimit, result: Exchanged<Reply>): void {
  if ('stream' in result) {
    limit.stopClock();
    result.stream.onEnd(limit.release);
  } else if (result.status !== 'ok' && result.onBodyEnd !== undefined) result.onBodyEnd(limit.release);
  else limit.release();
}
