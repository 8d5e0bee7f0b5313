/** Each plan's rates and costs with their intervals, and whether the comparison of plans is settled. */
import type { CostSample, Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, meanCost, wilson } from '../math/interval.ts';
import { settledPlan } from '../math/confidence-sequence.ts';
import type { Sums } from '../cells/cell.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { LEARNING_BELOW, MAX_FAILURE_COST_DIFFERENCE_SE, MAX_UNLABELLED_FRACTION } from './constants.ts';
import { costSample, hasFailureCostMoments } from './cost-sample.ts';
import type { Selection } from './selection.ts';
import { formatPercent } from './wording.ts';

/**
 * How far a figure can be trusted: `learning` below 100 labelled intents, `estimating` from there, `settled` once the
 * comparison with every other plan is decided at 95 % by the outcomes since the last change, however often it is evaluated
 * (`settledOn`). Routing does not wait for any of these.
 */
export type EstimateState = 'learning' | 'estimating' | 'settled';

export interface PlanEstimate {
  readonly plan: PlanKey;
  /** Intents that spent, and the labels among them as recorded. `success` is corrected by audits where there are any. */
  readonly n: number;
  readonly labelled: number;
  readonly successes: number;
  readonly success: Figure;
  /** Model spend per intent, judge included, USD. */
  readonly spendUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
  readonly state: EstimateState;
}

/** The plans to compare, and the figure to compare them by. */
export interface PlanComparison {
  readonly plans: readonly PlanKey[];
  readonly failureCostUsd: number;
  /** Compare cost per success instead of cost per intent. */
  readonly perSuccess?: boolean;
}

/**
 * The cheapest plan, once the comparison is settled ({@link settledPlan}); otherwise `undefined`. A comparison is not
 * settled:
 * - with fewer than two plans;
 * - while more than 5 % of a plan's intents are unlabelled: where failures are reported before successes, or the other way
 *   round, the rates are biased meanwhile, however narrow their intervals;
 * - between plans of which some were audited: a corrected rate and an uncorrected one differ by the judge's errors;
 * - between plans whose intents had different failure costs, as when the most valuable users were sent to one plan;
 * - where plans were chosen by the request and have too few outcomes in some of the segments.
 *
 * @param selection comparison of plans that were chosen by the request
 */
export function settledOn(
  sums: ReadonlyMap<PlanKey, Sums>,
  comparison: PlanComparison,
  selection?: Selection,
): PlanKey | undefined {
  const own = comparison.plans.map(plan => sums.get(plan) ?? {});
  if (own.length < 2 || notComparable(own, selection) !== undefined) return undefined;
  const samples = samplesOf(own, comparison, selection);
  return comparison.plans[settledPlan(samples, comparison.perSuccess)];
}

/** The samples to compare plans by: as if each had got the same requests. */
export function samplesOf(
  sums: readonly Sums[],
  { failureCostUsd }: Pick<PlanComparison, 'failureCostUsd'>,
  selection?: Selection,
): readonly CostSample[] {
  return selection !== undefined && 'samples' in selection
    ? selection.samples
    : sums.map(each => costSample(each, failureCostUsd));
}

/** Why plans cannot be compared, however many outcomes they have, in words that follow "while"; `undefined` if they can. */
export function notComparable(plans: readonly Sums[], selection?: Selection): string | undefined {
  if (selection !== undefined && 'reason' in selection) return selection.reason;
  if (plans.some(each => unlabelledFraction(each) > MAX_UNLABELLED_FRACTION))
    return `more than ${formatPercent(MAX_UNLABELLED_FRACTION)} of a plan's intents have no outcome yet`;
  const withOutcomes = plans.filter(({ labelled = 0n }) => labelled > 0n);
  if (withOutcomes.some(isAudited) && !withOutcomes.every(isAudited))
    return "only some of the plans' outcomes were audited: rates are corrected for those plans alone";
  if (!haveComparableFailureCosts(plans)) return "the failure costs of the plans' intents differ by more than chance";
  return undefined;
}

/** True when the failure costs configured for the plans' intents could be draws from one population. */
function haveComparableFailureCosts(plans: readonly Sums[]): boolean {
  if (!plans.every(hasFailureCostMoments)) return true;
  const failureCosts = plans.map(
    ({ labelled = 0n, labelledFailureCost: sum = 0n, labelledFailureCost2: square = 0n }) => {
      const n = Number(labelled);
      return { mean: Number(sum) / n, errors2: Number(labelled * square - sum * sum) / n ** 3 };
    },
  );
  // A plan without labels has a mean of NaN, which differs from no other mean. The last term allows for rounding.
  return !failureCosts.some(x =>
    failureCosts.some(
      y => x.mean - y.mean > MAX_FAILURE_COST_DIFFERENCE_SE * Math.sqrt(x.errors2 + y.errors2) + 1e-9 * x.mean,
    ),
  );
}

/** Fraction of the intents that have no outcome yet. An outcome of `unknown` is final, so it does not count. */
function unlabelledFraction(sums: Sums): number {
  const n = sums.n ?? 0n;
  return n > 0n ? Number(n - (sums.labelled ?? 0n) - (sums.unknown ?? 0n)) / Number(n) : 0;
}

/**
 * Every plan's figures with 95 % intervals and their state: first the plans that can be chosen now, in their order, then
 * those that only past intents used. A plan without intents is listed too, and keeps the comparison from being settled.
 *
 * @param isSettled whether the comparison is settled; default: by these sums
 *
 * @example
 * ```ts
 * estimatePlans(sumsByPlan(await store.cells('support.reply')), { plans: ['mini', 'premium'], failureCostUsd: 15 });
 * ```
 */
export function estimatePlans(
  sums: ReadonlyMap<PlanKey, Sums>,
  comparison: PlanComparison,
  isSettled = settledOn(sums, comparison) !== undefined,
): readonly PlanEstimate[] {
  const sampleOf = (plan: PlanKey): CostSample => costSample(sums.get(plan) ?? {}, comparison.failureCostUsd);
  return [...new Set([...comparison.plans, ...sums.keys()])].map(plan => {
    const sample = sampleOf(plan);
    const own = sums.get(plan) ?? {};
    const labelled = Number(own.labelled ?? 0n);
    return {
      plan,
      n: sample.n,
      labelled,
      successes: Number(own.successes ?? 0n),
      success: wilson(sample.successes, sample.labelled),
      spendUsd: meanCost(sample),
      costPerIntentUsd: costPerIntent(sample),
      costPerSuccessUsd: costPerSuccess(sample),
      state: labelled < LEARNING_BELOW ? 'learning' : isSettled ? 'settled' : 'estimating',
    };
  });
}

function isAudited({ audited = 0n }: Sums): boolean {
  return audited > 0n;
}
