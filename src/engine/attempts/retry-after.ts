/** How long to wait before a retry: as long as the provider says, else a jittered exponential back-off. */
import { BACKOFF_BASE_MS } from '../../config/limits.ts';
import type { Random } from '../../core/math/random.ts';

/** Longest back-off. A longer one spares a provider in trouble; a shorter one notices its recovery sooner. */
const MAX_BACKOFF_MS = 8_000;

/** A model that asks for a longer wait counts as unavailable, and the request goes to another model. */
export const MAX_RETRY_WAIT_MS = 60_000;

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date, as milliseconds from now; `undefined` when neither is valid. */
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

/** Wait before retry number `retry` (1, 2 …): it doubles, less up to a quarter at random, so that clients do not retry in step. */
export function backoffMs(retry: number, random: Random): number {
  return Math.min(MAX_BACKOFF_MS, BACKOFF_BASE_MS * 2 ** (retry - 1)) * (1 - 0.25 * random.next());
}
