/**
 * Runs a policy in a simulated world, with the policies, labelling and cells of a running router. Only the models, the clock
 * and the store are simulated.
 */
import { planRates } from '../../core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { toNanoUsd, toUsd } from '../../core/ledger/money.ts';
import { resolveOutcome } from '../../core/ledger/outcome.ts';
import type { Pacing } from '../../core/choice/pacing.ts';
import { affordablePlans, costMultiplier, pace, startPacing } from '../../core/choice/pacing.ts';
import { expectedRates } from '../../core/beliefs/posterior.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { Attempt, Decision, Evidence, PlanKey } from '../../core/ledger/vocabulary.ts';
import { PENDING, planKey } from '../../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import { followPlan } from '../common/answered-intent.ts';
import { checkPolicy } from '../common/replay-arguments.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { checkRun, checkStart } from './simulation-options.ts';
import type { Arrival, World } from './world.ts';
import { arrivalIn, checkWorld } from './world.ts';
import { allPlans } from '../../core/ledger/plan-set.ts';

/** Time between two intents: 4,000 of them, the half-life of evidence, take 28 days. */
export const STEP_MS = (28 * 86_400_000) / 4000;

/** Start of a simulation. Any full hour would do, because cells are hourly. */
export const START_MS = 1_700_000_400_000 - (1_700_000_400_000 % 3_600_000);

export interface SimulationResult {
  /** Σ expected cost per intent of the chosen plans minus that of the best plan at each step, USD. */
  readonly regretUsd: number;
  /** Σ expected cost per intent of the best plan at each step, USD. */
  readonly oracleUsd: number;
  /** Simulated spend and failures. */
  readonly spendUsd: number;
  readonly failures: number;
  /** Intents per plan. */
  readonly chosen: Readonly<Record<PlanKey, number>>;
}

/** A policy in a world, advanced one intent at a time. */
export interface Simulation {
  readonly learned: LearnedFeature;
  /** One step: apply due evidence, then decide, answer and label one intent. */
  step(): void;
  result(): SimulationResult;
}

/**
 * Runs a policy in a simulated world: what exploring costs, and what it saves.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 * @example
 * ```ts
 * simulate(world, thompson(), { intents: 10_000, seed: 1 }).regretUsd;
 * ```
 */
export function simulate(
  world: World,
  policy: Policy,
  options: SimulationOptions & { readonly intents: number },
): SimulationResult {
  checkRun(options, 'simulate');
  const { intents, ...rest } = options;
  const simulation = startSimulation(world, policy, rest);
  for (let step = 0; step < intents; step++) simulation.step();
  return simulation.result();
}

/** A simulation that the caller advances, one intent at a time. @throws RouterError `invalid-value` for wrong arguments */
export function startSimulation(world: World, policy: Policy, options: SimulationOptions): Simulation {
  checkWorld(world, 'world');
  checkPolicy(policy, 'policy');
  checkStart(options, 'startSimulation');
  const { stepMs = STEP_MS, objective = 'cost-per-intent' } = options;
  const random = seededRandom(options.seed);
  const streams = { world: random.fork('world'), policy: random.fork('policy'), evidence: random.fork('evidence') };
  const learned = createLearnedFeature({
    feature: FEATURE,
    plans: world.plans,
    priorCostUsd: world.priorCostUsd,
    axes: world.axes,
    ...(world.silenceSteps === undefined ? {} : { silenceWindowMs: world.silenceSteps * stepMs }),
  });
  const everyPlan = allPlans(world.plans.length);
  const view: { -readonly [Key in keyof FeatureView]: FeatureView[Key] } = {
    feature: FEATURE,
    plans: world.plans,
    eligible: everyPlan,
    failureCostUsd: world.failureCostUsd,
    objective,
    learned: learned.segment(''),
    nowMs: START_MS,
  };
  const indexes = new Map(world.plans.map((plan, k) => [plan, k]));
  const chosen = world.plans.map(() => 0);
  const judgeNanoUsd = toNanoUsd(world.judgeCostUsd);
  const due = new Map<number, { current: { intent: Intent }; evidence: Evidence }[]>();
  let pacing: Pacing | undefined = options.budget === undefined ? undefined : startPacing(options.budget);
  const totals = { regretUsd: 0, oracleUsd: 0, spendUsd: 0, failures: 0 };
  let step = 0;

  function learn(delta: readonly Cell[], { decided }: Intent): void {
    learned.apply(delta, decided.atMs);
    options.onDelta?.(delta);
  }

  function applyDueEvidence(): void {
    for (const { current, evidence } of due.get(step) ?? []) {
      const after = withEvidence(current.intent, evidence, view.nowMs);
      learn(contributionDelta(current.intent, after), after);
      current.intent = after;
    }
    due.delete(step);
  }

  function applyBudget(): void {
    if (pacing === undefined) return;
    view.costMultiplier = costMultiplier(pacing);
    view.eligible =
      pacing.spentUsd < pacing.budgetUsd
        ? everyPlan
        : affordablePlans(pacing, { costUsd: planCosts(view), eligible: everyPlan });
  }

  function record(intent: Intent, { success, lastModel }: { success: boolean; lastModel: string }): void {
    let now = intent;
    const current = { intent };
    for (const { afterSteps, evidence } of world.evidence?.(success, streams.evidence, lastModel) ?? [
      success ? SUCCESS : FAILURE,
    ]) {
      if (afterSteps === 0) now = withEvidence(now, evidence, view.nowMs);
      else push(due, step + afterSteps, { current, evidence });
    }
    current.intent = now;
    learn(contributionDelta(undefined, now), now);
  }

  return {
    learned,
    step() {
      view.nowMs = START_MS + step * stepMs;
      applyDueEvidence();
      applyBudget();
      const arrival = arrivalIn(world, step, streams.world);
      view.learned = learned.segment(arrival.segment);
      view.failureCostUsd = arrival.failureCostUsd;
      const decision = policy.decide(view, streams.policy);
      const ask = world.intent(step, streams.world, arrival);
      const { attempts, success, costNanoUsd } = followPlan(decision.plan, {
        ask: model => {
          const { costUsd, ...reply } = ask(model);
          return { ...reply, costNanoUsd: toNanoUsd(costUsd) };
        },
        nowMs: view.nowMs,
        judgeNanoUsd,
      });
      record(newIntent({ decision, attempts, nowMs: view.nowMs, arrival }), {
        success,
        lastModel: attempts.at(-1)?.model ?? '',
      });
      const costUsd = toUsd(costNanoUsd);
      if (pacing !== undefined) pacing = pace(pacing, costUsd);
      totals.spendUsd += costUsd;
      if (!success) totals.failures++;

      const k = indexes.get(decision.plan) as number;
      chosen[k] = (chosen[k] as number) + 1;
      let best = Number.POSITIVE_INFINITY;
      let mine = 0;
      world.truth(step, arrival).forEach((plan, j) => {
        const score = plan.costUsd + arrival.failureCostUsd * plan.fail;
        if (score < best) best = score;
        if (j === k) mine = score;
      });
      totals.oracleUsd += best;
      totals.regretUsd += mine - best;
      step++;
    },
    result: () => ({
      ...totals,
      chosen: Object.fromEntries(world.plans.map((plan, k) => [planKey(plan), chosen[k] as number])),
    }),
  };
}

const FEATURE = 'simulated';
const NO_VERSIONS = Object.freeze({});
const SUCCESS = Object.freeze({ afterSteps: 0, evidence: Object.freeze({ source: 'explicit', success: true }) });
const FAILURE = Object.freeze({ afterSteps: 0, evidence: Object.freeze({ source: 'explicit', success: false }) });

function planCosts({ learned, nowMs }: FeatureView): readonly number[] {
  const { graph, nodes } = learned.posterior(nowMs);
  const expected = nodes.map(expectedRates);
  return graph.plans.map((_, k) => planRates(graph, k, expected).costUsd);
}

function newIntent(parts: {
  decision: Decision;
  attempts: readonly Attempt[];
  nowMs: number;
  arrival: Arrival;
}): Intent {
  return {
    id: FEATURE,
    decided: {
      kind: 'decided',
      intentId: FEATURE,
      revision: 0,
      feature: FEATURE,
      atMs: parts.nowMs,
      segment: parts.arrival.segment,
      decision: parts.decision,
      failureCostNanoUsd: toNanoUsd(parts.arrival.failureCostUsd),
      versions: NO_VERSIONS,
    },
    attempts: parts.attempts,
    evidence: [],
    outcome: PENDING,
    revision: 1,
  };
}

function withEvidence(intent: Intent, added: Evidence, atMs: number): Intent {
  const evidence = [...intent.evidence, added];
  const outcome = resolveOutcome(evidence);
  const isSame = outcome.state === intent.outcome.state;
  return {
    ...intent,
    evidence,
    outcome,
    outcomeAtMs: isSame ? (intent.outcomeAtMs ?? atMs) : atMs,
    revision: intent.revision + 1,
  };
}

function push<T>(queues: Map<number, T[]>, step: number, item: T): void {
  const queue = queues.get(step);
  if (queue === undefined) queues.set(step, [item]);
  else queue.push(item);
}
