/**
 * The decision that a report describes: which plan is preferred now, from what was learned about the plans and the present
 * traffic.
 */
import type { Posterior } from '../core/beliefs/posterior.ts';
import type { Cell } from '../core/cells/cell.ts';
import { sampleTable } from '../core/choice/posterior-samples.ts';
import { allPlans, hasPlan } from '../core/ledger/plan-set.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { seededRandom } from '../core/math/random.ts';
import type { PlanDecision } from '../core/report/decision.ts';
import { explainDecision } from '../core/report/explain-decision.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import { knownPlans } from '../core/report/known-plans.ts';
import { withExtraUsd } from '../core/report/standard-cost.ts';
import { applyExclusions } from './explain.ts';
import type { RoutedNow } from './routed-now.ts';

/** Policies whose shares follow the evidence. */
const LEARNING_POLICIES: ReadonlySet<string> = new Set(['thompson', 'contextual']);

export function learns({ policy = 'thompson' }: Pick<FeatureFacts, 'policy'>): boolean {
  return LEARNING_POLICIES.has(policy);
}

export interface DecisionContext {
  /** What a failure of new intents costs. */
  readonly failureCosts: FailureCosts;
  readonly perSuccess: boolean;
  /**
   * How much more each plan costs at standard cost than as billed, where plans are compared at standard cost, as in the
   * cells.
   */
  readonly extraUsd: readonly number[] | undefined;
  readonly cells: readonly Cell[];
  readonly facts: FeatureFacts;
  readonly recent: ReadonlyMap<PlanKey, number>;
  readonly nowMs: number;
  /** See {@link knownPlans}. */
  readonly change?: { readonly atMs: number | undefined } | undefined;
  /** As configured, where that is known. */
  readonly configuredFailureCostUsd?: number | undefined;
  /** What limits the next choice, where a running router tells. */
  readonly now?: RoutedNow | undefined;
}

export function decisionNow(posterior: Posterior, context: DecisionContext): PlanDecision | undefined {
  const { failureCosts, perSuccess, extraUsd, cells, facts, recent, nowMs, change, now } = context;
  const { exclusions = [] } = now ?? {};
  const { plans } = posterior.graph;
  const table = sampleTable(posterior, seededRandom('decision'));
  const total = [...recent.values()].reduce((sum, n) => sum + n, 0);
  return explainDecision(posterior, extraUsd === undefined ? table : withExtraUsd(table, extraUsd), {
    failureCosts,
    configuredFailureCostUsd: context.configuredFailureCostUsd,
    perSuccess,
    costMultiplier: now?.costMultiplier ?? 1,
    pinned: now?.pinned,
    observes: now?.observes,
    eligible: applyExclusions(allPlans(plans.length), exclusions),
    exclusionReasons: plan =>
      exclusions.flatMap(({ plans: excluded, reason }) => (hasPlan(excluded, plan) ? [reason] : [])),
    traffic: learns(facts) ? 'learns' : plans.map(plan => (recent.get(planKey(plan)) ?? 0) / total),
    known: knownPlans(cells, { ...facts, change }, nowMs),
  });
}
