/** One run: a policy over one order of a table's intents, deciding, labelling and learning as a running router does. */
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { NUMBER_MODEL } from '../../core/beliefs/number-model.ts';
import { NANO_PER_USD, toNanoUsd } from '../../core/ledger/money.ts';
import { allPlans, NO_PLANS, planIndexes } from '../../core/ledger/plan-set.ts';
import { seededRandom } from '../../core/math/random.ts';
import { nodeContribution } from '../../core/cells/contribution.ts';
import type { Plan } from '../../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import type { ModelReply, PlanResult } from '../common/answered-intent.ts';
import { followPlan, labelledIntent, SIMULATION_START_MS } from '../common/answered-intent.ts';
import { priorPooling } from '../common/prior-pooling.ts';
import { answerOf } from './outcome-table.ts';
import type { PlanTally } from './plan-tally.ts';
import { addToTally, emptyTally } from './plan-tally.ts';
import type { TableSetting } from './table-setting.ts';
import { eligibleOf } from './table-setting.ts';

export interface TableRun {
  /** By feature, in the order of the table, then by plan, in the order of the setting. */
  readonly tallies: readonly (readonly PlanTally[])[];
  readonly checkpoints: readonly Checkpoint[];
}

/** The run after a number of intents. */
export interface Checkpoint {
  readonly intents: number;
  /** Spend + failure cost of the chosen plans, USD. */
  readonly totalUsd: number;
  /** Intents by plan. */
  readonly chosen: readonly number[];
}

/** Points of a curve by default. */
export const DEFAULT_CHECKPOINTS = 100;

const NO_VERSIONS = Object.freeze({});

interface FeatureRun {
  readonly learned: LearnedFeature;
  readonly view: { -readonly [Key in keyof FeatureView]: FeatureView[Key] };
  readonly tallies: readonly PlanTally[];
}

export function runTable(
  setting: TableSetting,
  policy: Policy,
  options: {
    readonly order: Uint32Array;
    readonly seed: string;
    readonly checkpoints?: number;
    /** Intents whose answers are all learned before the first decision. */
    readonly warmUp?: Uint32Array;
    readonly onIntent?: () => void;
  },
): TableRun {
  const { table, plans, verdict } = setting;
  const random = seededRandom(options.seed);
  const streams = { policy: random.fork('policy'), world: random.fork('world') };
  const everyPlan = allPlans(plans.length);
  const planIndex = new Map(plans.map((plan, k) => [plan, k]));
  const failureCostNanoUsd = toNanoUsd(setting.failureCostUsd);
  const judgeNanoUsd = toNanoUsd(verdict?.costUsd ?? 0);
  const features: readonly FeatureRun[] = table.features.map(feature => {
    const learned = createLearnedFeature({
      feature,
      plans,
      priorCostUsd: setting.priorCostUsd,
      priorSuccess: setting.prior?.prior ?? {},
      expected: setting.prior?.evidence?.expected,
      numbers: NUMBER_MODEL,
    });
    const view = {
      feature,
      plans,
      eligible: everyPlan,
      failureCostUsd: setting.failureCostUsd,
      objective: setting.objective,
      learned: learned.segment(''),
      nowMs: SIMULATION_START_MS,
    };
    return { learned, view, tallies: plans.map(emptyTally) };
  });
  const pooling = setting.poolPriors
    ? priorPooling(new Map(table.features.map((name, f) => [name, (features[f] as FeatureRun).learned])))
    : undefined;

  let intent = 0;
  /** P(success) of the last answer. */
  let successProbability = 0;
  function ask(model: string): ModelReply {
    const answer = answerOf(table, intent, setting.modelIndexes.get(model) as number);
    successProbability = table.success[answer] as number;
    const success = successProbability === 1 || (successProbability > 0 && streams.world.next() < successProbability);
    const accepted =
      verdict === undefined || streams.world.next() < (success ? verdict.specificity : 1 - verdict.sensitivity);
    return { costNanoUsd: table.costNanoUsd[answer] as number, success, accepted };
  }

  function learn(
    run: FeatureRun,
    plan: Plan,
    { nowMs, propensity }: { nowMs: number; propensity: number },
  ): PlanResult {
    const result = followPlan(plan, { ask, nowMs, judgeNanoUsd });
    const labelled = labelledIntent({
      id: 'replayed',
      feature: run.view.feature,
      segment: setting.segments?.[intent] ?? '',
      decision: { plan, propensity, eligible: [], policy: policy.name, reason: 'replay' },
      result,
      atMs: nowMs,
      failureCostNanoUsd,
      versions: NO_VERSIONS,
    });
    const delta = nodeContribution(labelled);
    run.learned.apply(delta, nowMs);
    pooling?.add(delta);
    return result;
  }

  for (const warm of options.warmUp ?? []) {
    intent = warm;
    const run = features[table.feature[intent] as number] as FeatureRun;
    for (const k of planIndexes(eligibleOf(setting, intent))) {
      learn(run, plans[k] as Plan, { nowMs: SIMULATION_START_MS, propensity: 1 });
    }
  }

  const checkpoints: Checkpoint[] = [];
  const every = Math.max(1, Math.ceil(options.order.length / (options.checkpoints ?? DEFAULT_CHECKPOINTS)));
  const chosen = plans.map(() => 0);
  let totalUsd = 0;
  for (let step = 0; step < options.order.length; step++) {
    intent = options.order[step] as number;
    const run = features[table.feature[intent] as number] as FeatureRun;
    const { view } = run;
    const atMs = table.atMs[intent] as number;
    view.nowMs = Number.isNaN(atMs) ? SIMULATION_START_MS + step * setting.stepMs : atMs;
    view.eligible = eligibleOf(setting, intent);
    if (setting.segments !== undefined) view.learned = run.learned.segment(setting.segments[intent] ?? '');
    if (view.eligible !== NO_PLANS) {
      const { plan, propensity } = policy.decide(view, streams.policy);
      const k = planIndex.get(plan) as number;
      const { costNanoUsd } = learn(run, plan, { nowMs: view.nowMs, propensity });
      const spendUsd = costNanoUsd / NANO_PER_USD;
      addToTally(run.tallies[k] as PlanTally, spendUsd, successProbability);
      totalUsd += spendUsd + setting.failureCostUsd * (1 - successProbability);
      chosen[k] = (chosen[k] as number) + 1;
    }
    options.onIntent?.();
    if ((step + 1) % every === 0 || step === options.order.length - 1) {
      checkpoints.push({ intents: step + 1, totalUsd, chosen: [...chosen] });
    }
  }
  return { tallies: features.map(run => run.tallies), checkpoints };
}
