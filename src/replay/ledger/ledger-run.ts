/** The state of one feature during a replay: the evidence so far, and the log from which the estimate is made. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { MAX_PLANS } from '../../core/ledger/plan-set.ts';
import { IMPORTED_REFUSAL, notEligibleRefusal } from '../../core/report/not-eligible.ts';
import type { Decision, Plan, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { Objective } from '../../contracts/policy.ts';
import type { GrowingArray } from '../common/growing-array.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import type { GrowingLog } from './decision-log.ts';
import { growingLog, logWhere } from './decision-log.ts';
import type { ObservedPlans } from './observed-plans.ts';
import type { Audits } from './audit-shifts.ts';
import { auditsOf } from './audit-shifts.ts';
import { tooRecentFromMs } from './arrived-outcomes.ts';
import type { KnownAtDecision } from './logged-decision.ts';
import { missingBounds } from './missing-bounds.ts';
import { missingByKind, outcomesSeen } from './missing-outcomes.ts';
import type { OffPolicyEstimate } from './off-policy.ts';
import { offPolicyEstimate } from './off-policy.ts';
import { NO_OUTCOME, replayOutcomeOf } from './replay-outcome.ts';

/** The replay of one feature. */
export interface FeatureReplay {
  readonly estimate: OffPolicyEstimate;
  /**
   * Decisions without an outcome. They are left out. The estimate is refused where they depend on the plan, in all segments or in one,
   * or on the time together with the success rate, by more than chance.
   */
  readonly withoutOutcome: number;
  /**
   * What the intervals assume about decisions without an outcome: that a successful intent has an outcome `ratio` times as often as a
   * failed one, where the plans' and segments' shares of intents with an outcome do not contradict that. Without `ratio`: any number
   * of them may have failed, from none to all. Absent where every intent has an outcome.
   */
  readonly allowed?: { readonly ratio?: { readonly low: number; readonly high: number } };
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
  /**
   * Audited intents with other evidence, and those where the two agree. The rates of every plan are corrected by its audits, as in the
   * report. Absent without audits.
   */
  readonly audits?: Audits;
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
  readonly keys: readonly PlanKey[];
  /** Index of each plan in `plans`. */
  readonly indexes: ReadonlyMap<PlanKey, number>;
  readonly learned: LearnedFeature;
  /** The decisions that the other policy could have made, in the order of time. */
  readonly kept: GrowingLog;
  /** When each of these decisions was made, and 1 if it has an outcome. */
  readonly keptAtMs: GrowingArray<Float64Array>;
  readonly hasOutcome: GrowingArray<Uint32Array>;
  /** Times from a decision to its outcome, for all decisions that have one. */
  readonly delaysMs: GrowingArray<Float64Array>;
  /** Decisions so far by plan, as chosen in the log; and the sum of the other policy's shares. */
  readonly chosenCounts: number[];
  readonly targetCounts: number[];
  /** Decisions at which the other policy was evaluated, including those counted as `notEligible`. */
  decisions: number;
  notEligible: number;
  /** Decisions that are left out because an import does not know why a model was chosen. */
  importedLeftOut: number;
  /** Intents whose spend in the estimate differs from the billed one. */
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
    learned: createLearnedFeature({ feature: name, plans: ordered, priorCostUsd, hasAlarms }),
    ...emptyLog(),
    chosenCounts: ordered.map(() => 0),
    targetCounts: ordered.map(() => 0),
    decisions: 0,
    notEligible: 0,
    importedLeftOut: 0,
    otherCaches: 0,
    refusal:
      ordered.length > MAX_PLANS
        ? `the ledger has ${ordered.length} plans of this feature, more than the ${MAX_PLANS} that a feature can have`
        : undefined,
  };
}

/** The log of a run before the first decision. */
export function emptyLog(): Pick<LedgerRun, 'kept' | 'keptAtMs' | 'hasOutcome' | 'delaysMs'> {
  return { kept: growingLog(), keptAtMs: growingFloats(), hasOutcome: growingUints(), delaysMs: growingFloats() };
}

interface RecordedAs {
  /** `undefined` for a decision that is left out. */
  readonly target: KnownAtDecision['target'] | undefined;
  readonly question: ReplayQuestion;
  /** The difference from its billed cost if the other policy had made the earlier decisions of its session. */
  readonly extraUsd?: number | undefined;
}

/** Adds the next decision in the order of time, with its final outcome if it has one. */
export function recordOutcome(
  run: LedgerRun,
  { intent, target, question, extraUsd }: RecordedAs & { readonly intent: Intent },
): void {
  const { decision, segment, failureCostNanoUsd, atMs } = intent.decided;
  const outcome = replayOutcomeOf(intent, question.failureCostUsd);
  if (outcome !== undefined) run.delaysMs.push((intent.outcomeAtMs ?? atMs) - atMs);
  if (target === undefined) {
    countLeftOut(run, decision);
    return;
  }
  checkPropensity(run, decision);
  const { spendUsd, failureUsd, failed, failedBeforeAudit } = outcome ?? NO_OUTCOME;
  if (extraUsd !== undefined) run.otherCaches++;
  run.kept.push({
    plan: planKey(decision.plan),
    propensity: decision.propensity,
    target,
    segment,
    failureCostUsd: question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
    spendUsd: Math.max(0, spendUsd + (extraUsd ?? 0)),
    billedUsd: extraUsd === undefined ? Math.max(0, spendUsd) : spendUsd,
    failed,
    failureUsd,
    ...(failedBeforeAudit === undefined ? {} : { failedBeforeAudit }),
  });
  run.keptAtMs.push(atMs);
  run.hasOutcome.push(outcome === undefined ? 0 : 1);
}

/** Counts a decision without a target. */
export function countLeftOut(run: LedgerRun, { policy }: Pick<Decision, 'policy'>): void {
  if (policy === 'imported') run.importedLeftOut++;
}

/** A policy of the application's own may have stated a wrong value. */
export function checkPropensity(run: LedgerRun, { policy, propensity }: Pick<Decision, 'policy' | 'propensity'>): void {
  if (propensity > 0) return;
  run.refusal ??= `the policy "${policy}" chose a plan with the propensity ${propensity}: its probabilities are not exact`;
}

export function featureReplayOf(
  run: LedgerRun,
  { lastMs, silenceMs = 0 }: { readonly lastMs: number; readonly silenceMs?: number | undefined },
): FeatureReplay {
  const { decisions, notEligible, delaysMs } = run;
  const fractions = (counts: readonly number[]): Readonly<Record<PlanKey, number>> =>
    Object.fromEntries(run.keys.map((key, k) => [key, (counts[k] as number) / Math.max(1, decisions - notEligible)]));
  const fromMs = tooRecentFromMs({ delaysMs: delaysMs.view(), silenceMs, lastMs });
  const [kept, atMs, hasOutcome] = [run.kept.view(), run.keptAtMs.view(), run.hasOutcome.view()];
  // If every recent decision has an outcome, no outcome is still to come.
  const isEarly = atMs.some((at, i) => at > fromMs && hasOutcome[i] === 0);
  const arrived = isEarly ? (i: number) => !((atMs[i] as number) > fromMs) : () => true;
  const log = logWhere(kept, i => hasOutcome[i] === 1 && arrived(i));
  const arrivedCount = isEarly ? atMs.reduce((count, _, i) => count + (arrived(i) ? 1 : 0), 0) : kept.length;
  const known = hasOutcome.filter((_, i) => arrived(i));
  const seen = arrivedCount > log.length ? outcomesSeen(logWhere(kept, arrived), known) : undefined;
  const reason = run.refusal ?? refusalOfLeftOut(run) ?? (seen && missingByKind(seen));
  const missing = seen && missingBounds(seen);
  const estimate: OffPolicyEstimate =
    reason === undefined
      ? offPolicyEstimate(log, missing)
      : { kind: 'refused', reason, intents: log.length, effectiveIntents: 0, largestWeightFraction: 0 };
  const audits = auditsOf(log);
  return {
    estimate,
    withoutOutcome: arrivedCount - log.length,
    ...(missing === undefined ? {} : { allowed: missing.ratio === undefined ? {} : { ratio: missing.ratio } }),
    tooRecent: kept.length - arrivedCount,
    notEligible,
    otherCaches: run.otherCaches,
    ...(audits === undefined ? {} : { audits }),
    decisions,
    logged: fractions(run.chosenCounts),
    target: fractions(run.targetCounts),
  };
}

/** An import does not know which models could have answered: no pin and no outage excluded the others. */
function refusalOfLeftOut(run: LedgerRun): string | undefined {
  const refusal = notEligibleRefusal(run);
  return refusal !== undefined && run.importedLeftOut > run.notEligible / 2 ? IMPORTED_REFUSAL : refusal;
}
