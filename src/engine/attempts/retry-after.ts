/** How long to wait before asking again: what the provider says, else jittered exponential back-off. */
import { BACKOFF_BASE_MS } from '../../config/limits.ts';
import type { Random } from '../../core/math/random.ts';

const BACKOFF_MAX_MS = 8_000;

/** Longer waits are not worth a retry: the model counts as unavailable. */
export const LONGEST_WAIT_MS = 60_000;

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date, in milliseconds from now; `undefined` when absent or unreadable. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms');
  if (milliseconds !== null && milliseconds.trim() !== '') {
    const value = Number(milliseconds);
    if (value >= 0) return value;
  }
  const after = headers.get('retry-after');
  if (after === null || after.trim() === '') return undefined;
  const seconds = Number(after);
  if (seconds >= 0) return seconds * 1_000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Wait before retry number `retry` (1, 2 …): exponential, with a random quarter taken off so that clients spread. */
export function backoffMs(retry: number, random: Random): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (retry - 1)) * (1 - 0.25 * random.next());
}
