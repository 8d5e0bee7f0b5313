/** The contract of a policy: it chooses a plan for an intent, with a known probability. */
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { Random } from '../core/math/random.ts';
import type { Decision, Plan } from '../core/ledger/vocabulary.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';

/** What is minimized: expected USD per intent, or expected USD per successful intent. */
export type Objective = 'cost-per-intent' | 'cost-per-success';

/** Everything that a policy may use for a decision. Keep its values, not the object: a replay asks about several intents with one object. */
export interface FeatureView {
  readonly feature: string;
  /** Every plan of the feature in a fixed order: the plan with the cheapest first model comes first. */
  readonly plans: readonly Plan[];
  /** The plans that may be chosen, after guard rails, outages and the request's capabilities. Never empty. */
  readonly eligible: PlanSet;
  /** What a failure of this intent costs, USD. */
  readonly failureCostUsd: number;
  readonly objective: Objective;
  /** The evidence of the intent's segment. It is updated in place, and `revision` changes with it. */
  readonly learned: LearnedSegment;
  readonly nowMs: number;
  /** Weight of a dollar of spend relative to a dollar of failure cost, from budget pacing; 1 when absent. */
  readonly costMultiplier?: number;
  /**
   * USD to add to the expected cost of each plan: the cost of this session's prefix with the plan, which is read from a prompt cache or
   * paid for again, less the average cost of the prefixes of past intents. Absent: no session is known.
   */
  readonly extraUsd?: ArrayLike<number>;
}

/** What a policy would do now, for explanations. Both arrays are in the order of the view's plans. */
export interface Allocation {
  /** Exact probabilities, 0 for plans that are not eligible. */
  readonly shares: ArrayLike<number>;
  /** Minimum share of each plan, for a policy that has such floors. */
  readonly floors?: ArrayLike<number>;
}

/** The feature that a policy is checked against. */
export interface PolicyFeature {
  readonly feature: string;
  readonly plans: readonly Plan[];
  /** Where the policy is configured, for the error. */
  readonly path: string;
}

/**
 * A routing policy. `decide` runs on every intent, in nanoseconds to microseconds: no I/O, no clock, no randomness but
 * `random`. The returned propensity is the exact probability, under this policy and view, of the plan chosen.
 * Features may share a policy object, so its caches are keyed by `view.learned`.
 */
export interface Policy {
  readonly name: string;
  decide(view: FeatureView, random: Random): Decision;
  /**
   * Called by `createRouter` for every feature with this policy. Throws a RouterError for a mistake that only the feature
   * shows, for example a plan that the feature does not have.
   */
  check?(feature: PolicyFeature): void;
  /** The shares that `decide` draws from. Explanations, holdouts and replays of a policy that draws at random need it. */
  allocation?(view: FeatureView, random: Random): Allocation;
}
