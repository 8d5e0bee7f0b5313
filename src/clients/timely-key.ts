/** A key that the application fetches: waiting for it is part of the attempt, and ends with it. */
import { timeoutError } from '../engine/attempts/time-limit.ts';

/** Calls back once when time is up. The function that it returns stops the clock. */
export type Clock = (late: () => void) => () => void;

/** @throws the signal's reason, or `TimeoutError`, if the key does not come in time */
export async function timelyKey<Key>(key: Promise<Key>, signal?: AbortSignal | null, clock?: Clock): Promise<Key> {
  let ended = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const aborted = (): void => reject(signal?.reason);
    const stopClock = clock?.(() => reject(timeoutError()));
    if (signal?.aborted === true) aborted();
    else signal?.addEventListener('abort', aborted);
    ended = () => {
      stopClock?.();
      signal?.removeEventListener('abort', aborted);
    };
  });
  return Promise.race([key, late]).finally(ended);
}
