/** Time limits as abort signals: one controller for the caller's abort and for the deadline. */
import type { Runtime } from '../../runtime.ts';

export interface TimeLimit {
  /** Aborted with the caller's reason, or with a `TimeoutError` when time is up. */
  readonly signal: AbortSignal;
  /** Clears the deadline. The caller's abort signal still applies. */
  stopClock(): void;
  /** Clears the deadline and stops listening to the caller. */
  readonly release: () => void;
}

export interface TimeLimitOptions {
  readonly runtime: Runtime;
  readonly caller: AbortSignal | undefined;
  readonly ms: number;
  /** Called when time is up, before the signal is aborted. */
  readonly expired?: (() => void) | undefined;
}

/** Not `AbortSignal.any`: the weak references that it keeps cost more than everything else in a request. */
export function timeLimit({ runtime, caller, ms, expired }: TimeLimitOptions): TimeLimit {
  const controller = new AbortController();
  const abort = (): void => controller.abort(caller?.reason);
  if (caller?.aborted === true) abort();
  else caller?.addEventListener('abort', abort);
  const stopClock = runtime.after(ms, () => {
    expired?.();
    controller.abort(timeoutError());
  });
  return {
    signal: controller.signal,
    stopClock,
    release() {
      stopClock();
      caller?.removeEventListener('abort', abort);
    },
  };
}

/** The error that fetch rejects with when time is up. The SDKs turn it into their own timeout error. */
export function timeoutError(): DOMException {
  return new DOMException('The request timed out.', 'TimeoutError');
}

/** The end of the time that a whole request may take. */
export interface Deadline {
  /** Milliseconds on the monotonic clock. */
  readonly atMs: number;
  /** True when the deadline has stopped an attempt. */
  passed: boolean;
}
