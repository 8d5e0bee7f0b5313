/** Runs one request inside the contexts of its observers, none of which can fail it. */
import type { ObservedRequest, Observer, RequestEnd, RequestStart } from '../contracts/observer.ts';

export interface RequestObservation {
  /** Runs the request inside the observers' contexts, exactly once, even if an observer throws or does not call. */
  run<T>(call: () => T): T;
  ended(end: RequestEnd): void;
}

/**
 * Reports the start of a request to every observer.
 *
 * @param faulted called with each error that an observer threw
 * @returns `undefined` when no observer follows this request
 */
export function observeRequest(
  observers: readonly Observer[],
  start: RequestStart,
  faulted: (error: unknown) => void,
): RequestObservation | undefined {
  // Created when first needed, because most observers follow no request.
  let observed: ObservedRequest[] | undefined;
  for (const observer of observers) {
    if (observer.requesting === undefined) continue;
    try {
      const request = observer.requesting(start);
      if (request !== undefined) (observed ??= []).push(request);
    } catch (error) {
      faulted(error);
    }
  }
  if (observed === undefined) return undefined;
  const following = observed;
  return {
    run: call => following.reduceRight((inner, request) => () => within(request, inner, faulted), call)(),
    ended: end => {
      for (const request of following) guarded(() => request.ended(end), faulted);
    },
  };
}

/** Returns or throws the call's own result or error, even if the observer drops it, throws, or does not make the call. */
function within<T>(request: ObservedRequest, call: () => T, faulted: (error: unknown) => void): T {
  if (request.within === undefined) return call();
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const once = (): T => {
    if (outcome === undefined) {
      try {
        outcome = { value: call() };
      } catch (error) {
        outcome = { error };
      }
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  try {
    request.within(once);
  } catch (error) {
    if (outcome === undefined || !('error' in outcome) || outcome.error !== error) faulted(error);
  }
  return once();
}

function guarded(report: () => unknown, faulted: (error: unknown) => void): void {
  try {
    const done = report();
    if (done instanceof Promise) done.catch(faulted);
  } catch (error) {
    faulted(error);
  }
}
