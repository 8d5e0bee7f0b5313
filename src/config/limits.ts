/** Limits that both the configuration's checks and the engine use. */

/**
 * Wait before the first retry where the provider does not ask for one, milliseconds; it doubles with every further retry.
 * Larger: slower recovery; smaller: more load on a provider that is failing.
 */
export const BACKOFF_BASE_MS = 500;
