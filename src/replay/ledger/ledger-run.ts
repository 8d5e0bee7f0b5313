/** The state of one feature during a replay: the evidence so far, and the log that the estimate is made from. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { MAX_PLANS } from '../../core/ledger/plan-set.ts';
import { notEligibleRefusal } from '../../core/report/not-eligible.ts';
import type { Plan, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { Objective } from '../../contracts/policy.ts';
import type { ObservedPlans } from './observed-plans.ts';
import type { LoggedDecision, OffPolicyEstimate, TargetDecision } from './off-policy.ts';
import { evaluateOffPolicy } from './off-policy.ts';
import type { OutcomeSums } from './past-means.ts';
import { replayOutcomeOf } from './past-means.ts';

/** The replay of one feature. */
export interface FeatureReplay {
  readonly estimate: OffPolicyEstimate;
  /** Decisions without an outcome. They are left out, which is unbiased only if outcomes are missing at random. */
  readonly withoutOutcome: number;
  /**
   * Decisions at which the plan of the other policy was not eligible (a pin, an outage, a spent budget …). The estimate leaves
   * them out, and refuses to answer when they are more than 5 % of the decisions.
   */
  readonly notEligible: number;
  /** All decisions in the replay, left out or not. */
  readonly decisions: number;
  /** Fraction of the kept decisions that each plan got in the log, and would have got under the other policy. */
  readonly logged: Readonly<Record<PlanKey, number>>;
  readonly target: Readonly<Record<PlanKey, number>>;
}

/** Settings that apply to every decision of a replay. */
export interface ReplayQuestion {
  readonly objective?: Objective;
  /** Replaces the failure cost of each intent, USD. */
  readonly failureCostUsd?: number;
}

/** The state of the replay, updated record by record. Arrays are in the order of `plans`. */
export interface LedgerRun {
  readonly name: string;
  readonly plans: readonly Plan[];
  /** Index of each plan in `plans`. */
  readonly indexes: ReadonlyMap<PlanKey, number>;
  readonly learned: LearnedFeature;
  /** Outcomes so far, by plan. */
  readonly sums: readonly OutcomeSums[];
  readonly log: LoggedDecision[];
  /** Decisions so far by plan, as chosen in the log; and the sum of the other policy's shares. */
  readonly chosenCounts: number[];
  readonly targetCounts: number[];
  /** Decisions put to the other policy, including those counted as `notEligible`. */
  decisions: number;
  notEligible: number;
  withoutOutcome: number;
  /** Why the other policy cannot be evaluated on this feature. */
  refusal: string | undefined;
}

/** Plans are ordered by their mean spend in the log, because the configured order is not known. */
export function startLedgerRun(name: string, { plans }: ObservedPlans): LedgerRun {
  const cost = ({ n, costNanoUsd }: { n: number; costNanoUsd: number }): number =>
    n > 0 ? costNanoUsd / n : Number.POSITIVE_INFINITY;
  const ordered = [...plans.values()].sort((x, y) => cost(x) - cost(y)).map(({ plan }) => plan);
  const priorCostUsd: Record<string, number> = {};
  for (const { plan, n, costNanoUsd } of plans.values()) {
    const [model = ''] = plan;
    if (plan.length === 1 && n > 0) priorCostUsd[model] = costNanoUsd / n / NANO_PER_USD;
  }
  return {
    name,
    plans: ordered,
    indexes: new Map(ordered.map((plan, k) => [planKey(plan), k])),
    learned: createLearnedFeature({ feature: name, plans: ordered, priorCostUsd }),
    sums: ordered.map(() => ({ n: 0, spendUsd: 0, failureUsd: 0, failures: 0 })),
    log: [],
    chosenCounts: ordered.map(() => 0),
    targetCounts: ordered.map(() => 0),
    decisions: 0,
    notEligible: 0,
    withoutOutcome: 0,
    refusal:
      ordered.length > MAX_PLANS
        ? `the ledger has ${ordered.length} plans of this feature, more than the ${MAX_PLANS} that a feature can have`
        : undefined,
  };
}

/** Applies a new or corrected outcome to the sums of its plan. */
export function updateSums(
  run: LedgerRun,
  { before, after }: { readonly before: Intent; readonly after: Intent },
  failureCostUsd: number | undefined,
): void {
  if (before.outcome === after.outcome) return;
  const sums = run.sums[run.indexes.get(planKey(after.decided.decision.plan)) as number] as OutcomeSums;
  for (const [intent, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    const result = replayOutcomeOf(intent, failureCostUsd);
    if (result === undefined) continue;
    sums.n += sign;
    sums.spendUsd += sign * result.spendUsd;
    sums.failureUsd += sign * result.failureUsd;
    sums.failures += sign * (result.failed ? 1 : 0);
  }
}

/** Adds a decision with its final outcome to the log. */
export function recordOutcome(
  run: LedgerRun,
  {
    intent,
    target,
    question,
  }: {
    readonly intent: Intent;
    /** `undefined` for a decision that is left out. */
    readonly target: TargetDecision | undefined;
    readonly question: ReplayQuestion;
  },
): void {
  const outcome = replayOutcomeOf(intent, question.failureCostUsd);
  if (outcome === undefined) run.withoutOutcome++;
  else if (target !== undefined) {
    const { propensity, policy } = intent.decided.decision;
    // An application's own policy may have stated it.
    if (!(propensity > 0))
      run.refusal ??= `the policy "${policy}" chose a plan with the propensity ${propensity}: its probabilities are not exact`;
    else run.log.push({ propensity, ...target, ...outcome });
  }
}

export function featureReplayOf(run: LedgerRun): FeatureReplay {
  const { decisions, notEligible, withoutOutcome } = run;
  const kept = Math.max(1, decisions - notEligible);
  const fractions = (counts: readonly number[]): Readonly<Record<PlanKey, number>> =>
    Object.fromEntries(run.plans.map((plan, k) => [planKey(plan), (counts[k] as number) / kept]));
  const reason = run.refusal ?? notEligibleRefusal(run);
  const estimate: OffPolicyEstimate =
    reason === undefined
      ? evaluateOffPolicy(run.log)
      : { kind: 'refused', reason, intents: run.log.length, effectiveIntents: 0, largestWeightFraction: 0 };
  return {
    estimate,
    withoutOutcome,
    notEligible,
    decisions,
    logged: fractions(run.chosenCounts),
    target: fractions(run.targetCounts),
  };
}
