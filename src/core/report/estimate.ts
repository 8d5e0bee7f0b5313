/** What a plan's intents have cost so far: figures for people, from the exact sums of its `plan` cells. */
import { correctedRate } from '../math/prediction-powered.ts';
import type { CostSample, Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, hall, wilson } from '../math/interval.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import { settledPlan } from '../math/confidence-sequence.ts';
import type { Cell, Sums } from '../cells/cell.ts';
import { addSums } from '../cells/cell.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** Below this many labelled intents a figure is still `learning`, whatever its interval says. */
export const LEARNING_BELOW = 100;

/** Share of a plan's intents without an outcome yet, above which nothing is settled: what is heard first is no sample. */
export const MAX_UNLABELLED_FRACTION = 0.05;

/**
 * How far a figure is to be trusted: `learning` below 100 labelled intents, `estimating` from there, `settled` once the
 * comparison with every other plan is decided at 95 % for good ({@link settledOn}). Routing waits for none of these.
 */
export type EstimateState = 'learning' | 'estimating' | 'settled';

export interface PlanEstimate {
  readonly plan: PlanKey;
  /** Intents that spent, and those with an outcome, as it was said. `success` is corrected by audits where there are any. */
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

/** The sums of every plan over all segments and buckets of the given cells (all, or those of one period). */
export function sumsByPlan(cells: Iterable<Cell>): ReadonlyMap<PlanKey, Sums> {
  const plans = new Map<PlanKey, Sums>();
  for (const { key, sums } of cells) {
    if (key.scope === 'plan') plans.set(key.subject, addSums(plans.get(key.subject) ?? {}, sums));
  }
  return plans;
}

/**
 * A plan's sums as the sample its intervals are made from. Moments are taken from exact integers, so nothing cancels.
 *
 * @param failureCostUsd the configured failure cost, used while no intent of the plan has failed; afterwards the average
 *   over its failures, recorded actual costs included
 */
export function costSample(sums: Sums, failureCostUsd: number): CostSample {
  const get = (name: keyof Sums): bigint => sums[name] ?? 0n;
  const n = get('n');
  const cost = get('cost');
  const failures = Number(get('labelled') - get('successes'));
  const { labelled, successes } = labelsOf(sums);
  // n²·variance and n³·third moment, exactly.
  const square = n * get('cost2') - cost * cost;
  const cube = n * n * get('cost3') - 3n * n * cost * get('cost2') + 2n * cost * cost * cost;
  const count = Number(n);
  const deviation = count > 0 ? Math.sqrt(Number(square)) / count : 0;
  const skewness = deviation > 0 ? Number(cube) / count ** 3 / deviation ** 3 : 0;
  return {
    n: count,
    meanUsd: count > 0 ? Number(cost) / count / NANO_PER_USD : Number.NaN,
    variance: count > 1 ? (deviation / NANO_PER_USD) ** 2 * (count / (count - 1)) : 0,
    skewness,
    labelled,
    successes,
    correlation: correlationOf(sums, deviation),
    failureCostUsd: failures > 0 ? Number(get('failureCost')) / failures / NANO_PER_USD : failureCostUsd,
    ...(isWeighed(sums) ? { failureCostTiltedUsd: tiltedUsd(sums) } : {}),
  };
}

/**
 * Whether the sums of squared failure costs are of every failure. Of cells written before there were such sums they are
 * not: their failures then count as of equal cost.
 */
function isWeighed(sums: Sums): boolean {
  return (sums.weighedFailures ?? 0n) === (sums.labelled ?? 0n) - (sums.successes ?? 0n);
}

/**
 * E[H²]/E[H]: of the failures, or of all that could have failed where that is more. A cost that one user in twenty has is
 * seldom among ten failures, and known all the same.
 */
function tiltedUsd(sums: Sums): number {
  const ratio = (square: bigint, sum: bigint): number => (sum > 0n ? Number(square) / Number(sum) / NANO_PER_USD : 0);
  return Math.max(
    ratio(sums.failureCost2 ?? 0n, sums.failureCost ?? 0n),
    ratio(sums.labelledFailureCost2 ?? 0n, sums.labelledFailureCost ?? 0n),
  );
}

/** Of cost and loss over labelled intents; of cost and failure where it is not known what each failure cost. */
function correlationOf(sums: Sums, deviation: number): number {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const labelled = get('labelled');
  if (!(labelled > 0 && deviation > 0)) return 0;
  const failures = labelled - get('successes');
  const [loss, loss2, costTimesLoss] =
    isWeighed(sums) && get('failureCost') > 0
      ? [get('failureCost'), get('failureCost2'), get('costTimesFailureCost')]
      : [failures, failures, get('costOfFailures')];
  const mean = loss / labelled;
  const covariance = (costTimesLoss - mean * get('costOfLabelled')) / labelled;
  const scale = deviation * Math.sqrt(Math.max(0, loss2 / labelled - mean * mean));
  return scale > 0 ? Math.min(1, Math.max(-1, covariance / scale)) : 0;
}

/**
 * Outcomes and successes as they are to be counted: as they were said, or, where a random sample was audited, what the
 * audits make of all of them: as many true labels as would know the corrected rate as well.
 */
function labelsOf(sums: Sums): { readonly labelled: number; readonly successes: number } {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const counts = { labelled: get('labelled'), successes: get('successes') };
  if (get('audited') === 0) return counts;
  const { rate, n } = correctedRate({
    ...counts,
    audited: get('audited'),
    auditedSuccesses: get('auditedSuccesses'),
    auditedProxySuccesses: get('auditedProxySuccesses'),
    auditedBothSuccesses: get('auditedBothSuccesses'),
  });
  return { labelled: n, successes: rate * n };
}

/** What plans are compared by, and which. */
export interface PlanComparison {
  readonly plans: readonly PlanKey[];
  readonly failureCostUsd: number;
  /** Settled by cost per success rather than by cost per intent. */
  readonly perSuccess?: boolean;
}

/**
 * The plan that is the cheapest, once that is settled ({@link settledPlan}). Never without another plan to compare it
 * with; never while more than 5 % of a plan's intents have no outcome yet: where failures are heard before successes, or
 * the other way round, the rates are still wrong then, however narrow their intervals; and never of plans that had intents
 * of different failure costs, as when dear users were sent to the dear plan.
 */
export function settledOn(sums: ReadonlyMap<PlanKey, Sums>, about: PlanComparison): PlanKey | undefined {
  const own = about.plans.map(plan => sums.get(plan) ?? {});
  if (own.length < 2 || own.some(each => unlabelledFraction(each) > MAX_UNLABELLED_FRACTION) || !haveSameStakes(own))
    return undefined;
  const samples = own.map(each => costSample(each, about.failureCostUsd));
  return about.plans[settledPlan(samples, about.perSuccess)];
}

/** Standard errors that the average failure cost of two plans' intents may be apart by chance. */
const STAKES_APART = 3;

/** Whether the failure costs configured for the plans' intents could be draws from one population. */
function haveSameStakes(plans: readonly Sums[]): boolean {
  if (!plans.every(isWeighed)) return true;
  const stakes = plans.map(({ labelled = 0n, labelledFailureCost: sum = 0n, labelledFailureCost2: square = 0n }) => {
    const n = Number(labelled);
    return { mean: Number(sum) / n, errors2: Number(labelled * square - sum * sum) / n ** 3 };
  });
  // What plans without outcomes had is NaN, and not apart from anything.
  return !stakes.some(x =>
    stakes.some(y => x.mean - y.mean > STAKES_APART * Math.sqrt(x.errors2 + y.errors2) + 1e-9 * x.mean),
  );
}

/** Of the intents, 0 to 1, those that have no outcome yet; those that will have none are not among them. */
function unlabelledFraction(sums: Sums): number {
  const n = sums.n ?? 0n;
  return n > 0n ? Number(n - (sums.labelled ?? 0n) - (sums.unknown ?? 0n)) / Number(n) : 0;
}

/**
 * Every plan's figures with 95 % intervals, and how far they are to be trusted: the plans that could be chosen now, in
 * their order, then those that only the past knows. A plan nobody tried is a figure too: it keeps all others unsettled.
 *
 * @example
 * ```ts
 * estimatePlans(sumsByPlan(await store.cells('support.reply')), { plans: ['mini', 'premium'], failureCostUsd: 15 });
 * ```
 */
export function estimatePlans(sums: ReadonlyMap<PlanKey, Sums>, about: PlanComparison): readonly PlanEstimate[] {
  const sampleOf = (plan: PlanKey): CostSample => costSample(sums.get(plan) ?? {}, about.failureCostUsd);
  const isSettled = settledOn(sums, about) !== undefined;
  return [...new Set([...about.plans, ...sums.keys()])].map(plan => {
    const sample = sampleOf(plan);
    const own = sums.get(plan) ?? {};
    const labelled = Number(own.labelled ?? 0n);
    return {
      plan,
      n: sample.n,
      labelled,
      successes: Number(own.successes ?? 0n),
      success: wilson(sample.successes, sample.labelled),
      spendUsd: hall(sample),
      costPerIntentUsd: costPerIntent(sample),
      costPerSuccessUsd: costPerSuccess(sample),
      state: labelled < LEARNING_BELOW ? 'learning' : isSettled ? 'settled' : 'estimating',
    };
  });
}
