/**
 * Replays one's own ledger: what another policy would have cost on the intents that were logged, and how sure that is.
 * At every logged decision the other policy is asked what it would have done, knowing what the ledger knew by then.
 * Where that was not eligible the log holds no such choice: those decisions are left out and counted.
 */
import type { LearnedFeature } from '../core/learned-feature.ts';
import { createLearnedFeature } from '../core/learned-feature.ts';
import type { DecidedRecord, Intent, LedgerRecord } from '../core/ledger.ts';
import { appendRecord } from '../core/ledger.ts';
import { NANO_PER_USD } from '../core/money.ts';
import { notEligibleRefusal } from '../core/not-eligible.ts';
import { seededRandom } from '../core/random.ts';
import { settle } from '../core/settle.ts';
import type { Plan, PlanKey } from '../core/vocabulary.ts';
import { planKey } from '../core/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { FeatureView, Objective, Policy } from '../policies/policy.ts';
import type { Expected, LoggedDecision, OffPolicyEstimate } from './off-policy.ts';
import { evaluateOffPolicy } from './off-policy.ts';
import { priorSharing } from './prior-sharing.ts';

/** What is read: every store is one. */
export interface ReplayedLedger {
  scan(range?: {
    readonly feature?: string;
    readonly fromMs?: number;
    readonly toMs?: number;
  }): AsyncIterable<LedgerRecord>;
}

export interface ReplayLedgerOptions {
  readonly feature?: string;
  /** Decisions at or after, and before, milliseconds since the epoch. Outcomes that came later count. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly objective?: Objective;
  /** Instead of the failure cost that each intent was decided with, USD. */
  readonly failureCostUsd?: number;
  readonly seed?: string | number;
  /** Called now and then with the records read so far. */
  readonly progress?: (records: number) => void;
}

export interface LedgerReplay {
  readonly policy: string;
  readonly features: Readonly<Record<string, FeatureReplay>>;
  /** Of all features with an estimate: total cost, and what the other policy would have saved, USD, with intervals. */
  readonly total: { readonly intents: number; readonly savedUsd: Interval } | undefined;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

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

const PROGRESS_EVERY = 5_000;

/**
 * @throws RouterError `invalid-value` for a policy that cannot say what it would do (no `allocation`, and a draw)
 * @example
 * ```ts
 * const replay = await replayLedger(sqlite('router.db'), fixed('premium'));
 * const found = replay.features['support.reply']?.estimate;
 * console.log(found?.kind === 'estimate' ? found.savedPerIntentUsd : found?.reason);
 * ```
 */
export async function replayLedger(
  store: ReplayedLedger,
  policy: Policy,
  options: ReplayLedgerOptions = {},
): Promise<LedgerReplay> {
  const { feature, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const range = feature === undefined ? {} : { feature };
  let records = 0;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) options.progress?.(records);
  };

  const seen = new Map<string, PlansSeen>();
  for await (const record of store.scan(range)) {
    count();
    see(seen, record);
  }
  const features = new Map([...seen].map(([name, plans]) => [name, startFeature(name, plans)]));
  const sharing =
    features.size > 1 ? priorSharing(new Map([...features].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(options.seed ?? 1).fork('policy');
  const open = new Map<string, { intent: Intent; readonly isWanted: boolean; readonly asked: Asked | undefined }>();
  for await (const record of store.scan(range)) {
    count();
    const run = features.get(record.feature) as FeatureRun;
    const known = open.get(record.intentId);
    if (known === undefined) {
      if (record.kind !== 'decided') continue;
      const isWanted = record.atMs >= fromMs && record.atMs < toMs;
      const asked = isWanted ? ask(run, record, { policy, options, random }) : undefined;
      open.set(record.intentId, { intent: appendRecord(undefined, record), isWanted, asked });
      continue;
    }
    const after = appendRecord(known.intent, record);
    const delta = settle(known.intent, after);
    run.learned.apply(delta);
    sharing?.add(delta);
    note(run, { before: known.intent, after }, options.failureCostUsd);
    known.intent = after;
  }
  for (const { intent, isWanted, asked } of open.values()) {
    const run = features.get(intent.decided.feature) as FeatureRun;
    if (isWanted) finish(run, { intent, asked, options });
  }
  const replayed = Object.fromEntries([...features].map(([name, run]) => [name, resultOf(run)]));
  return { policy: policy.name, features: replayed, total: totalOf(Object.values(replayed)) };
}

interface PlansSeen {
  /** Plans by key, with the spend of their intents: their order is by cost, as far as the log knows. */
  readonly plans: Map<PlanKey, { readonly plan: Plan; n: number; costNanoUsd: number }>;
  readonly ofIntent: Map<string, PlanKey>;
}

function see(seen: Map<string, PlansSeen>, record: LedgerRecord): void {
  let feature = seen.get(record.feature);
  if (feature === undefined) seen.set(record.feature, (feature = { plans: new Map(), ofIntent: new Map() }));
  if (record.kind === 'decided') {
    const chosen = planKey(record.decision.plan);
    for (const key of [chosen, ...record.decision.eligible]) {
      if (!feature.plans.has(key)) feature.plans.set(key, { plan: key.split('>'), n: 0, costNanoUsd: 0 });
    }
    feature.ofIntent.set(record.intentId, chosen);
    const plan = feature.plans.get(chosen);
    if (plan !== undefined) plan.n++;
  } else if (record.kind === 'attempted') {
    const plan = feature.plans.get(feature.ofIntent.get(record.intentId) ?? '');
    if (plan !== undefined) plan.costNanoUsd += record.attempt.costNanoUsd;
  }
}

/** Sums of the outcomes so far, of one plan. */
interface Means {
  n: number;
  spendUsd: number;
  failureUsd: number;
  failures: number;
}

interface FeatureRun {
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

function startFeature(name: string, { plans }: PlansSeen): FeatureRun {
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
    cannot: undefined,
  };
}

/** What was known, and what the other policy would have done, at one logged decision. */
interface Asked {
  readonly at: number;
  readonly target: number;
  readonly expectedOfChosen: Expected;
  readonly expectedOfTarget: Expected;
  readonly weight: number;
}

/** `undefined`: left out. */
function ask(
  run: FeatureRun,
  record: DecidedRecord,
  { policy, options, random }: { policy: Policy; options: ReplayLedgerOptions; random: { next(): number } },
): Asked | undefined {
  if (run.cannot !== undefined) return undefined;
  const { decision, segment, atMs, failureCostNanoUsd } = record;
  const at = run.places.get(planKey(decision.plan)) as number;
  const view: FeatureView = {
    feature: run.name,
    plans: run.plans,
    eligible: maskOf(
      decision.eligible.length === 0 ? [at] : decision.eligible.map(key => run.places.get(key) as number),
    ),
    failureCostUsd: options.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
    objective: options.objective ?? 'cost-per-intent',
    learned: run.learned.segment(segment),
    nowMs: atMs,
  };
  const shares = possibleShares(policy, view, random);
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
  const open = run.plans.map((_, k) => k).filter(k => ((view.eligible >>> k) & 1) === 1);
  const made = run.chosen.reduce((sum, n) => sum + n, 0);
  for (const k of open) {
    const share = shares[k] as number;
    run.targetShare[k] = (run.targetShare[k] as number) + share;
    if (share <= 0) continue;
    const expected = past(k);
    expectedOfTarget.spendUsd += share * expected.spendUsd;
    expectedOfTarget.failureUsd += share * expected.failureUsd;
    expectedOfTarget.fail += share * expected.fail;
    inverse += share ** 2 / propensityOf(k, { at, decision, open, chosen: run.chosen, made });
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
    open,
    chosen,
    made,
  }: {
    at: number;
    decision: DecidedRecord['decision'];
    open: readonly number[];
    chosen: readonly number[];
    made: number;
  },
): number {
  if (open.length <= 2) {
    const other = Math.max(1e-9, 1 - decision.propensity);
    return k === at ? decision.propensity : other;
  }
  return ((chosen[k] as number) + 1) / (made + open.length);
}

function maskOf(places: readonly number[]): number {
  return places.reduce((mask, k) => mask | (1 << k), 0);
}

/** A policy that explores gives every plan a little: only what it would choose more often than this must be eligible. */
const MOST_SHARE_NOT_ELIGIBLE = 0.05;

/**
 * The other policy's shares, of the eligible plans. `undefined` where what it would choose of all plans was not eligible:
 * what it falls back on there is not what is asked about, and the log has nothing else.
 */
function possibleShares(
  policy: Policy,
  view: FeatureView,
  random: { next(): number },
): ArrayLike<number> | string | undefined {
  const every = maskOf(view.plans.map((_, k) => k));
  if (view.eligible !== every) {
    const wanted = sharesOf(policy, { ...view, eligible: every }, random);
    if (typeof wanted === 'string') return wanted;
    const lost = Array.from(wanted).reduce((sum, share, k) => sum + (((view.eligible >>> k) & 1) === 1 ? 0 : share), 0);
    if (lost > MOST_SHARE_NOT_ELIGIBLE) return undefined;
  }
  return sharesOf(policy, view, random);
}

function sharesOf(policy: Policy, view: FeatureView, random: { next(): number }): ArrayLike<number> | string {
  let chosen: ReturnType<Policy['decide']>;
  try {
    // Also where the shares are asked for below: deciding is what keeps a policy's table up to date.
    chosen = policy.decide(view, random);
  } catch (error) {
    if (RouterError.isInstance(error) && error.code === 'invalid-config') {
      return 'the log has no plan that the other policy asks for';
    }
    throw error;
  }
  if (policy.allocation !== undefined) return policy.allocation(view, random).shares;
  if (chosen.propensity === 1) return view.plans.map(plan => (planKey(plan) === planKey(chosen.plan) ? 1 : 0));
  throw new RouterError('invalid-value', `the policy "${policy.name}" cannot say what it would do`, {
    path: 'policy',
    accepted: 'a policy with `allocation`, or one that always decides with probability 1',
  });
}

/** Means of the past, a little drawn to those of all plans. */
function predictor(means: readonly Means[]): (plan: number) => Expected {
  const all = means.reduce(
    (sum, each) => ({
      n: sum.n + each.n,
      spendUsd: sum.spendUsd + each.spendUsd,
      failureUsd: sum.failureUsd + each.failureUsd,
      failures: sum.failures + each.failures,
    }),
    { n: 0, spendUsd: 0, failureUsd: 0, failures: 0 },
  );
  const share = (x: number): number => (all.n > 0 ? x / all.n : 0);
  return plan => {
    const { n, spendUsd, failureUsd, failures } = means[plan] as Means;
    return {
      spendUsd: (spendUsd + share(all.spendUsd)) / (n + 1),
      failureUsd: (failureUsd + share(all.failureUsd)) / (n + 1),
      fail: (failures + share(all.failures)) / (n + 1),
    };
  };
}

/** Takes note of an outcome that has come, or changed. */
function note(
  run: FeatureRun,
  { before, after }: { readonly before: Intent; readonly after: Intent },
  failureCostUsd: number | undefined,
): void {
  if (before.outcome === after.outcome) return;
  const means = run.means[run.places.get(planKey(after.decided.decision.plan)) as number] as Means;
  for (const [intent, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    const result = costsOf(intent, failureCostUsd);
    if (result === undefined) continue;
    means.n += sign;
    means.spendUsd += sign * result.spendUsd;
    means.failureUsd += sign * result.failureUsd;
    means.failures += sign * (result.failed ? 1 : 0);
  }
}

function costsOf(
  { attempts, outcome, decided }: Intent,
  failureCostUsd: number | undefined,
): { spendUsd: number; failureUsd: number; failed: boolean } | undefined {
  if (outcome.state !== 'success' && outcome.state !== 'failure') return undefined;
  const failed = outcome.state === 'failure';
  const ofFailure = failureCostUsd ?? (outcome.costNanoUsd ?? decided.failureCostNanoUsd) / NANO_PER_USD;
  return {
    spendUsd: attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0) / NANO_PER_USD,
    failureUsd: failed ? ofFailure : 0,
    failed,
  };
}

function finish(
  run: FeatureRun,
  { intent, asked, options }: { intent: Intent; asked: Asked | undefined; options: ReplayLedgerOptions },
): void {
  const result = costsOf(intent, options.failureCostUsd);
  if (result === undefined) {
    run.withoutOutcome++;
    return;
  }
  if (asked === undefined) return;
  const { target, expectedOfChosen, expectedOfTarget, weight } = asked;
  const { propensity } = intent.decided.decision;
  run.log.push({ propensity, target, ...result, expectedOfChosen, expectedOfTarget, weight });
}

function resultOf(run: FeatureRun): FeatureReplay {
  const { decisions, notEligible, withoutOutcome } = run;
  const kept = Math.max(1, decisions - notEligible);
  const shares = (counts: readonly number[]): Readonly<Record<PlanKey, number>> =>
    Object.fromEntries(run.plans.map((plan, k) => [planKey(plan), (counts[k] as number) / kept]));
  const reason = run.cannot ?? notEligibleRefusal(run);
  const estimate: OffPolicyEstimate =
    reason === undefined
      ? evaluateOffPolicy(run.log)
      : { kind: 'refused', reason, intents: run.log.length, effectiveIntents: 0, largestWeightShare: 0 };
  return {
    estimate,
    withoutOutcome,
    notEligible,
    decisions,
    logged: shares(run.loggedShare),
    target: shares(run.targetShare),
  };
}

/** Sums over features, which are independent of each other. */
function totalOf(features: readonly FeatureReplay[]): LedgerReplay['total'] {
  let intents = 0;
  let value = 0;
  let variance = 0;
  for (const { estimate } of features) {
    if (estimate.kind === 'refused') continue;
    const { savedPerIntentUsd: saved } = estimate;
    intents += estimate.intents;
    value += estimate.intents * saved.value;
    variance += (estimate.intents * (saved.high - saved.value)) ** 2;
  }
  if (intents === 0) return undefined;
  const half = Math.sqrt(variance);
  return { intents, savedUsd: { value, low: value - half, high: value + half } };
}
