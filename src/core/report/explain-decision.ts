/** The decision between a feature's plans, with its forecast and in words: the same in explanations and reports. */
import { COST_AWARE_FLOOR, POOLED_FLOOR } from '../choice/constants.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { Posterior } from '../beliefs/posterior.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { planKey } from '../ledger/vocabulary.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { hasPlan, planIndexes } from '../ledger/plan-set.ts';
import { seededRandom } from '../math/random.ts';
import { FORECAST_LIMIT } from './constants.ts';
import type { BareDecision, PlanDecision } from './decision.ts';
import { decisionOf } from './decision.ts';
import type { ExcludedPlans } from './decision-words.ts';
import { decisionSentence } from './decision-words.ts';
import type { FailureCosts } from './failure-costs.ts';
import { meanFailureCostUsd } from './failure-costs.ts';
import { notComparable, samplesOf, settledOn } from './estimate.ts';
import type { Forecast } from './forecast.ts';
import { forecast } from './forecast.ts';
import type { KnownPlans } from './known-plans.ts';
import type { DecisionPlan } from './plan-lines.ts';
import { preferredByFailureCost } from './preferred-by-failure-cost.ts';
import type { Selection } from './selection.ts';
import { selectionOf } from './selection.ts';
import type { Traffic } from './traffic.ts';
import { meanSharesNow } from './traffic.ts';
import { describePlan, inTwoVersions } from './wording.ts';

export interface ExplainDecisionInputs {
  /** What a failure of new intents costs. */
  readonly failureCosts: FailureCosts;
  /** The failure cost as configured, where that is known. */
  readonly configuredFailureCostUsd?: number | undefined;
  readonly perSuccess: boolean;
  readonly costMultiplier: number;
  readonly eligible: PlanSet;
  readonly traffic: Traffic;
  readonly known?: KnownPlans | undefined;
  /** The posterior covers the intents without context, in a feature where routing depends on the context: there is no forecast. */
  readonly isOfContextless?: boolean;
  /** The costs of the table are standard costs, not those that were billed. */
  readonly isStandard?: boolean;
  /** Only the ledger is known, not the configuration. */
  readonly isOfLedger?: boolean | undefined;
  /** The plan that an operator has pinned. */
  readonly pinned?: PlanKey | undefined;
  /** The application's own model, where the feature is only observed. */
  readonly observes?: string | undefined;
  /** The reasons why plan i cannot be chosen. */
  readonly exclusionReasons?: ((plan: number) => readonly string[]) | undefined;
}

/** `undefined` without an eligible plan. */
export function explainDecision(
  posterior: Posterior,
  table: SampleTable,
  inputs: ExplainDecisionInputs,
): PlanDecision | undefined {
  const { traffic, known, pinned, observes, eligible, failureCosts } = inputs;
  const plans = posterior.graph.plans.map(planKey);
  const parts = preferredByFailureCost(table, { ...inputs, plans }, failureCosts);
  const [most] = parts.toSorted((a, b) => b.fraction - a.fraction);
  const differs = parts.length > 1;
  const failureCostUsd = differs && most !== undefined ? most.failureCostUsd : meanFailureCostUsd(failureCosts);
  const decision = decisionOf(table, { ...inputs, plans, failureCostUsd });
  if (decision === undefined) return undefined;
  const figuresOf = (plan: PlanKey): Pick<DecisionPlan, 'success' | 'spendUsd'> => {
    const k = plans.indexOf(plan);
    return { success: 1 - (table.meanFail[k] as number), spendUsd: table.meanCostUsd[k] as number };
  };
  const columns = planIndexes(eligible);
  const isDecided = pinned !== undefined || observes !== undefined;
  // Where the preferred plan depends on the failure cost, a comparison cannot settle on a single plan.
  const isOpen = known !== undefined && !isDecided && !differs && columns.length > 1 && inputs.isOfContextless !== true;
  // Where every intent's plan follows the evidence, the shares change with it.
  const shares = traffic.learns === 1 ? undefined : meanSharesNow(traffic, table, inputs);
  const selection =
    known === undefined
      ? undefined
      : selectionOf(
          known.cellsSinceChange,
          { plans: columns.map(k => plans[k] as PlanKey), failureCostUsd },
          known.cells,
        );
  const predicted = isOpen
    ? forecastOf(posterior, { ...inputs, failureCostUsd, table, columns, known, decision, selection, shares })
    : undefined;
  const favoured = shares === undefined ? undefined : favouredOver(decision.preferred.plan, { plans, columns, shares });
  return {
    ...decision,
    ...(differs ? { byFailureCost: parts } : {}),
    ...(predicted === undefined ? {} : { forecast: predicted }),
    sentence: decisionSentence(decision, {
      failureCosts,
      configuredFailureCostUsd: inputs.configuredFailureCostUsd,
      parts: differs ? parts.map(part => ({ ...part, ...figuresOf(part.plan) })) : [],
      forecast: predicted,
      outcomesPerYear: known?.outcomesPerYear,
      isOf: inputs.isOfContextless === true ? 'without context' : selection === undefined ? undefined : 'all',
      hasEvidence: posterior.nodes.some(node => node.n > 0),
      excluded: excludedFrom(plans, inputs),
      untried:
        known === undefined
          ? []
          : plans.filter(plan => (known.sums.get(plan)?.labelled ?? 0n) === 0n).map(plan => describePlan(plan)),
      removed: [...(known?.sums ?? [])].flatMap(([plan, { labelled = 0n }]) =>
        labelled === 0n || plans.includes(plan) ? [] : [describePlan(plan)],
      ),
      isOfLedger: inputs.isOfLedger,
      isStandard: inputs.isStandard,
      pinned: pinned === undefined ? undefined : describePlan(pinned),
      observes,
      favoured: favoured === undefined ? undefined : describePlan(favoured),
      isPartlyLearning: traffic.learns > 0,
    }),
  };
}

/** The plans that cannot be chosen, by the reason that excludes them. */
function excludedFrom(
  plans: readonly PlanKey[],
  { eligible, exclusionReasons }: ExplainDecisionInputs,
): readonly ExcludedPlans[] {
  const byReason = new Map<string, string[]>();
  plans.forEach((plan, k) => {
    const reason = hasPlan(eligible, k) ? '' : (exclusionReasons?.(k) ?? []).join(' and ');
    if (reason !== '') byReason.set(reason, [...(byReason.get(reason) ?? []), describePlan(plan)]);
  });
  return [...byReason].map(([reason, descriptions]) => ({ descriptions, reason }));
}

interface Comparison extends ExplainDecisionInputs {
  readonly failureCostUsd: number;
  readonly table: SampleTable;
  readonly columns: readonly number[];
  readonly known: KnownPlans;
  readonly decision: BareDecision;
  readonly selection: Selection | undefined;
  readonly shares: readonly number[] | undefined;
}

function forecastOf({ graph, hasPooledPrior }: Posterior, comparison: Comparison): Forecast | undefined {
  const { table, columns, known, decision, failureCostUsd, perSuccess, shares, selection } = comparison;
  const plans = columns.map(k => planKey(graph.plans[k] ?? []));
  const { sinceChange } = known;
  const sums = plans.map(plan => sinceChange.get(plan) ?? {});
  const reason = known.inTwoVersions.length > 0 ? inTwoVersions(known.inTwoVersions) : notComparable(sums, selection);
  if (reason !== undefined) return { kind: 'not comparable', reason };
  const settled = settledOn(sinceChange, { plans, failureCostUsd, perSuccess }, selection);
  if (settled !== undefined && settled !== decision.preferred.plan) {
    // Each plan's belief is about different requests, so there is no contradiction to explain.
    if (selection !== undefined) return { kind: 'settled', plan: settled };
    const favours = `older outcomes favour ${describePlan(settled)} and recent ones do not`;
    return { kind: 'not comparable', reason: favours };
  }
  return forecast(samplesOf(sums, { failureCostUsd }, selection), {
    table,
    columns,
    random: seededRandom('forecast'),
    perSuccess,
    limit: known.outcomesPerYear ?? FORECAST_LIMIT,
    traffic:
      shares === undefined
        ? { floor: hasPooledPrior === true ? POOLED_FLOOR : COST_AWARE_FLOOR }
        : { shares: columns.map(k => shares[k] as number) },
  });
}

/** The plan that gets the most intents, if it gets more than the preferred one. */
function favouredOver(
  preferred: PlanKey,
  { plans, columns, shares }: { plans: readonly PlanKey[]; columns: readonly number[]; shares: readonly number[] },
): PlanKey | undefined {
  const share = (k: number): number => shares[k] as number;
  const most = columns.reduce((x, y) => (share(y) > share(x) ? y : x), columns[0] ?? 0);
  // Equal shares may differ in their last digits.
  return share(most) > share(plans.indexOf(preferred)) + 1e-9 ? plans[most] : undefined;
}
