/**
 * The decision that a report describes: which plan is preferred now, from what was learned about the plans and the present
 * traffic.
 */
import type { Posterior } from '../core/beliefs/posterior.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { SampleTable } from '../core/choice/posterior-samples.ts';
import type { PlanSet } from '../core/ledger/plan-set.ts';
import { hasPlan } from '../core/ledger/plan-set.ts';
import type { PlanDecision } from '../core/report/decision.ts';
import { explainDecision } from '../core/report/explain-decision.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import { knownPlans } from '../core/report/known-plans.ts';
import type { Traffic } from '../core/report/traffic.ts';
import type { RoutedNow } from './routed-now.ts';

export interface DecisionContext {
  /** What a failure of new intents costs. */
  readonly failureCosts: FailureCosts;
  readonly perSuccess: boolean;
  readonly eligible: PlanSet;
  readonly traffic: Traffic;
  /** At the costs that are compared. */
  readonly cells: readonly Cell[];
  /** These are standard costs. */
  readonly isStandard: boolean;
  readonly facts: FeatureFacts;
  readonly nowMs: number;
  /** See {@link knownPlans}. */
  readonly change?: { readonly atMs: number | undefined } | undefined;
  /** The failure cost as configured, where that is known. */
  readonly configuredFailureCostUsd?: number | undefined;
  /** The limits on the next choice, if a running router supplies them. */
  readonly now?: RoutedNow | undefined;
  /** Only the ledger is known, not the configuration. */
  readonly isOfLedger?: boolean;
  /** The application's own model, where the feature is only observed. */
  readonly observes?: string | undefined;
}

/** @param table the belief about the plans, at the costs that are compared */
export function decisionNow(
  posterior: Posterior,
  table: SampleTable,
  context: DecisionContext,
): PlanDecision | undefined {
  const { failureCosts, perSuccess, cells, facts, eligible, traffic, nowMs, change, now } = context;
  const { exclusions = [], costMultiplier = 1 } = now ?? {};
  return explainDecision(posterior, table, {
    failureCosts,
    configuredFailureCostUsd: context.configuredFailureCostUsd,
    perSuccess,
    costMultiplier,
    pinned: now?.pinned,
    observes: context.observes,
    isOfLedger: context.isOfLedger,
    isStandard: context.isStandard,
    eligible,
    exclusionReasons: plan =>
      exclusions.flatMap(({ plans: excluded, reason }) => (hasPlan(excluded, plan) ? [reason] : [])),
    traffic,
    known: knownPlans(cells, { ...facts, change }, nowMs),
  });
}
