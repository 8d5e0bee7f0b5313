/** Limits that both the configuration's checks and the engine read. */

/** Wait before the first retry where the provider does not say, milliseconds; it doubles with every further one. */
export const BACKOFF_BASE_MS = 500;
