/** One feature's report: its costs, its success rate and their uncertainty, from its cells alone. */
import type { CandidateFacts, FeatureFacts } from './feature-facts.ts';
import type { AuditSummary } from './audit-summary.ts';
import { auditSummary } from './audit-summary.ts';
import type { TotalCost } from './total-cost.ts';
import { totalCostOf } from './total-cost.ts';
import type { DriftEvent } from './drift.ts';
import { driftOf } from './drift.ts';
import type { EstimateState } from './estimate.ts';
import { estimatePlans, settledOn } from './estimate.ts';
import { LEARNING_BELOW } from './constants.ts';
import { costSample, costSampleOf } from './cost-sample.ts';
import type { FailureCostCheck } from './failure-cost.ts';
import { checkFailureCost } from './failure-cost.ts';
import type { History } from './history.ts';
import { historyOf } from './history.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, meanCost, wilson } from '../math/interval.ts';
import type { Period } from '../cells/period.ts';
import { cellsIn, spanOf, wholeBuckets } from '../cells/period.ts';
import { sumOf, sumsByPlan } from '../cells/sums.ts';
import type { Cell, Sums } from '../cells/cell.ts';
import { selectionOf } from './selection.ts';
import type { RepricedModel } from './repriced.ts';
import { repricedModels } from './repriced.ts';
import type { ServedByOther } from './served-by-others.ts';
import { servedByOthers } from './served-by-others.ts';
import { cellsSince, lastChangeMs, modelsInTwoVersions } from './since-change.ts';
import type { TurnsReport } from './turns.ts';
import { turnsOf } from './turns.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { PlanReport } from './plan-report.ts';
import { countsOf, planReport } from './plan-report.ts';
import type { SessionPart } from './session-part.ts';
import { sessionPart } from './session-part.ts';
import { standardCells } from './standard-cost.ts';
import type { UnlabelledCost } from './unlabelled-cost.ts';
import { unlabelledCost } from './unlabelled-cost.ts';
import type { DecidedPolicy } from './decided-policy.ts';
import type { PlanDecision } from './decision.ts';
import { matureCells } from './mature-cells.ts';
import type { Precision } from './precision.ts';
import { precisionOf } from './precision.ts';

/**
 * Counts and exact totals of one feature in one period, with a 95 % interval for every estimate. Counts and totals cover all
 * its intents; estimates that depend on outcomes leave out those still {@link FeatureReport.awaitingSilence}.
 */
export interface FeatureReport {
  readonly feature: string;
  /**
   * From the start of the first hour (in older statistics: day or week) with intents to the end of the last one; absent
   * without intents.
   */
  readonly span?: Required<Period>;
  /**
   * The period that the report covers, where that is longer than the requested one: statistics of more than 14 days ago are kept by day,
   * those of more than 90 by week, and are covered as a whole.
   */
  readonly coveredPeriod?: Period;
  readonly intents: number;
  /** Intents with an outcome; `successes + failures`. */
  readonly labelled: number;
  readonly successes: number;
  readonly failures: number;
  /** Failures that a person took over. */
  readonly escalated: number;
  /** Intents without an outcome when the feature's window ended. Never counted as success. */
  readonly unknown: number;
  /** Intents without an outcome so far. */
  readonly pending: number;
  /**
   * Intents whose silence window has not ended. Only the estimate of the spend includes them: so far only outcomes
   * other than that of silence can have arrived, so their rates are biased.
   */
  readonly awaitingSilence: number;
  /** What silence means for this feature, where that is known. */
  readonly silence?: NonNullable<FeatureFacts['silence']>;
  /** The candidates as they are configured, where that is known. */
  readonly candidates?: readonly CandidateFacts[];
  readonly requests: number;
  readonly attempts: number;
  /** Success rate, corrected by audits where there are any. */
  readonly success: Figure;
  /** How the other labels compare with audits; absent without audits. */
  readonly audit?: AuditSummary;
  /** Model spend per intent. */
  readonly spendPerIntentUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
  readonly state: EstimateState;
  /** The cheapest plan, once the comparison is settled: by the intents since {@link FeatureReport.comparedSinceMs}. */
  readonly settledOn?: PlanKey;
  /**
   * The last change that was found in the period, of a model, its price, its prompt or a rate. Earlier intents count in every figure, but
   * cannot settle which plan is the cheapest. Absent: there was no change.
   */
  readonly comparedSinceMs?: number;
  /**
   * Which plan an intent gets depends on its context by more than chance, so that the figures of {@link FeatureReport.plans} cover
   * different requests. `settledOn` compares the plans as if each had got the same requests, unless there is a `reason` why this is not
   * possible. Absent: by the segments, the plans got the same requests.
   */
  readonly routingDependsOnRequest?: { readonly reason?: string };
  /** Models that have been in use in two versions at once for a day or longer: no comparison can be settled meanwhile. Absent: none. */
  readonly inTwoVersions?: readonly string[];
  /**
   * The present choice and its reason, from all that was learned, whatever the period. Absent where the report is brief or about the past.
   */
  readonly decision?: PlanDecision;
  /**
   * With `decision`, where only the ledger is known and not the configuration: the policies of the latest decisions, that of most of them
   * first. The forecast and the possible savings assume that new intents get the plans in the same way.
   */
  readonly latestPolicies?: readonly DecidedPolicy[];
  /** Present where a half-width was asked for. */
  readonly precision?: Precision;
  readonly totalCost: TotalCost;
  /** What the failures of intents without an outcome may add to the total cost. Absent where every intent has one. */
  readonly unlabelledCost?: UnlabelledCost;
  readonly plans: readonly PlanReport[];
  readonly turns: TurnsReport;
  /** The part of the feature's intents that had a session with a known prefix; absent where there are none. */
  readonly sessions?: SessionPart;
  readonly failureCost: FailureCostCheck;
  /** How often a different model served than the one that was asked for; empty where this never happened. */
  readonly servedByOthers: readonly ServedByOther[];
  /** Models whose visits were at several prices; empty where no price changed. */
  readonly repriced: readonly RepricedModel[];
  readonly drift: readonly DriftEvent[];
  readonly history: History;
}

export interface FeatureReportOptions {
  /** Leave `drift` and `history` empty, as for an overview. */
  readonly brief?: boolean;
  readonly facts?: FeatureFacts;
  /** With {@link FeatureFacts.silence}: intents whose window has not ended at this time are left out of the estimates. */
  readonly nowMs?: number;
  /** Only intents decided in this period; {@link FeatureReport.coveredPeriod} says where older ones are added. */
  readonly period?: Period;
  /** The plan that is believed to be the cheapest now: the comparison is never settled on a different plan. */
  readonly believed?: PlanKey;
  /** Half-width for {@link FeatureReport.precision}, USD. */
  readonly halfWidthUsd?: number;
}

/**
 * Computes a feature's report from its cells: exact totals, estimates with their intervals, and how far to trust them.
 *
 * @param cells the feature's cells, plan and node, as `store.cells(feature)` gives them
 * @example
 * ```ts
 * const report = reportFeature('support.reply', await store.cells('support.reply'), { facts: { failureCostUsd: 15 } });
 * report.costPerIntentUsd; // { value: 0.76, low: 0.42, high: 1.31 }
 * ```
 */
export function reportFeature(
  feature: string,
  cells: readonly Cell[],
  options: FeatureReportOptions = {},
): FeatureReport {
  const { facts = {} } = options;
  const period = wholeBuckets(options.period ?? {}, cells);
  const own = cellsIn(period, cells);
  const mature = matureCells(own, facts, options.nowMs);
  const all = totalsOf(own);
  const { byPlan, total } = mature === own ? all : totalsOf(mature);
  const plans = facts.plans ?? [...all.byPlan.keys()];
  const failureCostUsd = facts.failureCostUsd ?? costSample(total, 0).failureCostUsd;
  const comparison = { plans, failureCostUsd, perSuccess: facts.perSuccess === true };
  const sample = costSampleOf(byPlan.values(), total, failureCostUsd);
  const span = spanOf(own);
  const drift = driftOf(mature);
  const changeMs = lastChangeMs(mature, drift);
  const standard = standardCells(mature, plans, facts.prefixRatesOf);
  const comparable = standard ?? mature;
  const sinceChange = cellsSince(comparable, changeMs);
  const compared = sinceChange === mature ? { byPlan, total } : totalsOf(sinceChange);
  const inTwoVersions = modelsInTwoVersions(mature);
  const selection = selectionOf(sinceChange, comparison, comparable);
  const settled = isLearning(compared.total) ? undefined : settledOn(compared.byPlan, comparison, selection);
  const believed = selection === undefined ? options.believed : settled;
  const cheapest = settled === (believed ?? settled) ? settled : undefined;
  const count = countsOf(all.total);
  const withoutOutcome = count.pending + count.unknown;
  const audit = auditSummary(total, byPlan);
  return {
    feature,
    ...(span === undefined ? {} : { span }),
    ...(period === options.period || options.period === undefined ? {} : { coveredPeriod: period }),
    ...count,
    failures: count.labelled - count.successes,
    awaitingSilence: count.intents - sample.n,
    ...(facts.silence === undefined ? {} : { silence: facts.silence }),
    ...(facts.candidates === undefined ? {} : { candidates: facts.candidates }),
    success: wilson(sample.successes, sample.labelled),
    ...(audit === undefined ? {} : { audit }),
    spendPerIntentUsd: meanCost(costSample(all.total, 0)),
    costPerIntentUsd: costPerIntent(sample),
    costPerSuccessUsd: costPerSuccess(sample),
    state: isLearning(total) ? 'learning' : cheapest === undefined ? 'estimating' : 'settled',
    ...(cheapest === undefined ? {} : { settledOn: cheapest }),
    ...(changeMs === undefined ? {} : { comparedSinceMs: changeMs }),
    ...(inTwoVersions.length === 0 ? {} : { inTwoVersions }),
    ...(selection === undefined ? {} : { routingDependsOnRequest: 'reason' in selection ? selection : {} }),
    ...(options.halfWidthUsd === undefined ? {} : { precision: precisionOf(sample, options.halfWidthUsd) }),
    totalCost: totalCostOf(all.total),
    ...(withoutOutcome === 0 ? {} : { unlabelledCost: unlabelledCost(withoutOutcome, sample) }),
    plans: estimatePlans(
      withAll(standard === undefined ? byPlan : sumsByPlan(standard), all.byPlan),
      comparison,
      cheapest !== undefined,
    ).map(estimate =>
      planReport(estimate, all.byPlan.get(estimate.plan) ?? {}, {
        intents: count.intents,
        isStandard: standard !== undefined,
      }),
    ),
    turns: turnsOf(total, failureCostUsd),
    ...sessionPart(all.total, standard !== undefined),
    failureCost: checkFailureCost(all.total, facts.failureCostUsd),
    servedByOthers: servedByOthers(own),
    repriced: repricedModels(own),
    drift: options.brief === true ? [] : drift,
    history: historyOf(options.brief === true ? [] : own, { failureCostUsd, matureCells: mature }),
  };
}

function isLearning({ labelled = 0n }: Sums): boolean {
  return Number(labelled) < LEARNING_BELOW;
}

function totalsOf(cells: readonly Cell[]): { readonly byPlan: ReadonlyMap<PlanKey, Sums>; readonly total: Sums } {
  const byPlan = sumsByPlan(cells);
  return { byPlan, total: sumOf(byPlan.values()) };
}

/** Adds, with empty sums, the plans all of whose intents are still within their silence window. */
function withAll(byPlan: ReadonlyMap<PlanKey, Sums>, all: ReadonlyMap<PlanKey, Sums>): ReadonlyMap<PlanKey, Sums> {
  return new Map([...all.keys()].map(plan => [plan, byPlan.get(plan) ?? {}]));
}
