/** Whether a store counts as down: for a while after each failure it is not asked again. */

export interface Outage {
  /** True for `retryAfterMs` after the last failure, unless the store has recovered. */
  isDown(): boolean;
  /** The store's last error. */
  readonly error: unknown;
  failed(error: unknown): void;
  recovered(): void;
}

export interface OutageOptions {
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly retryAfterMs: number;
}

export function outage({ nowMs, retryAfterMs }: OutageOptions): Outage {
  let lastError: unknown;
  let failedAtMs = -Infinity;
  return {
    isDown() {
      const sinceMs = nowMs() - failedAtMs;
      // Negative after the clock was set back: the failure's age is unknown, so the store does not count as down.
      return sinceMs >= 0 && sinceMs < retryAfterMs;
    },
    get error() {
      return lastError;
    },
    failed(error) {
      lastError = error;
      failedAtMs = nowMs();
    },
    recovered() {
      failedAtMs = -Infinity;
    },
  };
}
