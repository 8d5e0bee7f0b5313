/** The explanation of a feature's routing, as `explain` returns it and `--json` prints it. */
import type { Figure } from '../math/interval.ts';
import type { NodeKey, PlanKey } from '../ledger/vocabulary.ts';
import type { PlanDecision } from './decision.ts';
import type { FailureCosts } from './failure-costs.ts';
import type { ExpectedFigures } from './explain-figures.ts';

/** The posterior of one node, with 95 % credible intervals. */
export interface NodeBelief {
  readonly node: NodeKey;
  /** `premium after mini`. */
  readonly description: string;
  /** Number of visits; older ones count for less. */
  readonly visits: number;
  readonly costUsd: number;
  /** P(the reply is rejected); absent where no reply can be rejected. */
  readonly rejection?: Figure;
  /** P(success) of intents that end here with an accepted reply. */
  readonly success: Figure;
}

/** One plan: its posterior figures, its share, and the reason for it. */
export interface PlanExplanation extends ExpectedFigures {
  readonly plan: PlanKey;
  /** `mini, then premium if needed`. */
  readonly description: string;
  /** APIs whose clients can reach all its models, directly or by translation; absent where no router explains it. */
  readonly clients?: readonly string[];
  readonly nodes: readonly NodeBelief[];
  /** Posterior probability that this plan has the lowest total cost of the eligible plans. */
  readonly chanceCheapest: number;
  /** The exact probability with which a new intent gets this plan now; absent for a policy without `allocation`. */
  readonly share?: number;
  /** The minimum share that keeps the plan observed, so that an improvement would be noticed. */
  readonly floor?: number;
  readonly eligible: boolean;
  /** Why the plan cannot be chosen now; empty for eligible plans. */
  readonly exclusionReasons: readonly string[];
  readonly reason: string;
}

export interface Explanation {
  readonly feature: string;
  /** The declared context that the explained intents share; `''` for none. */
  readonly segment: string;
  readonly atMs: number;
  readonly policy: string;
  readonly objective: 'cost-per-intent' | 'cost-per-success';
  /** Mean failure cost of the latest intents, at which the plans are compared. */
  readonly failureCostUsd: number;
  /** The failure costs of the latest intents, where these differ. */
  readonly failureCosts?: FailureCosts;
  /** Weight of one failure in the comparison, USD: the failure cost, plus, for cost per success, the best plan's cost per success. */
  readonly failureWeightUsd: number;
  /** Weight of a dollar of spend in the comparison: above 1 while a budget is running low. */
  readonly costMultiplier: number;
  /** In the order of the configuration: the plan with the cheapest first model comes first. */
  readonly plans: readonly PlanExplanation[];
  /** Cost and success of an intent at these shares; absent for a policy without `allocation`. */
  readonly expected?: ExpectedFigures;
  /** Summary of the decision in one sentence. */
  readonly summary: string;
  /**
   * The preferred plan and the reason, what would change the choice, and when it will be settled; absent without a plan that can be chosen.
   */
  readonly decision?: PlanDecision;
  /** The application's own model, while the feature is only observed: it answers every intent. */
  readonly observes?: string;
  /** The model that gets this fraction of the intents whatever the policy says. */
  readonly holdout?: { readonly model: string; readonly fraction: number };
  /** What overrides or limits the policy: a pin, a holdout, a spent budget. */
  readonly notes: readonly string[];
}
