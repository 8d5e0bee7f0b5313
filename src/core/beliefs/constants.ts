/**
 * Tuning constants of the beliefs, in the order of the files that use them: the unit of each, and what gets worse when it is larger and
 * when it is smaller.
 */
import type { Range } from '../math/clamp.ts';

/** An estimate before any evidence, and how many observations it counts as. */
export interface Guess {
  readonly value: number;
  readonly weight: number;
}

// Used by plan-graph.

/**
 * Candidates up to which every increasing sub-sequence is a plan. Larger: 5 candidates make 31 plans, most of which never get enough
 * outcomes. Smaller: no plan skips a middle candidate.
 */
export const MAX_CANDIDATES_FOR_ALL_PLANS = 4;

// Used by half-life.

const DAY_MS = 86_400_000;
/** Labelled outcomes of a feature per half-life. Larger: slow drift is followed later. Smaller: estimates are noisier. */
export const HALF_LIFE_OUTCOMES = 4000;
/** Larger: a busy feature averages over more of a drift. Smaller: a weekly rhythm is mistaken for drift. */
export const MIN_HALF_LIFE_MS = 7 * DAY_MS;
/** Larger: outcomes of another season count. Smaller: a quiet feature never has enough outcomes. */
export const MAX_HALF_LIFE_MS = 90 * DAY_MS;
/** Values that a half-life may have per factor of 2. Larger: decayed sums are rebuilt more often. Smaller: rounding is coarser. */
export const HALF_LIFE_STEPS_PER_OCTAVE = 4;

// Used by late-outcomes.

/**
 * Expected delay of a failure before any was observed, as a fraction of the window, and its weight in failures. With a larger value, recent
 * intents look more successful than they are; with a smaller one, less successful. A larger weight: a wrong value is corrected later.
 */
export const FAILURE_DELAY: Guess = { value: 1 / 3, weight: 2 };

// Used by stated-prior.

/** Outcomes that a configured success rate counts as, by default and at most. Larger: a wrong one is corrected later. */
export const DEFAULT_CONFIGURED_OUTCOMES = 4;
export const MAX_CONFIGURED_OUTCOMES = 10;
/**
 * P(the configured success rates of a feature hold) before any of its outcomes. Chosen on the worlds of `bench:statistics --only priors`,
 * 48 seeds: rates that are the opposite of the truth, at strength 10, cost twelve features 1.7 %, instead of 2.8 % at 0.1 and 6.9 % at
 * 0.25; correct rates save the same within the error.
 */
export const STATED_HOLDS = 0.05;

// Used by learned-segment.

/** Outcomes that older versions of a model count as. Larger: a worse version is noticed later. Smaller: each starts over. */
export const MAX_OLDER_VERSION_OUTCOMES = 6;
/**
 * Number of labels since a change from which on a label counts as one again. Before, it counts as many, so that policies sample again
 * sooner. Larger: more sampling. Smaller: what happens after a change is acted on later (at 1, a drop cost 7 % more).
 */
export const LABELS_UNTIL_KNOWN = 2500;

// Used by quality-history.

/**
 * Visits at other prices that count at most, with their cost scaled by the change of the price. Larger: a cost that is scaled wrongly,
 * because the feature's mix of tokens differs, is corrected later. Smaller: a new price is explored for longer.
 */
export const MAX_OTHER_PRICE_VISITS = 20;

// Used by difficulty.

/** Values that a feature's difficulty may have, and the largest in standard deviations. More: slower. Fewer: coarser. */
export const DIFFICULTY_POINTS = 7;
export const DIFFICULTY_SPAN = 2.1;
/**
 * P(a feature is unlike the others in all nodes), as a fraction of P(a node is unlike them). Larger: features explore models that are bad
 * everywhere. Smaller: the best model of a feature that differs in all nodes is found later.
 */
export const UNLIKE_FEATURES = 0.3;

// Used by node-fit.

/**
 * P(a node behaves as in other features), and its weight in features. Larger: a feature that differs is misjudged for
 * longer.
 */
export const FEATURE_LIKENESS: Guess = { value: 0.5, weight: 2 };
/**
 * Upper limit of P(a node is like that of other features), however many features agree. Larger: a cheap model that is good in one feature
 * only is found later (at 1, 500 intents later). Smaller: each new feature explores more.
 */
export const MAX_LIKENESS = 0.85;
/** Steps of the fit of nodes' levels, and steps of the fit of likeness within each. Larger: slower. Smaller: not converged. */
export const FIT_STEPS = 3;
export const LIKENESS_STEPS = 3;
/** Length of a level's step, as a multiple of expectation–maximization's, which are short; from 2 on it may not converge. */
export const RELAXATION = 1.8;
/** The longest step of a node's level (logit): where outcomes are few, a full step goes too far. */
export const MAX_LEVEL_STEP = 1;

// Used by posterior.

/**
 * Undecayed outcomes that always count. Larger: idle nodes are trusted although their evidence is outdated. Smaller: they are explored
 * again.
 */
export const MIN_REMEMBERED_OUTCOMES = 5;
/**
 * Successes of a model that was never billed anything, after which it is believed to be free, whatever its price says. Larger: reports state
 * a tiny spend for longer. Smaller: a few visits whose usage is not known yet look like those of a free model. Failed requests do not count,
 * because no vendor bills them: a model that is down would be the cheapest.
 */
export const FREE_SUCCESSES = 20;
/** Visits that the expected variation of a node's cost counts as. Larger: a node of steady cost is explored for longer. */
export const COST_VARIATION_VISITS = 2;
/**
 * Fraction of the standard deviation of a pooled cost that differs by model; the rest is common to all models, because a feature of long
 * texts costs more with each of them. Larger: policies explore for a cost that is the same with every model. Smaller: a model that is
 * cheaper in this feature is found later.
 */
export const MODEL_COST_FRACTION = 0.3;

// Used by priors and cost-priors.

/** Outcomes, or visits, of one feature that count for the pooled rate or cost. Larger: one busy feature dominates. */
export const MAX_OBSERVATIONS_PER_FEATURE = 30;
/** Outcomes, or visits, that a pooled prior counts as. Larger: a feature that differs is misjudged for longer. */
export const POOLED_STRENGTH: Range = [1, 30];
/** Variance of the difficulty of features (logit). Larger: a few outcomes of one model move the prior of the others more. */
export const DIFFICULTY_VARIANCE = 0.64;
/** Steps of Newton's method, and the longest one (logit): where rates are near 0 or 1, a full step goes too far. */
export const NEWTON_STEPS = 3;
export const MAX_NEWTON_STEP = 3;
/**
 * Between-node variance not explained by model and difficulty (logit), its weight in pairs of outcomes, and its minimum. Larger: pooled
 * priors are weaker. Smaller: a single node that differs is misjudged for longer.
 */
export const NODE_VARIANCE: Guess = { value: 0.5, weight: 3 };
export const MIN_NODE_VARIANCE = 0.1;
/**
 * Expected success rate of the cheapest and of the most expensive candidate, and its weight in outcomes. Larger weight: a
 * cheap model that does well is found later. Smaller: the router starts as if all models were equally good.
 */
export const SUCCESS_BY_COST_RANK: Range = [0.6, 0.8];
export const COST_RANK_OUTCOMES = 4;
/** The guess of success for a node without a cost rank. */
export const SUCCESS_WITHOUT_RANK: Guess = { value: 0.5, weight: 1 };
/**
 * P(success) of a rejected reply, and its weight in outcomes. Larger: climbing is found later where the verdict is right. Smaller, or with
 * a larger weight: a useless verdict is found later.
 */
export const REJECTED_SUCCESS: Guess = { value: 0.2, weight: 2 };
/** Visits that a configured price counts as in the pooled cost. Larger: a wrong token estimate is corrected later. */
export const CONFIGURED_COST_VISITS = 10;
/** Visits that pull a feature's relative cost towards 1. Larger: features of long texts are found later. */
export const RELATIVE_COST_PSEUDO_VISITS = 10;
/**
 * Squared coefficient of variation of a visit's cost within a feature, and of mean costs between features; weights in
 * visits and in features. Their ratio is the number of visits that a pooled cost counts as.
 */
export const COST_VARIATION_WITHIN_FEATURE: Guess = { value: 1, weight: 5 };
export const COST_VARIATION_BETWEEN_FEATURES: Guess = { value: 0.3, weight: 2 };
/** Minimum variation between features. Smaller: a pooled cost outweighs the feature's own visits for longer. */
export const MIN_COST_VARIATION_BETWEEN_FEATURES = 0.02;

// Used by same-belief. With larger values policies decide from outdated samples, with smaller ones they sample more often.

/** Change of a mean rate, in standard deviations. */
export const MAX_RATE_SHIFT = 0.1;
/** Change of a mean cost, in standard deviations: costs are known better than rates, and count for less than failures. */
export const MAX_COST_SHIFT = 0.25;
/** Growth or decay of the evidence, as a fraction of it. */
export const MAX_EVIDENCE_CHANGE = 0.1;
/** Change of the weight of one component of a mixture. */
export const MAX_WEIGHT_SHIFT = 0.05;
/** Change of P(the feature is like the others). */
export const MAX_LIKENESS_SHIFT = 0.1;

// Used by segment-likeness.

/** How similar the segments of a feature are before any outcome, as a strength κ (see segment-likeness.ts). */
export interface LikenessPrior {
  /** P(context carries no signal): κ = ∞ for every node. */
  readonly similarProbability: number;
  /** If context carries a signal: the possible values of κ at a node, all equally likely; the last is ∞. */
  readonly strengths: readonly number[];
}

/**
 * Smaller P(similar): a context without signal cost 1 to 2 % more where failures are expensive. Larger: segments that
 * differ are told apart later.
 */
export const SEGMENT_LIKENESS: LikenessPrior = Object.freeze({
  similarProbability: 0.85,
  strengths: Object.freeze([2, 8, 32, 128, Number.POSITIVE_INFINITY]),
});

// Used by segment-mixture.

/** Weight from which a component of a mixture is sampled. Larger: improbable cases are ignored. Smaller: slower. */
export const MIN_COMPONENT_WEIGHT = 0.002;
/** Squared coefficient of variation of mean costs between segments; weight in segments. Larger: segments pool cost less. */
export const COST_VARIATION_BETWEEN_SEGMENTS: Guess = { value: 0.2, weight: 2 };
/** Minimum variation between segments. Smaller: the other segments' cost outweighs the segment's own visits for longer. */
export const MIN_COST_VARIATION_BETWEEN_SEGMENTS = 0.01;

// Used by segment-prior.

/** Outcomes that the other segments count as. Larger: a segment that differs is misjudged for longer. Smaller: each starts over. */
export const SEGMENT_STRENGTH: Range = [2, 20];
/** Outcomes that the other segments count as while fewer than two segments have outcomes. */
export const SEGMENT_STRENGTH_UNKNOWN = 6;

// Used by former-state.

/**
 * How soon a node may recover from a change, and how fast a recovery becomes less likely the longer the change has lasted. Chosen on the
 * worlds of `bench:statistics --only outages,drift`. A larger exponent or factor: a model that stays worse is tried more often (at an
 * exponent of 0.2, a drop with late outcomes cost 5 % more). Smaller: a model that has recovered is used again later (at 0.1 and 2, an
 * outage of 30 intents cost 17 % more).
 */
export const LASTING_EXPONENT = 0.15;
export const LASTING_LOG_FACTOR = 4;

// Used by series and bucket-groups.

/**
 * Labels, or rejected replies, after which a group of the newest hour is closed and another part of the hour begins, and
 * new visits after which a change is looked for again at the latest. Larger: a change in a busy hour is found later.
 * Smaller: the parts reach less far back. Chosen on the worlds of `bench:statistics --only drift`: at 25, a
 * slow drift cost 8 % more, and where labels come late a drop 6 % less; at 50 a slow drift 9 % more.
 */
export const GROUP_OUTCOMES = 15;
/** Groups of buckets that a series may have before older ones are merged. Larger: more memory per node. */
export const MAX_GROUPS = 320;
/** Newest groups, which are never merged. Smaller: a recent change is dated less exactly. */
export const FINE_GROUPS = 64;
/** Merged groups per half-life. Larger: more memory. Smaller: decay is less exact. */
export const GROUPS_PER_HALF_LIFE = 16;
/** Half-lives after which everything is one group: at 8, its weight is below 1/256. */
export const TAIL_HALF_LIVES = 8;
/** New visits, as a fraction of all, after which a change is looked for again. Larger: found later. Smaller: slower. */
export const RECHECK_FRACTION = 0.002;
/**
 * After a change, a new group with fewer outcomes begins once the time since the change has grown by this factor since the last group
 * began. Larger: the recovery of a node that is used again is found later. Smaller: more groups.
 */
export const GROUP_TIME_RATIO = 1.25;
