/** How long to wait before a retry: as long as the provider says, else a jittered exponential back-off. */
import { BACKOFF_BASE_MS } from '../../config/limits.ts';
import type { Random } from '../../core/math/random.ts';

/**
 * Longest back-off. A longer one spares a provider in trouble; a shorter one notices its recovery sooner. A model that asks for a longer
 * wait counts as unavailable where another one may answer.
 */
export const MAX_BACKOFF_MS = 8_000;

/** The longest wait that is accepted where no other model may answer: before a longer one ends, the client has left. */
export const MAX_RETRY_WAIT_MS = 60_000;

/** A decimal number that is not negative. `Number` also takes '', signs and hexadecimal. */
const DECIMAL = /^\d+(?:\.\d+)?$/;

/** The weekday first, then a time of day. `Date.parse` alone would also accept `-5` and `1, 2` as dates. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun).* \d\d:\d\d:\d\d\b/;

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date, as milliseconds from now; `undefined` when neither can be read. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms') ?? '';
  if (DECIMAL.test(milliseconds)) return Number(milliseconds);
  const after = headers.get('retry-after') ?? '';
  if (DECIMAL.test(after)) return Number(after) * 1_000;
  const date = HTTP_DATE.test(after) ? Date.parse(after) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Wait before retry number `retry` (1, 2 …): it doubles, less up to a quarter at random, so that clients do not retry in step. */
export function backoffMs(retry: number, random: Random): number {
  return Math.min(MAX_BACKOFF_MS, BACKOFF_BASE_MS * 2 ** (retry - 1)) * (1 - 0.25 * random.next());
}
