/** One feature while its ledger is replayed: what was known at every decision, what was asked, and what came of it. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { DecidedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { notEligibleRefusal } from '../../core/report/not-eligible.ts';
import type { Plan, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey, planOfKey } from '../../core/ledger/vocabulary.ts';
import type { FeatureView, Objective, Policy } from '../../contracts/policy.ts';
import type { ExpectedCost, LoggedDecision, OffPolicyEstimate } from './off-policy.ts';
import { evaluateOffPolicy } from './off-policy.ts';
import type { Means } from './past-means.ts';
import { predictor, settlementOf } from './past-means.ts';
import { targetShares } from './target-shares.ts';
import { MAX_PLANS, planIndexes, planSetOf } from '../../core/ledger/plan-set.ts';

/** What a replay says of one feature. */
export interface FeatureReplay {
  readonly estimate: OffPolicyEstimate;
  /** Decisions without an outcome: they are left out, which is fair only if outcomes are missing at random. */
  readonly withoutOutcome: number;
  /**
   * Decisions at which what the other policy would have chosen was not eligible (a pin, an outage, a spent budget …).
   * They are left out, so that the estimate is about the others; above 5 % of the decisions it is refused.
   */
  readonly notEligible: number;
  /** All decisions that were asked for, left out or not. */
  readonly decisions: number;
  /** Share of decisions that each plan got in the log, and would have got; of those that are not left out. */
  readonly logged: Readonly<Record<PlanKey, number>>;
  readonly target: Readonly<Record<PlanKey, number>>;
}

/** What is asked of every decision. */
export interface Question {
  readonly objective?: Objective;
  /** Instead of the failure cost that each intent was decided with, USD. */
  readonly failureCostUsd?: number;
}

/** What a first look at the ledger says of a feature's plans. */
export interface PlansSeen {
  /** Plans by key, with the spend of their intents: their order is by cost, as far as the log knows. */
  readonly plans: Map<PlanKey, { readonly plan: Plan; n: number; costNanoUsd: number }>;
  readonly ofIntent: Map<string, PlanKey>;
}

/** Takes a record into that look. */
export function see(seen: Map<string, PlansSeen>, record: LedgerRecord): void {
  let feature = seen.get(record.feature);
  if (feature === undefined) seen.set(record.feature, (feature = { plans: new Map(), ofIntent: new Map() }));
  if (record.kind === 'decided') {
    const chosen = planKey(record.decision.plan);
    for (const key of [chosen, ...record.decision.eligible]) {
      if (!feature.plans.has(key)) feature.plans.set(key, { plan: planOfKey(key), n: 0, costNanoUsd: 0 });
    }
    feature.ofIntent.set(record.intentId, chosen);
    const plan = feature.plans.get(chosen);
    if (plan !== undefined) plan.n++;
  } else if (record.kind === 'attempted') {
    const plan = feature.plans.get(feature.ofIntent.get(record.intentId) ?? '');
    if (plan !== undefined) plan.costNanoUsd += record.attempt.costNanoUsd;
  }
}

/** The state of the replay, record by record. */
export interface LedgerRun {
  readonly name: string;
  readonly plans: readonly Plan[];
  readonly places: ReadonlyMap<PlanKey, number>;
  readonly learned: LearnedFeature;
  readonly means: readonly Means[];
  readonly log: LoggedDecision[];
  /** Decisions so far by plan: how likely the log's policy was to choose it, from the past. */
  readonly chosen: number[];
  readonly loggedShare: number[];
  readonly targetShare: number[];
  /** Asked about; those left out as not eligible are among them. */
  decisions: number;
  notEligible: number;
  withoutOutcome: number;
  /** Why the other policy cannot be asked here. */
  cannot: string | undefined;
}

export function startLedgerRun(name: string, { plans }: PlansSeen): LedgerRun {
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
    places: new Map(ordered.map((plan, k) => [planKey(plan), k])),
    learned: createLearnedFeature({ feature: name, plans: ordered, priorCostUsd }),
    means: ordered.map(() => ({ n: 0, spendUsd: 0, failureUsd: 0, failures: 0 })),
    log: [],
    chosen: ordered.map(() => 0),
    loggedShare: ordered.map(() => 0),
    targetShare: ordered.map(() => 0),
    decisions: 0,
    notEligible: 0,
    withoutOutcome: 0,
    cannot:
      ordered.length > MAX_PLANS
        ? `the log has ${ordered.length} plans, more than the ${MAX_PLANS} of a feature`
        : undefined,
  };
}

/** What was known, and what the other policy would have done, at one logged decision. */
export interface Asked {
  readonly at: number;
  readonly target: number;
  readonly expectedOfChosen: ExpectedCost;
  readonly expectedOfTarget: ExpectedCost;
  readonly weight: number;
}

/** Asks about one logged decision, before what came of it is known; `undefined` where it is left out. */
export function ask(
  run: LedgerRun,
  record: DecidedRecord,
  { policy, question, random }: { policy: Policy; question: Question; random: { next(): number } },
): Asked | undefined {
  if (run.cannot !== undefined) return undefined;
  const { decision, segment, atMs, failureCostNanoUsd } = record;
  const at = run.places.get(planKey(decision.plan)) as number;
  const view: FeatureView = {
    feature: run.name,
    plans: run.plans,
    eligible: planSetOf(
      decision.eligible.length === 0 ? [at] : decision.eligible.map(key => run.places.get(key) as number),
    ),
    failureCostUsd: question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
    objective: question.objective ?? 'cost-per-intent',
    learned: run.learned.segment(segment),
    nowMs: atMs,
  };
  const shares = targetShares(policy, view, random);
  if (typeof shares === 'string') {
    run.cannot = shares;
    return undefined;
  }
  run.decisions++;
  if (shares === undefined) {
    run.notEligible++;
    return undefined;
  }
  const past = predictor(run.means);
  const expectedOfTarget = { spendUsd: 0, failureUsd: 0, fail: 0 };
  let inverse = 0;
  const choices = planIndexes(view.eligible);
  const made = run.chosen.reduce((sum, n) => sum + n, 0);
  for (const k of choices) {
    const share = shares[k] as number;
    run.targetShare[k] = (run.targetShare[k] as number) + share;
    if (share <= 0) continue;
    const expected = past(k);
    expectedOfTarget.spendUsd += share * expected.spendUsd;
    expectedOfTarget.failureUsd += share * expected.failureUsd;
    expectedOfTarget.fail += share * expected.fail;
    inverse += share ** 2 / propensityOf(k, { at, decision, choices, chosen: run.chosen, made });
  }
  run.loggedShare[at] = (run.loggedShare[at] as number) + 1;
  run.chosen[at] = (run.chosen[at] as number) + 1;
  return {
    at,
    target: shares[at] as number,
    expectedOfChosen: past(at),
    expectedOfTarget,
    weight: inverse > 0 ? 1 / Math.sqrt(inverse) : 1,
  };
}

/**
 * How likely the log's policy was to choose plan k. Exact with one or two plans, where it does not tell what was chosen;
 * with more only the chosen plan's is logged, and to use it would make the weight depend on the choice: then the past's
 * frequency stands in. The weights affect only the width of the interval, never whether it is centred.
 */
function propensityOf(
  k: number,
  {
    at,
    decision,
    choices,
    chosen,
    made,
  }: {
    at: number;
    decision: DecidedRecord['decision'];
    choices: readonly number[];
    chosen: readonly number[];
    made: number;
  },
): number {
  if (choices.length <= 2) {
    const other = Math.max(1e-9, 1 - decision.propensity);
    return k === at ? decision.propensity : other;
  }
  return ((chosen[k] as number) + 1) / (made + choices.length);
}

/** Takes note of an outcome that has come, or changed. */
export function note(
  run: LedgerRun,
  { before, after }: { readonly before: Intent; readonly after: Intent },
  failureCostUsd: number | undefined,
): void {
  if (before.outcome === after.outcome) return;
  const means = run.means[run.places.get(planKey(after.decided.decision.plan)) as number] as Means;
  for (const [intent, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    const result = settlementOf(intent, failureCostUsd);
    if (result === undefined) continue;
    means.n += sign;
    means.spendUsd += sign * result.spendUsd;
    means.failureUsd += sign * result.failureUsd;
    means.failures += sign * (result.failed ? 1 : 0);
  }
}

/** Takes in what came of a decision in the end. */
export function finish(
  run: LedgerRun,
  { intent, asked, question }: { intent: Intent; asked: Asked | undefined; question: Question },
): void {
  const result = settlementOf(intent, question.failureCostUsd);
  if (result === undefined) {
    run.withoutOutcome++;
    return;
  }
  if (asked === undefined) return;
  const { target, expectedOfChosen, expectedOfTarget, weight } = asked;
  const { propensity } = intent.decided.decision;
  run.log.push({ propensity, target, ...result, expectedOfChosen, expectedOfTarget, weight });
}

export function resultOf(run: LedgerRun): FeatureReplay {
  const { decisions, notEligible, withoutOutcome } = run;
  const kept = Math.max(1, decisions - notEligible);
  const shares = (counts: readonly number[]): Readonly<Record<PlanKey, number>> =>
    Object.fromEntries(run.plans.map((plan, k) => [planKey(plan), (counts[k] as number) / kept]));
  const reason = run.cannot ?? notEligibleRefusal(run);
  const estimate: OffPolicyEstimate =
    reason === undefined
      ? evaluateOffPolicy(run.log)
      : { kind: 'refused', reason, intents: run.log.length, effectiveIntents: 0, largestWeightFraction: 0 };
  return {
    estimate,
    withoutOutcome,
    notEligible,
    decisions,
    logged: shares(run.loggedShare),
    target: shares(run.targetShare),
  };
}
