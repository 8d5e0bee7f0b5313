/** Time limits as signals: one controller for the caller's abort and our own clock. */
import type { Runtime } from '../../runtime.ts';

export interface TimeLimit {
  /** Aborted by the caller's signal, or with a `TimeoutError` when time is up. */
  readonly signal: AbortSignal;
  /** Time does not matter any more; the caller's abort still comes through. */
  stopClock(): void;
  /** Neither matters any more. */
  readonly release: () => void;
}

export interface TimeLimitOptions {
  readonly runtime: Runtime;
  readonly caller: AbortSignal | undefined;
  readonly ms: number;
  /** Told when time is up, before the signal is aborted. */
  readonly expired?: (() => void) | undefined;
}

/** By hand, because `AbortSignal.any` and the weak references it keeps cost more than everything else in a request. */
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

/** What fetch rejects with when time is up; the SDKs turn it into their own timeout error. */
export function timeoutError(): DOMException {
  return new DOMException('The request timed out.', 'TimeoutError');
}

/** When all of a request's time is up. */
export interface Deadline {
  /** On the runtime's clock that never jumps. */
  readonly atMs: number;
  /** It has stopped an attempt. */
  passed: boolean;
}
