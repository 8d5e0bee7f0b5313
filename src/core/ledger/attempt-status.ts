/** Which faults of a provider are worth another attempt: the one list of retryable HTTP and attempt statuses. */
import type { AttemptStatus } from './vocabulary.ts';

/** Request timeout, conflict (lock or concurrent change) and rate limit: the 4xx that the providers' own SDKs retry. */
const RETRYABLE_4XX: ReadonlySet<number> = new Set([408, 409, 429]);

/**
 * True for a fault of the provider, where another attempt may succeed; false for a request that was refused as it was
 * written.
 */
export function isRetryableHttpStatus(httpStatus: number): boolean {
  return httpStatus >= 500 || RETRYABLE_4XX.has(httpStatus);
}

/** True where availability failed: the same request may succeed on another attempt or at another model. */
export function isRetryable(status: AttemptStatus): boolean {
  return status === 'provider-fault' || status === 'connection' || status === 'timeout' || status === 'broken';
}
