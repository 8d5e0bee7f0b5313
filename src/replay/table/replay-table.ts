/**
 * Replays an outcome table under policies: what each would have cost, had it started from nothing and seen only the
 * outcomes of what it chose. The policies, the settling and the statistics are those that run live.
 */
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { SeededRandom } from '../../core/math/random.ts';
import { seededRandom } from '../../core/math/random.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { Objective, Policy } from '../../contracts/policy.ts';
import { contextSegments } from './context-segments.ts';
import type { OutcomeRow, OutcomeTable } from './outcome-table.ts';
import { outcomeTable } from './outcome-table.ts';
import type { Reference } from './table-reference.ts';
import { referenceOf } from './table-reference.ts';
import type { Checkpoint, PlanTally, ReplayVerdict, TableSetting } from './table-run.ts';
import { eligibleOf, planSetting, runTable } from './table-run.ts';

export interface ReplayTableOptions {
  /** Model names of the table, cheapest first; default: all of them by mean cost. */
  readonly candidates?: readonly string[];
  /** What a failed intent costs, USD. */
  readonly failureCostUsd: number;
  readonly objective?: Objective;
  /** Runs in shuffled order, of which the mean is reported; 0 (default): once, in the order of the table. */
  readonly shuffles?: number;
  readonly seed?: string | number;
  /** A verdict made up from the outcomes, so that plans may climb; without it, plans have one model each. */
  readonly verdict?: ReplayVerdict;
  /** Expected USD per visit by model before any was seen; default: the model's mean over the table (its price is known). */
  readonly priorCostUsd?: Readonly<Record<string, number>>;
  /** Priors shared between the features, as the router does it; default true. */
  readonly poolPriors?: boolean;
  /**
   * What is known of a request before it is sent makes segments of its feature: declared context, size, turns, tools,
   * difficulty. Default false: one segment.
   */
  readonly useContext?: boolean;
  /** Milliseconds between intents of which the table does not say when they came; default 10,000. */
  readonly stepMs?: number;
  /** Intents to learn from beforehand, all answers known (a past evaluation): by index, true to learn, false to replay. */
  readonly warmUp?: (intent: number) => boolean;
  /** Points of every curve; default 100. */
  readonly checkpoints?: number;
  /** Called for every intent of every run. */
  readonly onIntent?: () => void;
}

/** Mean over the runs. */
export interface ReplayedPolicy {
  readonly policy: string;
  /** Spend and failure cost. USD. */
  readonly totalUsd: number;
  readonly spendUsd: number;
  readonly successRate: number;
  readonly costPerIntentUsd: number;
  readonly costPerSuccessUsd: number;
  /** Total over that of the best fixed plan per feature in hindsight; with its standard error over the runs. */
  readonly ratio: number;
  readonly ratioError: number;
  /** Intents of all runs by plan. */
  readonly chosen: Readonly<Record<PlanKey, number>>;
  readonly features: readonly ReplayedFeature[];
  readonly curve: readonly CurvePoint[];
}

export interface ReplayedFeature {
  readonly feature: string;
  /** Sums over all runs, by plan. */
  readonly plans: Readonly<Record<PlanKey, PlanTally>>;
}

export interface CurvePoint {
  readonly intents: number;
  /** Mean over the runs: cost so far, less that of the best fixed plan per feature. USD. */
  readonly regretUsd: number;
  /** Shares of the plans since the point before, in the order of the plans. */
  readonly shares: readonly number[];
}

export interface TableReplay {
  readonly candidates: readonly string[];
  readonly plans: readonly PlanKey[];
  readonly features: readonly string[];
  readonly failureCostUsd: number;
  readonly objective: Objective;
  readonly runs: number;
  /** Intents per run; `skipped` because not one plan has all its answers. */
  readonly intents: number;
  readonly skipped: number;
  /** What is known in hindsight: every plan always, and the best one of each feature. */
  readonly reference: Reference;
  readonly policies: readonly ReplayedPolicy[];
}

const STEP_MS = 10_000;

/**
 * @throws RouterError `invalid-data` for rows that make no table, `invalid-value` for options that make no sense
 * @example
 * ```ts
 * const { table } = await readOutcomeTable('outcomes.csv.gz');
 * const replay = replayTable(table, [thompson(), fixed('premium')], { failureCostUsd: 2.5, shuffles: 8 });
 * console.log(replay.policies.map(({ policy, ratio }) => [policy, ratio]));
 * ```
 */
export function replayTable(
  rows: OutcomeTable | Iterable<OutcomeRow>,
  policies: readonly Policy[],
  options: ReplayTableOptions,
): TableReplay {
  const table = Symbol.iterator in rows ? outcomeTable(rows) : rows;
  const setting = settingOf(table, options);
  const { shuffles = 0, seed = 1, warmUp } = options;
  const modelIndex = new Map(setting.candidates.map(name => [name, table.models.indexOf(name)]));
  const all: number[] = [];
  const warm: number[] = [];
  let skipped = 0;
  for (let intent = 0; intent < table.ids.length; intent++) {
    if (eligibleOf(setting, { intent, modelIndex }) === 0) skipped++;
    else if (warmUp?.(intent) === true) warm.push(intent);
    else all.push(intent);
  }
  if (all.length === 0) {
    throw new RouterError('invalid-data', 'no request was answered by any of the candidates', {
      path: 'candidates',
      accepted: table.models,
    });
  }
  const inOrder = Uint32Array.from(all);
  const random = seededRandom(seed);
  const orders =
    shuffles > 0 ? Array.from({ length: shuffles }, (_, i) => shuffled(inOrder, random.fork(`order ${i}`))) : [inOrder];
  const reference = referenceOf(setting, { intents: inOrder, modelIndex });
  const best = orders.map(order => reference.curve(order, options.checkpoints ?? 100));
  return {
    candidates: setting.candidates,
    plans: setting.plans.map(planKey),
    features: table.features,
    failureCostUsd: setting.failureCostUsd,
    objective: setting.objective,
    runs: orders.length,
    intents: all.length,
    skipped,
    reference: reference.found,
    policies: policies.map(policy => {
      const runs = orders.map((order, i) =>
        runTable(setting, policy, {
          order,
          seed: `${seed}/${i}`,
          ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
          ...(warm.length === 0 ? {} : { warmUp: Uint32Array.from(warm) }),
          ...(options.onIntent === undefined ? {} : { onIntent: options.onIntent }),
        }),
      );
      const totals = runs.map(run => run.checkpoints.at(-1)?.totalUsd ?? 0);
      const ratios = totals.map(total => total / reference.found.best.totalUsd);
      const features = table.features.map((feature, f) => ({
        feature,
        plans: Object.fromEntries(
          setting.plans.map((plan, k) => [
            planKey(plan),
            sumTallies(runs.map(run => run.tallies[f]?.[k] as PlanTally)),
          ]),
        ),
      }));
      const whole = sumTallies(features.flatMap(({ plans }) => Object.values(plans)));
      const totalUsd = mean(totals);
      return {
        policy: policy.name,
        totalUsd,
        spendUsd: whole.spendUsd / runs.length,
        successRate: whole.successes / whole.intents,
        costPerIntentUsd: totalUsd / all.length,
        costPerSuccessUsd: (totalUsd * runs.length) / whole.successes,
        ratio: mean(ratios),
        ratioError: Math.sqrt(mean(ratios.map(ratio => (ratio - mean(ratios)) ** 2)) / Math.max(1, runs.length - 1)),
        chosen: Object.fromEntries(
          setting.plans.map(plan => [
            planKey(plan),
            features.reduce((sum, { plans }) => sum + (plans[planKey(plan)]?.intents ?? 0), 0),
          ]),
        ),
        features,
        curve: curveOf(
          runs.map(run => run.checkpoints),
          best,
        ),
      };
    }),
  };
}

function settingOf(table: OutcomeTable, options: ReplayTableOptions): TableSetting {
  const { failureCostUsd, objective = 'cost-per-intent', poolPriors = true, stepMs = STEP_MS, verdict } = options;
  if (!(failureCostUsd >= 0 && Number.isFinite(failureCostUsd))) {
    throw new RouterError('invalid-value', `${failureCostUsd} is not an amount in USD`, { path: 'failureCostUsd' });
  }
  const meanCostUsd = meanCosts(table);
  const candidates = options.candidates ?? [...table.models].sort((x, y) => meanCostUsd(x) - meanCostUsd(y));
  for (const name of candidates) {
    if (!table.models.includes(name)) {
      throw new RouterError('unknown-model', `the table has no model "${name}"`, { accepted: table.models });
    }
  }
  return {
    table,
    candidates,
    plans: planSetting(candidates, verdict),
    failureCostUsd,
    objective,
    priorCostUsd: options.priorCostUsd ?? Object.fromEntries(candidates.map(name => [name, meanCostUsd(name)])),
    stepMs,
    poolPriors,
    ...(verdict === undefined ? {} : { verdict }),
    ...(options.useContext === true ? { segments: contextSegments(table) } : {}),
  };
}

/** Mean USD per answer by model, over the whole table. */
export function meanCosts(table: OutcomeTable): (model: string) => number {
  const sums = new Float64Array(table.models.length);
  const counts = new Float64Array(table.models.length);
  table.model.forEach((model, answer) => {
    sums[model] = (sums[model] as number) + (table.costNanoUsd[answer] as number);
    counts[model] = (counts[model] as number) + 1;
  });
  return name => {
    const model = table.models.indexOf(name);
    return (sums[model] as number) / (counts[model] as number) / NANO_PER_USD;
  };
}

function shuffled(intents: Uint32Array, random: SeededRandom): Uint32Array {
  const order = Uint32Array.from(intents);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/** Sums of several tallies. */
export function sumTallies(tallies: readonly PlanTally[]): PlanTally {
  return tallies.reduce((sum, each) => ({
    intents: sum.intents + each.intents,
    spendUsd: sum.spendUsd + each.spendUsd,
    successes: sum.successes + each.successes,
    spend2: sum.spend2 + each.spend2,
    spend3: sum.spend3 + each.spend3,
    spendOfFailures: sum.spendOfFailures + each.spendOfFailures,
  }));
}

function curveOf(
  runs: readonly (readonly Checkpoint[])[],
  best: readonly (readonly number[])[],
): readonly CurvePoint[] {
  const [first = []] = runs;
  return first.map(({ intents, chosen }, i) => {
    const since = chosen.map((_, k) =>
      runs.reduce((sum, run) => sum + (run[i]?.chosen[k] ?? 0) - (i > 0 ? (run[i - 1]?.chosen[k] ?? 0) : 0), 0),
    );
    const total = since.reduce((sum, count) => sum + count, 0);
    return {
      intents,
      regretUsd: mean(runs.map((run, r) => (run[i]?.totalUsd ?? 0) - (best[r]?.[i] ?? 0))),
      shares: since.map(count => (total > 0 ? count / total : 0)),
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
