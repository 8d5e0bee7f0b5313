/** The figures of one policy over all runs of a table's replay. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { PlanTally } from './plan-tally.ts';
import { sumTallies } from './plan-tally.ts';
import type { Checkpoint, TableRun } from './table-run.ts';
import type { TableSetting } from './table-setting.ts';

/** Figures of one policy, as means over the runs unless they say otherwise. */
export interface ReplayedPolicy {
  readonly policy: string;
  /** Total of spend and failure cost, USD. */
  readonly totalUsd: number;
  readonly spendUsd: number;
  readonly successRate: number;
  readonly costPerIntentUsd: number;
  readonly costPerSuccessUsd: number;
  /** Total cost ÷ that of the best fixed plan per feature in hindsight, with its standard error over the runs. */
  readonly ratio: number;
  readonly ratioError: number;
  /** Intents of all runs, by plan. */
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
  /** Cost so far minus that of the best fixed plan per feature, USD. */
  readonly regretUsd: number;
  /** Fraction of the intents since the previous point that each plan got, in the order of the plans. */
  readonly shares: readonly number[];
}

/** Sums and means over the runs of one policy. @param best cost of the best plan per feature, by run and checkpoint */
export function replayedPolicy(
  policy: string,
  runs: readonly TableRun[],
  {
    setting,
    intents,
    bestUsd,
    best,
  }: {
    readonly setting: TableSetting;
    /** Intents per run. */
    readonly intents: number;
    /** Total cost of the best plan per feature. */
    readonly bestUsd: number;
    readonly best: readonly (readonly number[])[];
  },
): ReplayedPolicy {
  const totals = runs.map(run => run.checkpoints.at(-1)?.totalUsd ?? 0);
  const ratios = totals.map(total => total / bestUsd);
  const features = setting.table.features.map((feature, f) => ({
    feature,
    plans: Object.fromEntries(
      setting.plans.map((plan, k) => [planKey(plan), sumTallies(runs.map(run => run.tallies[f]?.[k] as PlanTally))]),
    ),
  }));
  const whole = sumTallies(features.flatMap(({ plans }) => Object.values(plans)));
  const totalUsd = mean(totals);
  return {
    policy,
    totalUsd,
    spendUsd: whole.spendUsd / runs.length,
    successRate: whole.successes / whole.intents,
    costPerIntentUsd: totalUsd / intents,
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
