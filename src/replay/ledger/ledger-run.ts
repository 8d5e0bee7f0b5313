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
import { tooRecentFromMs } from './arrived-outcomes.ts';
import { stratumKeyIn } from './strata.ts';
import type { KnownAtDecision, LoggedDecision } from './logged-decision.ts';
import { missingByKind } from './missing-outcomes.ts';
import type { OffPolicyEstimate } from './off-policy.ts';
import { offPolicyEstimate } from './off-policy.ts';
import type { ReplayOutcome } from './replay-outcome.ts';
import { replayOutcomeOf } from './replay-outcome.ts';

/** The replay of one feature. */
export interface FeatureReplay {
  readonly estimate: OffPolicyEstimate;
  /**
   * Decisions without an outcome. They are left out, which is unbiased only if outcomes are missing at random. The estimate is
   * refused where they depend on the plan, or on the time together with the success rate, by more than chance.
   */
  readonly withoutOutcome: number;
  /**
   * Decisions so shortly before the ledger's last record that outcomes may still be on their way: within the time in which 99 %
   * of the feature's outcomes arrived, or in its silence window. They are left out where some of them have no outcome.
   */
  readonly tooRecent: number;
  /**
   * Decisions at which the plan of the other policy was not eligible (a pin, an outage, a spent budget …). The estimate leaves
   * them out, and refuses to answer when they are more than 5 % of the decisions.
   */
  readonly notEligible: number;
  /**
   * Decisions in sessions whose model met a prompt cache in another state than the other policy, which always chooses one plan, would have
   * left there: their spend in the estimate is what they would have cost then. 0 for a policy that chooses at random.
   */
  readonly otherCaches: number;
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

/** A decision of the replay with its outcome, if it has one: one object, because there may be a million of them. */
interface KeptDecision extends LoggedDecision {
  readonly atMs: number;
  readonly hasOutcome: boolean;
}

const NO_OUTCOME: ReplayOutcome = { spendUsd: 0, failureUsd: 0, failed: false };

/** The state of the replay, updated record by record. Arrays are in the order of `plans`. */
export interface LedgerRun {
  readonly name: string;
  readonly plans: readonly Plan[];
  readonly keys: readonly PlanKey[];
  /** Index of each plan in `plans`. */
  readonly indexes: ReadonlyMap<PlanKey, number>;
  /** The other policy's shares where it is certain of a plan: one object for all such decisions. */
  readonly certain: ReadonlyMap<PlanKey, Readonly<Record<PlanKey, number>>>;
  readonly learned: LearnedFeature;
  /** The decisions that the other policy could have made, in the order of time. */
  readonly kept: KeptDecision[];
  /** From a decision to its outcome, of all that have one. */
  readonly delaysMs: number[];
  /** Decisions so far by plan, as chosen in the log; and the sum of the other policy's shares. */
  readonly chosenCounts: number[];
  readonly targetCounts: number[];
  /** Decisions put to the other policy, including those counted as `notEligible`. */
  decisions: number;
  notEligible: number;
  /** Those whose spend is not what was billed. */
  otherCaches: number;
  /** Why the other policy cannot be evaluated on this feature. */
  refusal: string | undefined;
}

/** Plans are ordered by their mean spend in the log, because the configured order is not known. */
export function startLedgerRun(name: string, { plans, hasAlarms }: ObservedPlans): LedgerRun {
  const cost = ({ n, costNanoUsd }: { n: number; costNanoUsd: number }): number =>
    n > 0 ? costNanoUsd / n : Number.POSITIVE_INFINITY;
  const ordered = [...plans.values()].sort((x, y) => cost(x) - cost(y)).map(({ plan }) => plan);
  const keys = ordered.map(planKey);
  const priorCostUsd: Record<string, number> = {};
  for (const { plan, n, costNanoUsd } of plans.values()) {
    const [model = ''] = plan;
    if (plan.length === 1 && n > 0) priorCostUsd[model] = costNanoUsd / n / NANO_PER_USD;
  }
  return {
    name,
    plans: ordered,
    keys,
    indexes: new Map(keys.map((key, k) => [key, k])),
    certain: new Map(keys.map(key => [key, Object.freeze({ [key]: 1 })])),
    learned: createLearnedFeature({ feature: name, plans: ordered, priorCostUsd, hasAlarms }),
    kept: [],
    delaysMs: [],
    chosenCounts: ordered.map(() => 0),
    targetCounts: ordered.map(() => 0),
    decisions: 0,
    notEligible: 0,
    otherCaches: 0,
    refusal:
      ordered.length > MAX_PLANS
        ? `the ledger has ${ordered.length} plans of this feature, more than the ${MAX_PLANS} that a feature can have`
        : undefined,
  };
}

/** Adds the next decision in the order of time, with its final outcome if it has one. */
export function recordOutcome(
  run: LedgerRun,
  {
    intent,
    target,
    question,
    extraUsd,
  }: {
    readonly intent: Intent;
    /** `undefined` for a decision that is left out. */
    readonly target: KnownAtDecision['target'] | undefined;
    readonly question: ReplayQuestion;
    /** What it would have cost more than it was billed if the other policy had made the decisions of its session before it. */
    readonly extraUsd?: number | undefined;
  },
): void {
  const { decision, segment, failureCostNanoUsd, atMs } = intent.decided;
  const outcome = replayOutcomeOf(intent, question.failureCostUsd);
  if (outcome !== undefined) run.delaysMs.push((intent.outcomeAtMs ?? atMs) - atMs);
  if (target === undefined) return;
  const { propensity, policy } = decision;
  // An application's own policy may have stated it.
  if (!(propensity > 0)) {
    run.refusal ??= `the policy "${policy}" chose a plan with the propensity ${propensity}: its probabilities are not exact`;
  }
  const failureCostUsd = question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD;
  const { spendUsd, failureUsd, failed } = outcome ?? NO_OUTCOME;
  if (extraUsd !== undefined) run.otherCaches++;
  run.kept.push({
    plan: planKey(decision.plan),
    propensity,
    target,
    segment,
    failureCostUsd,
    spendUsd: Math.max(0, spendUsd + (extraUsd ?? 0)),
    ...(extraUsd === undefined ? {} : { billedUsd: spendUsd }),
    failed,
    failureUsd,
    atMs,
    hasOutcome: outcome !== undefined,
  });
}

export function featureReplayOf(
  run: LedgerRun,
  { lastMs, silenceMs = 0 }: { readonly lastMs: number; readonly silenceMs?: number | undefined },
): FeatureReplay {
  const { decisions, notEligible, delaysMs } = run;
  const fractions = (counts: readonly number[]): Readonly<Record<PlanKey, number>> =>
    Object.fromEntries(run.keys.map((key, k) => [key, (counts[k] as number) / Math.max(1, decisions - notEligible)]));
  const fromMs = tooRecentFromMs({ delaysMs, silenceMs, lastMs });
  const isRecent = ({ atMs }: KeptDecision): boolean => atMs > fromMs;
  // Where every recent decision has an outcome, none is still to come.
  const isEarly = run.kept.some(decision => !decision.hasOutcome && isRecent(decision));
  const arrived = isEarly ? run.kept.filter(decision => !isRecent(decision)) : run.kept;
  const log = arrived.filter(({ hasOutcome }) => hasOutcome);
  const reason = run.refusal ?? notEligibleRefusal(run) ?? missingFrom(arrived);
  const estimate: OffPolicyEstimate =
    reason === undefined
      ? offPolicyEstimate(log)
      : { kind: 'refused', reason, intents: log.length, effectiveIntents: 0, largestWeightFraction: 0 };
  return {
    estimate,
    withoutOutcome: arrived.length - log.length,
    tooRecent: run.kept.length - arrived.length,
    notEligible,
    otherCaches: run.otherCaches,
    decisions,
    logged: fractions(run.chosenCounts),
    target: fractions(run.targetCounts),
  };
}

function missingFrom(arrived: readonly KeptDecision[]): string | undefined {
  if (arrived.every(({ hasOutcome }) => hasOutcome)) return undefined;
  const stratumOf = stratumKeyIn(arrived);
  return missingByKind(
    arrived.map(decision => ({
      plan: decision.plan,
      stratum: stratumOf(decision),
      failed: decision.hasOutcome ? decision.failed : undefined,
    })),
  );
}
