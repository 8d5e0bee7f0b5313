/** One policy over one order of a table's intents: the same deciding, settling and learning as live. */
import { enumeratePlans } from '../../core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import { NANO_PER_USD, toNanoUsd } from '../../core/ledger/money.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Plan } from '../../core/ledger/vocabulary.ts';
import type { FeatureView, Objective, Policy } from '../../contracts/policy.ts';
import type { ModelReply } from '../common/answered-intent.ts';
import { followPlan, labelledIntent } from '../common/answered-intent.ts';
import type { OutcomeTable } from './outcome-table.ts';
import { answerOf } from './outcome-table.ts';
import { priorPooling } from '../common/prior-pooling.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { allPlans, NO_PLANS, planIndexes, plansWhere } from '../../core/ledger/plan-set.ts';

/** A verdict that is made up from the outcomes, so that plans can climb. */
export interface ReplayVerdict {
  /** P(rejected | failed) and P(accepted | succeeded). */
  readonly sensitivity: number;
  readonly specificity: number;
  /** USD per reply that is judged. */
  readonly costUsd?: number;
}

/** What a run and the reference plans it is compared with have in common. */
export interface TableSetting {
  readonly table: OutcomeTable;
  /** Model names, cheapest first, and their places in the table. */
  readonly candidates: readonly string[];
  readonly plans: readonly Plan[];
  readonly failureCostUsd: number;
  readonly objective: Objective;
  readonly priorCostUsd: Readonly<Record<string, number>>;
  readonly stepMs: number;
  readonly verdict?: ReplayVerdict;
  readonly poolPriors: boolean;
  /** The segment of every intent, by index; one segment for all where absent. */
  readonly segments?: readonly string[];
}

export interface PlanTally {
  intents: number;
  spendUsd: number;
  /** Σ P(success): equal to the number of successes where every success is 0 or 1. */
  successes: number;
  /** Of the spend of one intent: Σ², Σ³, and Σ spend × P(failure). */
  spend2: number;
  spend3: number;
  spendOfFailures: number;
}

export interface TableRun {
  /** By feature, then by plan, in the orders of the table and the setting. */
  readonly tallies: readonly (readonly PlanTally[])[];
  readonly checkpoints: readonly Checkpoint[];
}

/** The run so far, after so many intents. */
export interface Checkpoint {
  readonly intents: number;
  /** Spend and failure cost of what was chosen, and of each plan had it been chosen always. USD. */
  readonly totalUsd: number;
  readonly chosen: readonly number[];
}

/** Any moment will do; this one is on an hour. */
const START_MS = 1_700_002_800_000;
const NO_VERSIONS = Object.freeze({});

export function planSetting(candidates: readonly string[], verdict: ReplayVerdict | undefined): readonly Plan[] {
  return enumeratePlans(candidates, verdict !== undefined);
}

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
    /** Intents that everybody learns from, every answer of theirs, before the first decision. */
    readonly warmUp?: Uint32Array;
    readonly onIntent?: () => void;
  },
): TableRun {
  const { table, plans, verdict } = setting;
  const random = seededRandom(options.seed);
  const streams = { policy: random.fork('policy'), world: random.fork('world') };
  const modelIndex = new Map(setting.candidates.map(name => [name, table.models.indexOf(name)]));
  const everyPlan = allPlans(plans.length);
  const planAt = new Map(plans.map((plan, k) => [plan, k]));
  const failureCostNanoUsd = toNanoUsd(setting.failureCostUsd);
  const judgeNanoUsd = toNanoUsd(verdict?.costUsd ?? 0);
  const features: readonly FeatureRun[] = table.features.map(feature => {
    const learned = createLearnedFeature({ feature, plans, priorCostUsd: setting.priorCostUsd });
    const view = {
      feature,
      plans,
      eligible: everyPlan,
      failureCostUsd: setting.failureCostUsd,
      objective: setting.objective,
      learned: learned.segment(''),
      nowMs: START_MS,
    };
    return { learned, view, tallies: plans.map(emptyTally) };
  });
  const sharing = setting.poolPriors
    ? priorPooling(new Map(table.features.map((name, f) => [name, (features[f] as FeatureRun).learned])))
    : undefined;

  let intent = 0;
  let expected = 0;
  function ask(model: string): ModelReply {
    const answer = answerOf(table, intent, modelIndex.get(model) as number);
    expected = table.success[answer] as number;
    const success = expected === 1 || (expected > 0 && streams.world.next() < expected);
    const accepted =
      verdict === undefined || streams.world.next() < (success ? verdict.specificity : 1 - verdict.sensitivity);
    return { costNanoUsd: table.costNanoUsd[answer] as number, success, accepted };
  }

  function learn(run: FeatureRun, plan: Plan, { nowMs, propensity }: { nowMs: number; propensity: number }) {
    const answered = followPlan(plan, { ask, nowMs, judgeNanoUsd });
    const settled = labelledIntent({
      id: 'replayed',
      feature: run.view.feature,
      segment: setting.segments?.[intent] ?? '',
      decision: { plan, propensity, eligible: [], policy: policy.name, reason: 'replay' },
      result: answered,
      atMs: nowMs,
      failureCostNanoUsd,
      versions: NO_VERSIONS,
    });
    const delta = contributionDelta(undefined, settled);
    run.learned.apply(delta);
    sharing?.add(delta);
    return answered;
  }

  for (const warm of options.warmUp ?? []) {
    intent = warm;
    const run = features[table.feature[intent] as number] as FeatureRun;
    for (const k of planIndexes(eligibleOf(setting, { intent, modelIndex }))) {
      learn(run, plans[k] as Plan, { nowMs: START_MS, propensity: 1 });
    }
  }

  const checkpoints: Checkpoint[] = [];
  const every = Math.max(1, Math.ceil(options.order.length / (options.checkpoints ?? 100)));
  const chosen = plans.map(() => 0);
  let totalUsd = 0;
  for (let step = 0; step < options.order.length; step++) {
    intent = options.order[step] as number;
    const run = features[table.feature[intent] as number] as FeatureRun;
    const { view } = run;
    const at = table.atMs[intent] as number;
    view.nowMs = Number.isNaN(at) ? START_MS + step * setting.stepMs : at;
    view.eligible = eligibleOf(setting, { intent, modelIndex });
    if (setting.segments !== undefined) view.learned = run.learned.segment(setting.segments[intent] ?? '');
    if (view.eligible !== NO_PLANS) {
      const { plan, propensity } = policy.decide(view, streams.policy);
      const k = planAt.get(plan) as number;
      const answered = learn(run, plan, { nowMs: view.nowMs, propensity });
      const spendUsd = answered.costNanoUsd / NANO_PER_USD;
      tally(run.tallies[k] as PlanTally, spendUsd, expected);
      totalUsd += spendUsd + setting.failureCostUsd * (1 - expected);
      chosen[k] = (chosen[k] as number) + 1;
    }
    options.onIntent?.();
    if ((step + 1) % every === 0 || step === options.order.length - 1) {
      checkpoints.push({ intents: step + 1, totalUsd, chosen: [...chosen] });
    }
  }
  return { tallies: features.map(run => run.tallies), checkpoints };
}

/** Plans whose models all answered the intent. */
export function eligibleOf(
  { table, plans }: Pick<TableSetting, 'table' | 'plans'>,
  { intent, modelIndex }: { intent: number; modelIndex: ReadonlyMap<string, number> },
): PlanSet {
  const silent = new Set<string>();
  for (const [name, model] of modelIndex) if (answerOf(table, intent, model) < 0) silent.add(name);
  if (silent.size === 0) return allPlans(plans.length);
  return plansWhere(plans, plan => !plan.some(name => silent.has(name)));
}

export function emptyTally(): PlanTally {
  return { intents: 0, spendUsd: 0, successes: 0, spend2: 0, spend3: 0, spendOfFailures: 0 };
}

export function tally(sums: PlanTally, spendUsd: number, success: number): void {
  sums.intents++;
  sums.spendUsd += spendUsd;
  sums.successes += success;
  sums.spend2 += spendUsd * spendUsd;
  sums.spend3 += spendUsd * spendUsd * spendUsd;
  sums.spendOfFailures += spendUsd * (1 - success);
}
