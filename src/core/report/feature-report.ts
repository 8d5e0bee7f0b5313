/** What a feature costs, how well it does, and how sure that is: from its cells alone. */
import type { TotalCost } from './total-cost.ts';
import { totalCostOf } from './total-cost.ts';
import type { DriftEvent } from './drift.ts';
import { driftOf } from './drift.ts';
import type { EstimateState, PlanEstimate } from './estimate.ts';
import { costSample, estimatePlans, LEARNING_BELOW, settledOn } from './estimate.ts';
import type { FailureCostCheck } from './failure-cost.ts';
import { checkFailureCost } from './failure-cost.ts';
import type { History } from './history.ts';
import { historyOf } from './history.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, hall, outcomesNeeded, wilson } from '../math/interval.ts';
import type { Period, Tally } from '../cells/period.ts';
import { addTo, isIn, spanOf, tallyBy } from '../cells/period.ts';
import type { Cell, Sums } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { TurnsReport } from './turns.ts';
import { turnsOf } from './turns.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** What the configuration (or the ledger's last decisions) says of a feature. */
export interface FeatureFacts {
  /** Plans that can be chosen now, in their order; default: those that the cells know. */
  readonly plans?: readonly PlanKey[];
  /** Configured failure cost, USD; used where no intent has failed yet, and to compare with what was recorded. */
  readonly failureCostUsd?: number;
  /** Plans are compared by cost per success instead of cost per intent. */
  readonly perSuccess?: boolean;
  /** What silence means, after how long. Where nobody says, every outcome counts when it is heard. */
  readonly silence?: { readonly afterMs: number; readonly success: boolean };
}

export interface PlanReport extends PlanEstimate {
  /** Of the feature's intents, 0 to 1. */
  readonly traffic: number;
  readonly unknown: number;
  readonly pending: number;
  readonly totalCost: TotalCost;
}

/** Ground truth against what signals, silence and judges said of the same intents. */
export interface AuditSummary {
  readonly audited: number;
  /** Of these, how often both said the same. */
  readonly agreed: number;
  /** The success rate as it would read without the correction. */
  readonly uncorrected: Figure;
}

/**
 * Counts and exact totals of one feature in one period, with 95 % intervals wherever a figure is an estimate. Counts and
 * totals are of all its intents; what depends on outcomes leaves out the {@link FeatureReport.awaitingSilence}.
 */
export interface FeatureReport {
  readonly feature: string;
  /** First and last hour with intents; absent without any. */
  readonly span?: Required<Period>;
  readonly intents: number;
  /** Intents with an outcome; `successes + failures`. */
  readonly labelled: number;
  readonly successes: number;
  readonly failures: number;
  /** Failures that a person took over. */
  readonly escalated: number;
  /** No outcome came within the feature's window. Never counted as success. */
  readonly unknown: number;
  /** No outcome yet. */
  readonly pending: number;
  /**
   * Intents for which silence has yet to speak. Of estimates they are in that of the spend only, because the other
   * outcome is heard first.
   */
  readonly awaitingSilence: number;
  /** What silence means here, where it is known. */
  readonly silence?: NonNullable<FeatureFacts['silence']>;
  readonly requests: number;
  readonly attempts: number;
  /** Corrected by audits where there are any. */
  readonly success: Figure;
  /** What audits say of the other labels; absent where nothing was audited. */
  readonly audit?: AuditSummary;
  /** Model spend per intent. */
  readonly spendPerIntentUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
  readonly state: EstimateState;
  /** The plan that is cheapest, once that is settled. */
  readonly settledOn?: PlanKey;
  /** How many more outcomes until the cost per intent is known to ± `halfWidthUsd`. */
  readonly precision: { readonly halfWidthUsd: number; readonly moreOutcomes: number };
  readonly totalCost: TotalCost;
  readonly plans: readonly PlanReport[];
  readonly turns: TurnsReport;
  readonly failureCost: FailureCostCheck;
  readonly drift: readonly DriftEvent[];
  readonly history: History;
}

export interface FeatureReportOptions {
  /** Leaves `drift` and `history` empty: what takes longest. */
  readonly brief?: boolean;
  readonly facts?: FeatureFacts;
  /** With {@link FeatureFacts.silence}: outcomes of intents that are too young by now are in no estimate. */
  readonly nowMs?: number;
  /** Only intents decided in this period. */
  readonly period?: Period;
  /** For {@link FeatureReport.precision}, USD; default: a tenth of the cost per intent, as a round number. */
  readonly halfWidthUsd?: number;
}

/**
 * A feature's report from its cells: exact totals, estimates with their intervals, and how far to trust them.
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
  const { facts = {}, period = {} } = options;
  const own = cells.filter(({ key }) => isIn(period, key.bucket));
  const heard = matureCells(own, facts, options.nowMs);
  const all = totalsOf(own);
  const { byPlan, total } = heard === own ? all : totalsOf(heard);
  const plans = facts.plans ?? [...all.byPlan.keys()];
  const failureCostUsd = facts.failureCostUsd ?? costSample(total, 0).failureCostUsd;
  const about = { plans, failureCostUsd, perSuccess: facts.perSuccess === true };
  const sample = costSample(total, failureCostUsd);
  const span = spanOf(own);
  const isLearning = Number(total.labelled ?? 0n) < LEARNING_BELOW;
  const settledAt = isLearning ? undefined : settledOn(byPlan, about);
  const perIntent = costPerIntent(sample);
  const count = countsOf(all.total);
  return {
    feature,
    ...(span === undefined ? {} : { span }),
    ...count,
    failures: count.labelled - count.successes,
    awaitingSilence: count.intents - sample.n,
    ...(facts.silence === undefined ? {} : { silence: facts.silence }),
    success: wilson(sample.successes, sample.labelled),
    ...auditOf(total),
    spendPerIntentUsd: hall(costSample(all.total, 0)),
    costPerIntentUsd: perIntent,
    costPerSuccessUsd: costPerSuccess(sample),
    state: isLearning ? 'learning' : settledAt === undefined ? 'estimating' : 'settled',
    ...(settledAt === undefined ? {} : { settledOn: settledAt }),
    precision: precisionOf(sample, options.halfWidthUsd ?? roundTenth(perIntent.value)),
    totalCost: totalCostOf(all.total),
    plans: estimatePlans(withAll(byPlan, all.byPlan), about).map(estimate =>
      planReport(estimate, all.byPlan.get(estimate.plan) ?? {}, count.intents),
    ),
    turns: turnsOf(total, failureCostUsd),
    failureCost: checkFailureCost(all.total, facts.failureCostUsd),
    drift: options.brief === true ? [] : driftOf(heard),
    history: options.brief === true ? historyOf([], { failureCostUsd }) : historyOf(own, { failureCostUsd, heard }),
  };
}

/** The cells whose intents silence has spoken for: hours that ended before its window began. */
function matureCells(
  own: readonly Cell[],
  { silence }: FeatureFacts,
  nowMs = Number.POSITIVE_INFINITY,
): readonly Cell[] {
  if (silence === undefined || nowMs === Number.POSITIVE_INFINITY) return own;
  const endMs = nowMs - silence.afterMs;
  return own.filter(({ key }) => (key.bucket + 1) * BUCKET_MS <= endMs);
}

function totalsOf(cells: readonly Cell[]): { readonly byPlan: ReadonlyMap<PlanKey, Sums>; readonly total: Sums } {
  const byPlan = tallyBy(cells, { scope: 'plan', by: cell => cell.key.subject });
  const total: Tally = {};
  for (const sums of byPlan.values()) addTo(total, sums);
  return { byPlan, total };
}

/** A plan of which only young intents are known is a plan all the same. */
function withAll(byPlan: ReadonlyMap<PlanKey, Sums>, all: ReadonlyMap<PlanKey, Sums>): ReadonlyMap<PlanKey, Sums> {
  return new Map([...all.keys()].map(plan => [plan, byPlan.get(plan) ?? {}]));
}

function planReport(estimate: PlanEstimate, sums: Sums, intents: number): PlanReport {
  const { intents: n, labelled, successes, unknown, pending } = countsOf(sums);
  const traffic = intents > 0 ? n / intents : 0;
  const spendUsd = hall(costSample(sums, 0));
  return {
    ...estimate,
    n,
    labelled,
    successes,
    traffic,
    spendUsd,
    unknown,
    pending,
    totalCost: totalCostOf(sums),
  };
}

function countsOf(sums: Sums) {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const intents = get('n');
  const labelled = get('labelled');
  const unknown = get('unknown');
  return {
    intents,
    labelled,
    successes: get('successes'),
    escalated: get('escalated'),
    unknown,
    pending: intents - labelled - unknown,
    requests: get('requests'),
    attempts: get('attempts'),
  };
}

function auditOf(sums: Sums): { readonly audit?: AuditSummary } {
  const audited = Number(sums.audited ?? 0n);
  if (audited === 0) return {};
  const both = Number(sums.auditedBothSuccesses ?? 0n);
  const successes = Number(sums.auditedSuccesses ?? 0n);
  const said = Number(sums.auditedProxySuccesses ?? 0n);
  const all = wilson(Number(sums.successes ?? 0n), Number(sums.labelled ?? 0n));
  return { audit: { audited, agreed: audited - successes - said + 2 * both, uncorrected: all } };
}

/** With one success and one failure added, so that a feature without failures is not thought to be known for good. */
function precisionOf(sample: ReturnType<typeof costSample>, halfWidthUsd: number): FeatureReport['precision'] {
  const { labelled, successes, failureCostUsd, variance } = sample;
  const success = (successes + 1) / (labelled + 2);
  const wanted =
    halfWidthUsd > 0
      ? outcomesNeeded({ success, failureCostUsd, halfWidthUsd, costSdUsd: Math.sqrt(variance) })
      : Number.NaN;
  return { halfWidthUsd, moreOutcomes: Math.max(0, wanted - labelled) };
}

/** A tenth of a figure, as 1, 2 or 5 times a power of ten. */
function roundTenth(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return Number.NaN;
  const power = 10 ** Math.floor(Math.log10(value / 10));
  const digit = value / 10 / power;
  return Number(((digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power).toPrecision(1));
}
