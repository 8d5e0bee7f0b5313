/**
 * Runs a policy through a world, with the code that runs live: the same policies, the same settling, the same cells.
 * Only the models, the clock and the store are made up.
 */
import type { LearnedFeature } from '../core/learned-feature.ts';
import { createLearnedFeature } from '../core/learned-feature.ts';
import type { Intent } from '../core/ledger.ts';
import { toNanoUsd } from '../core/money.ts';
import type { SeededRandom } from '../core/random.ts';
import { seededRandom } from '../core/random.ts';
import { settle } from '../core/settle.ts';
import type { Attempt, Evidence, PlanKey } from '../core/vocabulary.ts';
import { nodeOf, PENDING, planKey } from '../core/vocabulary.ts';
import type { FeatureView, Objective, Policy } from '../policies/policy.ts';
import type { Reply, World } from './world.ts';

/** Time between two intents such that 4,000 of them, the half-life of evidence, are 28 days. */
export const STEP_MS = (28 * 86_400_000) / 4000;

/** Any moment will do; this one is on an hour. */
const START_MS = 1_700_000_400_000 - (1_700_000_400_000 % 3_600_000);

export interface SimulateOptions {
  readonly intents: number;
  readonly seed: string | number;
  readonly objective?: Objective;
  /** Milliseconds between intents; default {@link STEP_MS}. */
  readonly stepMs?: number;
  /** Called after every intent, with what has been learnt so far. */
  readonly onStep?: (step: number, learned: LearnedFeature) => void;
  /** Instead of a feature made from the world's plans and prior costs. */
  readonly learned?: LearnedFeature;
}

export interface SimulationResult {
  /** Σ expected cost per intent of the plans chosen, less that of the best plan at every step. USD. */
  readonly regretUsd: number;
  /** Σ expected cost per intent of the best plan at every step. USD. */
  readonly oracleUsd: number;
  /** What was drawn: spend, and failures. */
  readonly spendUsd: number;
  readonly failures: number;
  /** Intents per plan. */
  readonly chosen: Readonly<Record<PlanKey, number>>;
}

/**
 * @example
 * ```ts
 * simulate(world, thompson(), { intents: 10_000, seed: 1 }).regretUsd;
 * ```
 */
export function simulate(world: World, policy: Policy, options: SimulateOptions): SimulationResult {
  const { intents, stepMs = STEP_MS, objective = 'cost-per-intent' } = options;
  const random = seededRandom(options.seed);
  const streams = { world: random.fork('world'), policy: random.fork('policy'), labels: random.fork('labels') };
  const feature = 'simulated';
  const learned =
    options.learned ?? createLearnedFeature({ feature, plans: world.plans, priorCostUsd: world.priorCostUsd });
  const due = new Map<number, { intent: Intent; success: boolean }[]>();
  const indexes = new Map(world.plans.map((plan, k) => [plan, k]));
  const chosen = world.plans.map(() => 0);
  const failureCostNanoUsd = toNanoUsd(world.failureCostUsd);
  const view = {
    feature,
    plans: world.plans,
    eligible: 2 ** world.plans.length - 1,
    failureCostUsd: world.failureCostUsd,
    objective,
    learned: learned.segment(''),
    nowMs: START_MS,
  } satisfies FeatureView;
  let regretUsd = 0;
  let oracleUsd = 0;
  let spendUsd = 0;
  let failures = 0;

  for (let step = 0; step < intents; step++) {
    const nowMs = START_MS + step * stepMs;
    view.nowMs = nowMs;
    for (const { intent, success } of due.get(step) ?? []) {
      learned.apply(settle(intent, labelled(intent, success, nowMs)));
    }
    due.delete(step);

    const decision = policy.decide(view, streams.policy);
    const k = indexes.get(decision.plan) as number;
    chosen[k] = (chosen[k] as number) + 1;
    const { attempts, last } = follow(decision.plan, { ask: world.intent(step, streams.world), world, nowMs });
    const intent: Intent = {
      id: 'simulated',
      decided: {
        kind: 'decided',
        intentId: 'simulated',
        revision: 0,
        feature,
        atMs: nowMs,
        segment: '',
        decision,
        failureCostNanoUsd,
        versions: NO_VERSIONS,
      },
      attempts,
      evidence: [],
      outcome: PENDING,
      revision: 1,
    };
    const delay = labelDelay(world, streams.labels);
    if (delay === 0) learned.apply(settle(undefined, labelled(intent, last.success, nowMs)));
    else {
      learned.apply(settle(undefined, intent));
      if (Number.isFinite(delay)) push(due, step + delay, { intent, success: last.success });
    }

    for (const attempt of attempts) spendUsd += attempt.costNanoUsd / 1e9;
    if (!last.success) failures++;
    const scores = world.truth(step).map(plan => plan.costUsd + world.failureCostUsd * plan.fail);
    const best = Math.min(...scores);
    oracleUsd += best;
    regretUsd += (scores[k] as number) - best;
    options.onStep?.(step, learned);
  }
  return {
    regretUsd,
    oracleUsd,
    spendUsd,
    failures,
    chosen: Object.fromEntries(world.plans.map((plan, k) => [planKey(plan), chosen[k] as number])),
  };
}

/** Steps until the outcome is known: 0 at once, ∞ never. */
function labelDelay(world: World, random: SeededRandom): number {
  if (world.labelledShare !== undefined && random.next() >= world.labelledShare) return Number.POSITIVE_INFINITY;
  return world.delaySteps === undefined ? 0 : Math.floor(world.delaySteps(random));
}

/** Asks the plan's models in order until one is accepted. */
function follow(
  plan: readonly string[],
  { ask, world, nowMs }: { ask: (model: string) => Reply; world: World; nowMs: number },
): { attempts: readonly Attempt[]; last: Reply } {
  const attempts: Attempt[] = [];
  let last: Reply | undefined;
  for (let position = 0; position < plan.length; position++) {
    const model = plan[position] as string;
    const node = nodeOf(plan, position);
    last = ask(model);
    const part = { requestId: '1', turn: 1, model, node, providerModel: model, startedAtMs: nowMs, latencyMs: 0 };
    attempts.push({
      ...part,
      kind: position === 0 ? 'first' : 'escalation',
      status: 'ok',
      usage: NO_USAGE,
      costNanoUsd: toNanoUsd(last.costUsd),
      provenance: 'reported',
      ...(last.accepted ? {} : { verdict: REJECTED }),
    });
    if (world.judgeCostUsd > 0) {
      const costNanoUsd = toNanoUsd(world.judgeCostUsd);
      attempts.push({ ...part, kind: 'judge', status: 'ok', usage: NO_USAGE, costNanoUsd, provenance: 'reported' });
    }
    if (last.accepted) break;
  }
  return { attempts, last: last as Reply };
}

const NO_VERSIONS = Object.freeze({});
const NO_USAGE = Object.freeze({});
const REJECTED = Object.freeze({ accepted: false, by: 'simulated' });
const SUCCEEDED: readonly Evidence[] = Object.freeze([{ source: 'explicit', success: true }]);
const FAILED: readonly Evidence[] = Object.freeze([{ source: 'explicit', success: false }]);

function labelled(intent: Intent, success: boolean, atMs: number): Intent {
  return {
    ...intent,
    evidence: success ? SUCCEEDED : FAILED,
    outcome: { state: success ? 'success' : 'failure', source: 'explicit', escalated: false },
    outcomeAtMs: atMs,
    revision: 2,
  };
}

function push<T>(queues: Map<number, T[]>, at: number, item: T): void {
  const queue = queues.get(at);
  if (queue === undefined) queues.set(at, [item]);
  else queue.push(item);
}
