/** Asks one model until it answers, its retries are used up, or time is up. p-retry keeps the count. */
import pRetry from 'p-retry';
import type { ResolvedModel } from '../../config/resolved.ts';
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { Exchange, Exchanged } from './exchange.ts';
import { backoffMs, LONGEST_WAIT_MS } from './retry-after.ts';
import type { Runtime } from '../../runtime.ts';
import type { Deadline, TimeLimit } from './time-limit.ts';
import { timeLimit } from './time-limit.ts';

export interface SendOptions<Reply> {
  readonly model: ResolvedModel;
  readonly exchange: Exchange<Reply>;
  readonly runtime: Runtime;
  /** Attempts after the first. */
  readonly retries: number;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
  readonly deadline: Deadline | undefined;
  readonly attemptTimeoutMs: number | undefined;
  /** Told of every attempt as it ends, in order. */
  readonly attempted: (result: Exchanged<Reply>, startedAtMs: number, latencyMs: number) => void;
}

/** The result of the last attempt. */
export async function send<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  const first = begin(options);
  let result = end(options, first, await first.exchanged);
  // The request was never answered, only refused as written: resent once, and no retry is spent on it.
  if (result.status === 'rejected-request' && result.isRewritten === true) result = await attempt(options);
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
        if (attemptNumber > 1) {
          const again = await attempt(options);
          discard(last);
          last = again;
        }
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

/** Without it a reply that is never read keeps its connection. */
export function discard<Reply>(result: Exchanged<Reply>): void {
  if (result.status !== 'ok') result.discard?.();
}

/** @throws when the wait would outlast the request, or is stopped. */
async function wait<Reply>(options: SendOptions<Reply>, last: Exchanged<Reply>, retryNumber: number): Promise<void> {
  const { runtime, deadline, signal } = options;
  const asked = last.status === 'ok' ? undefined : last.retryAfterMs;
  const delayMs = asked ?? backoffMs(retryNumber, runtime.random);
  const left = deadline === undefined ? LONGEST_WAIT_MS : deadline.atMs - runtime.elapsedMs();
  if (delayMs > Math.min(left, LONGEST_WAIT_MS)) throw new Error('no time for another attempt');
  await runtime.sleep(delayMs, signal);
}

async function attempt<Reply>(options: SendOptions<Reply>): Promise<Exchanged<Reply>> {
  const begun = begin(options);
  return end(options, begun, await begun.exchanged);
}

/** An attempt under way. Begun and ended by plain functions: the first attempt, nearly always the only one, then has no promise of its own. */
interface Begun<Reply> {
  readonly startedAtMs: number;
  /** On the clock that never jumps. */
  readonly started: number;
  readonly limit: TimeLimit | undefined;
  readonly exchanged: Promise<Exchanged<Reply>>;
}

function begin<Reply>(options: SendOptions<Reply>): Begun<Reply> {
  const { runtime, model } = options;
  const startedAtMs = runtime.nowMs();
  const started = runtime.elapsedMs();
  const limit = limitOf(options, started);
  const exchanged = options.exchange(model, limit === undefined ? options.signal : limit.signal);
  return { startedAtMs, started, limit, exchanged };
}

function end<Reply>(options: SendOptions<Reply>, begun: Begun<Reply>, result: Exchanged<Reply>): Exchanged<Reply> {
  const { startedAtMs, started, limit } = begun;
  if (limit !== undefined) endLimit(limit, result);
  options.attempted(result, startedAtMs, options.runtime.elapsedMs() - started);
  return result;
}

/** The attempt's own time or what is left of the request's, whichever is shorter. */
function limitOf<Reply>(
  { runtime, signal, deadline, attemptTimeoutMs }: SendOptions<Reply>,
  elapsedMs: number,
): TimeLimit | undefined {
  const ownMs = attemptTimeoutMs ?? Number.POSITIVE_INFINITY;
  const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadline.atMs - elapsedMs);
  if (deadline === undefined || ownMs < leftMs) {
    return attemptTimeoutMs === undefined ? undefined : timeLimit({ runtime, caller: signal, ms: ownMs });
  }
  return timeLimit({ runtime, caller: signal, ms: leftMs, expired: () => (deadline.passed = true) });
}

/** A stream that has begun may take its time, and still stops with the caller. */
function endLimit<Reply>(limit: TimeLimit, result: Exchanged<Reply>): void {
  if ('stream' in result) {
    limit.stopClock();
    result.stream.onEnd(limit.release);
  } else limit.release();
}
