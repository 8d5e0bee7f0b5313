/** Limits that both the configuration's checks and the engine use. */

/**
 * Wait before the first retry where the provider does not ask for one, milliseconds; it doubles with every further retry.
 * Larger: slower recovery; smaller: more load on a provider that is failing.
 */
export const BACKOFF_BASE_MS = 500;

/** The longest duration, 100 years: every moment that it leads to is still a date. */
export const MAX_DURATION_MS = 36_525 * 86_400_000;
