/** Tuning constants of reports: the effect of each, and how reports change when it is larger or smaller. */

/**
 * Labelled intents below which a figure is `learning`. Larger: reports withhold a verdict for longer. Smaller: figures
 * from a handful of outcomes are presented as estimates, and a lucky start can be called settled.
 */
export const LEARNING_BELOW = 100;

/**
 * Above this fraction of intents without an outcome, no plan is declared the winner: the labels that arrive first are a
 * biased sample. Larger: delayed feedback can settle a comparison wrongly. Smaller: a busy feature never settles, because
 * its latest intents are always unlabelled.
 */
export const MAX_UNLABELLED_FRACTION = 0.05;

/**
 * Difference of the mean failure costs of two plans' intents that still counts as chance, in standard errors. Larger: plans that served
 * different users are compared. Smaller: plans that served the same users are not.
 */
export const MAX_FAILURE_COST_DIFFERENCE_SE = 3;

/** Recorded failures from which a mismatch with the configured failure cost is reported. Smaller: alarms from one case. */
export const MIN_RECORDED_FAILURES = 10;

/** Factor by which recorded and configured failure cost may differ. Smaller: ordinary variation is reported as a mismatch. */
export const FAILURE_COST_TOLERANCE = 1.25;

/**
 * Above this fraction of decisions at which a replayed plan was not eligible, a replay refuses to answer. Larger: the
 * answer is about a selected part of the intents. Smaller: one short outage makes a month unanswerable.
 */
export const MAX_NOT_ELIGIBLE_FRACTION = 0.05;

/**
 * Posterior samples behind what a report or an explanation says of the plans: enough for two digits of a 2.5 % tail. The same for both, since
 * the means of plans that climb are those of the samples. Larger: slower.
 */
export const EXPLANATION_SAMPLES = 4_000;

/** Features listed as having the most to gain. */
export const MAX_GAINS = 5;

/** Steps of a history: as many as fit in a plot. */
export const MAX_HISTORY_STEPS = 60;

/** Full days that a projection averages: whole weeks, because weekends differ. Larger: it follows a trend more slowly. */
export const LOOKBACK_DAYS = 28;

/** Full days with data before a month is projected: a standard error needs two. */
export const MIN_PROJECTION_DAYS = 2;

/**
 * Maximum number of outcomes that a forecast looks ahead where the ledger is too young to show how many come in a year. Larger: more time.
 * Smaller: the forecast of a busy feature says that a comparison will not be settled.
 */
export const FORECAST_LIMIT = 1_000_000;

/**
 * Differences of the plans' shares between segments count as chance if they are at least this probable by chance. Larger: plans that got
 * the same requests are compared by segment, less exactly. Smaller: plans that got different requests are compared as if they had not.
 */
export const SELECTION_BY_CHANCE = 1e-3;

/**
 * Outcomes that each compared plan needs in a segment. Larger: fewer comparisons. Smaller: some comparisons use a rate from a handful of
 * outcomes.
 */
export const MIN_OUTCOMES_PER_SEGMENT = 20;

/** Above this fraction of the traffic in segments without enough outcomes, plans that got different requests are not compared. */
export const MAX_UNCOMPARED_FRACTION = 0.05;
