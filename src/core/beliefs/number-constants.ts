/**
 * Tuning constants of what numbers about requests predict, in the order of the files that use them: the unit of each, and what gets worse
 * when it is larger and when it is smaller. Chosen on `bench:statistics --only numbers` with seeds below 1,000,000.
 */

// Used by number-fit.

/**
 * Variances that all effects of numbers together may have on a logit: small ones and large ones, equally likely. Larger: chance in the
 * first outcomes is mistaken for effects. Smaller: a strong signal is used later.
 */
export const NUMBER_VARIANCES: readonly number[] = Object.freeze([0.1, 1.5]);
/** Variance of a node's own part of an effect, over that of the part which all share. Larger: each model is learned separately. */
export const NUMBER_NODE_VARIANCE = 0.5;
/** Variance of the difference between the rate at average numbers and the average rate, on the logit scale. */
export const NUMBER_INTERCEPT_VARIANCE = 0.25;
/**
 * Outcomes that the rate of all segments counts as in a segment's own rate. Larger: segments that differ are taken for effects of numbers.
 */
export const NUMBER_BASE_OUTCOMES = 4;

// Used by number-effects.

/** P(numbers predict outcomes) before any. Larger: numbers without a signal cost more. Smaller: a signal is used later. */
export const NUMBER_PROBABILITY = 0.05;
/** Weight below which numbers are ignored. Smaller: numbers that predict nothing take computing time for longer. */
export const MIN_NUMBER_WEIGHT = 0.02;
/** Half-life of what numbers predict. Larger: a signal that changes is followed later. Smaller: a weak signal is never found. */
export const NUMBER_HALF_LIFE_BUCKETS = 720;
/** New labels after which the effects are fitted again, as a fraction of all. Larger: they are outdated. Smaller: slower. */
export const NUMBER_REFIT_FRACTION = 0.02;
/** Outcomes of a node that are kept in their order, at least. Smaller: after a change, an expensive model's requests count as average. */
export const MAX_ARRIVALS = 512;
/**
 * Largest deviation from a prediction that the numbers still explain, in standard deviations. Larger: a small change of a model is mistaken
 * for a change of its requests.
 */
export const MAX_EXPLAINED_DEVIATION = 3;

// Used by number-coder.

/** Requests whose numbers give the first cut points. Larger: the first requests are decided without them for longer. */
export const MIN_NUMBERS_TO_CUT = 16;
/** Levels of a score; at most 16. More: cells of fewer intents. Fewer: a coarser signal. */
export const SCORE_LEVELS = 16;
/**
 * Requests over which the cut points are quantiles. Larger: a drift of the scale is followed later. Smaller: the cuts vary.
 */
export const REMEMBERED_NUMBERS = 512;
/** Intents whose numbers wait in memory for an outcome. Larger: more memory (1 kB each, of 256 numbers). Smaller: late outcomes teach nothing. */
export const MAX_UNLABELLED_NUMBERS = 4096;
/** Levels of each of the two projected numbers, and their width in logits. More: cells of fewer intents. Fewer: a coarser signal. */
export const PROJECTED_LEVELS = 11;
export const PROJECTED_STEP_LOGITS = 0.4;

// Used by number-scale.

/**
 * The largest distance that counts, as a multiple of a usual request's. Larger: one outlier counts more. Smaller: rare
 * requests are taken for usual ones.
 */
export const MAX_NUMBER_DISTANCE = 5;

// Used by learned-projection.

/**
 * Variance of P(success) that numbers may explain, before any outcome. Larger: noise is mistaken for a signal. Smaller: a signal is found
 * later.
 */
export const PROJECTION_SIGNAL = 0.03;
/** Variance of an outcome around its probability. */
export const RATE_NOISE = 0.15;
