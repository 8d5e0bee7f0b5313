/** The contract of a policy: which plan an intent gets, and with what probability. */
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { Random } from '../core/math/random.ts';
import type { Decision, Plan } from '../core/ledger/vocabulary.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';

/** What is minimised: expected USD per intent, or expected USD per successful intent. */
export type Objective = 'cost-per-intent' | 'cost-per-success';

/** All a policy may know when it decides. */
export interface FeatureView {
  readonly feature: string;
  /** Every plan of the feature in a fixed order, cheapest start first. */
  readonly plans: readonly Plan[];
  /** The plans that may be chosen, after guard rails, outages and the request's capabilities. Never empty. */
  readonly eligible: PlanSet;
  /** What a failure of this intent costs, USD. */
  readonly failureCostUsd: number;
  readonly objective: Objective;
  /** What has been learnt, `learnedFeature.segment(name)`; changes in place, `revision` tells when. */
  readonly learned: LearnedSegment;
  readonly nowMs: number;
  /** Budget pacing: what a dollar of spend weighs against a dollar of failure cost; 1 when absent. */
  readonly costMultiplier?: number;
}

/** What a policy would do now, for people to read. Both in the order of the view's plans. */
export interface Allocation {
  /** Exact probabilities, 0 for plans that are not eligible. */
  readonly shares: ArrayLike<number>;
  /** Least share that each plan is kept at, where the policy has such floors. */
  readonly floors?: ArrayLike<number>;
}

/** A feature as its policy is checked against it. */
export interface PolicyFeature {
  readonly feature: string;
  readonly plans: readonly Plan[];
  /** Where the policy is configured, for the error. */
  readonly path: string;
}

/**
 * A routing policy. `decide` runs on every intent, in nanoseconds to microseconds: no I/O, no clock, no randomness but
 * `random`. The returned propensity is the exact probability, under this policy and view, of the plan chosen.
 * A policy object may be shared by features; what it caches, it keys by `view.learned`.
 */
export interface Policy {
  readonly name: string;
  decide(view: FeatureView, random: Random): Decision;
  /**
   * Called by `createRouter` for every feature with this policy. Throws a RouterError for a mistake that only the feature
   * shows, as a plan that it does not have.
   */
  check?(feature: PolicyFeature): void;
  /** The shares that `decide` would draw from; a policy without it can be followed, not explained. */
  allocation?(view: FeatureView, random: Random): Allocation;
}
