/** A decision of a log, as an off-policy evaluation needs it. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';

/** What is known of a decision before its outcome. */
export interface KnownAtDecision {
  /** The plan that the log's policy chose, and the probability of that choice. */
  readonly plan: PlanKey;
  readonly propensity: number;
  /** Probability of each plan under the target policy; 0 for plans that are not listed. */
  readonly target: Readonly<Record<PlanKey, number>>;
  /** The segment (default none), and what a failure would cost, USD. */
  readonly segment?: string;
  readonly failureCostUsd: number;
}

/** One logged decision with its outcome, and what the target policy would have done. */
export interface LoggedDecision extends KnownAtDecision {
  /**
   * Model spend, whether the intent failed, and the cost of the failure (0 for a success), USD. For an intent in a session, the
   * spend may be what it would have been if the target policy had also made the session's earlier decisions: then `billedUsd` is
   * the billed amount.
   */
  readonly spendUsd: number;
  readonly billedUsd?: number;
  readonly failed: boolean;
  readonly failureUsd: number;
  /**
   * Of an intent that was drawn at random and audited: whether it failed by its other evidence, such as a judge or a signal. Where
   * the two disagree, every rate of the plan is corrected. Absent: not audited, or without other evidence.
   */
  readonly failedBeforeAudit?: boolean;
}
