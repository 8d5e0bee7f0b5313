/**
 * Tuning constants of the choice, in the order of the files that use them: the unit of each, and what gets worse when it is larger and when
 * it is smaller.
 */
import { BUCKET_MS } from '../cells/cell.ts';

// Used by allocation.

/**
 * Exponent of the shares of a new feature with two candidates that is surely like the others. Larger: a pooled prior that is wrong costs more.
 * Smaller: a new feature explores what other features have shown already.
 */
export const MAX_SHARPNESS = 2.5;
/**
 * Added to {@link MAX_SHARPNESS} for every doubling of the number of candidates beyond two. Chosen on the worlds of
 * `bench:statistics --only "sparse features"`. Larger: a feature whose first outcomes are like the others' finds a model of its own later.
 * Smaller: each new feature explores models that are bad elsewhere (at half this value, such features cost 10 % more than the oracle,
 * instead of 8 %).
 */
export const SHARPNESS_PER_DOUBLING = 7;
/** Visits after which the exponent is half-way to 1. Larger: a wrong prior is kept for longer. */
export const SHARPNESS_HALF_VISITS = 200;
/**
 * Added to the exponent for every doubling of a model's number of efforts. Chosen on `bench:statistics --only "effort arms"`, seeds below
 * 1,000,000: without it 24 efforts cost two thirds more regret; twice as much finds no more.
 */
export const SIBLING_SHARPNESS = 1;
/**
 * Visits per candidate after which half of {@link SIBLING_SHARPNESS} is left. Larger: an effort that looked bad at first is tried later.
 */
export const SIBLING_HALF_VISITS = 125;
/**
 * After a change, the exponent of a plan's share is multiplied by a factor, so that plans with few outcomes are tried more.
 * UNKNOWN_EXPONENT is the factor of a plan without outcomes; after KNOWN_OUTCOMES outcomes (those of its prior included) it is half-way
 * to 1. Chosen on `bench:statistics --only drift`, seeds below 1,000,000. If the best of two models gets worse, that costs 7 % more
 * without the factor, and $1,800 instead of $690 in the worst of 200 runs; with 0.4, or with 30 outcomes, it costs 1 % more.
 */
export const UNKNOWN_EXPONENT = 0.5;
export const KNOWN_OUTCOMES = 20;

// Used by information.

/**
 * Visits of a feature after which information-directed sampling has half the weight. Chosen on seeds below 1,000,000. Larger: a wrong prior is
 * kept for longer (with all the weight at all times, two features with opposite winners cost 4.5 % ± 0.9 more than their best models, instead
 * of 2.4 % ± 0.3). Smaller: a new feature costs more (at 100, the dev rows of BFCL cost 0.4 points more).
 */
export const INFORMATION_HALF_VISITS = 200;

// Used by allocation, explanations and reports.

/** The minimum share of an eligible plan. Larger: exploring costs more. Smaller: a plan that has improved is found later. */
export interface FloorOptions {
  /** Upper limit of a floor, as a share. */
  readonly maxShare: number;
  /** Upper limit of the cost of all floors together, as a fraction of the best plan's score. */
  readonly budgetFraction: number;
}

const MAX_FLOOR = 0.02;
export const COST_AWARE_FLOOR: FloorOptions = Object.freeze({ maxShare: MAX_FLOOR, budgetFraction: 0.003 });
/** Half the budget where priors are pooled, because other features also show how an idle plan performs by now. */
export const POOLED_FLOOR: FloorOptions = Object.freeze({ maxShare: MAX_FLOOR, budgetFraction: 0.0015 });
/** Floors whose cost is not limited, for replays that need every plan in the ledger. */
export const EVALUATION_FLOOR: FloorOptions = Object.freeze({
  maxShare: MAX_FLOOR,
  budgetFraction: Number.POSITIVE_INFINITY,
});

// Used by eligibility.

/**
 * A plan is excluded when P(it meets the objective) is below this. Larger: good plans are excluded by chance. Smaller: bad plans are used
 * for longer.
 */
export const MIN_CREDIBILITY = 0.1;
/** Outcomes below which a plan is never excluded; otherwise it could not be explored. Larger: bad plans are used for longer. */
export const MIN_OUTCOMES_TO_EXCLUDE = 10;

// Used by pacing.

/** Upper limit of λ, the surcharge on each dollar of spend. Smaller: premium models are used in a period that cannot afford them. */
export const MAX_LAMBDA = 1e4;
/** Step of the dual gradient. Larger: choices swing within the period. Smaller: the budget is missed. */
export const PACING_STEP = 20;
/** Ratio of neighboring cost multipliers. Larger: pacing is coarser. Smaller: shares are recounted for every intent. */
export const MULTIPLIER_STEP = 1.01;

// Used by posterior-samples.

/**
 * Joint samples per table. Larger: slower. Smaller: shares are coarser, and a plan with a probability below 1/rows gets
 * only its floor.
 */
export const TABLE_ROWS = 256;
/**
 * Joint samples in a table that the next outcome replaces, while the budget of tables is low. Larger: slower with thousands of features.
 * Smaller: propensities are coarser. 100 features of 60 intents, 500 a second, lose $98.9 ± 2.0 per 1,000 intents with 32 rows, $97.6 ± 2.3
 * with 64, and $102.3 ± 1.9 with 16; with half as many tables, $145 at 32 rows and at 64.
 */
export const SHORT_TABLE_ROWS = 32;

// Used by consistent-rows.

/**
 * Consistent rows, as a fraction of those drawn, below which as many are drawn again. Larger: slower. Smaller: shares are counted over few
 * different rows.
 */
export const ENOUGH_CONSISTENT = 0.75;
/**
 * Factor of a row's weight for each rate in it that is impossible together with another one. Larger: plans are explored because of
 * impossible rates. Smaller: where few rows are consistent, shares depend on those few alone.
 */
export const INCONSISTENT_WEIGHT = 0.02;

// Used by policies/share-policy and table-budget. Larger values: decisions from outdated samples. Smaller values: more sampling.

/** Maximum number of decisions from one table after new evidence. */
export const MAX_DECISIONS_PER_TABLE = 50;
/** A table is replaced after this many new outcomes, or after this fraction of all outcomes, whichever is less. */
export const MAX_NEW_OUTCOMES = 50;
export const MAX_NEW_OUTCOME_FRACTION = 0.02;
/** Rows of the tables that one policy makes at once, after a quiet time. */
export const MAX_ROWS_AT_ONCE = 16_000;
/**
 * Rows of the tables that one policy makes per second in addition. Larger: with thousands of busy features, tables take more than some
 * 0.4 % of the time. Smaller: features with few outcomes decide from outdated samples sooner.
 */
export const ROWS_PER_SECOND: number = 100 * SHORT_TABLE_ROWS;
/**
 * Fraction of new outcomes after which a table is replaced while the budget of tables is low. Larger: decisions from outdated samples.
 * Smaller: tables go to features that learn little from them, and others wait: 100 features of 60 intents, 500 a second, then choose worse.
 */
export const MAX_NEW_FRACTION_WHILE_LOW = 0.3;
/** Maximum age of a table, whatever the evidence, because evidence decays. */
export const MAX_TABLE_AGE_MS: number = 6 * BUCKET_MS;
/** Allocations kept per table: failure costs and eligible plans that alternate between intents. Larger: more memory. */
export const MAX_CACHED_ALLOCATIONS = 8;
