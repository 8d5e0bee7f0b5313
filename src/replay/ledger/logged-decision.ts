/** A decision of a log, as an off-policy evaluation needs it. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';

/** What is known of a decision before its outcome. */
export interface KnownAtDecision {
  /** The plan that the log's policy chose, and the probability with which it did. */
  readonly plan: PlanKey;
  readonly propensity: number;
  /** Probability of each plan under the target policy; 0 for plans that are not named. */
  readonly target: Readonly<Record<PlanKey, number>>;
  /** The segment (default none), and what a failure would cost, USD. */
  readonly segment?: string;
  readonly failureCostUsd: number;
}

/** One logged decision with its outcome, and what the target policy would have done. */
export interface LoggedDecision extends KnownAtDecision {
  /**
   * Model spend, whether the intent failed, and what the failure cost (0 for a success), USD. Of an intent in a session, the spend may
   * be what it would have been if the target policy had decided those before it too: then `billedUsd` is what was billed.
   */
  readonly spendUsd: number;
  readonly billedUsd?: number;
  readonly failed: boolean;
  readonly failureUsd: number;
}
