/** Posterior means with 95 % credible intervals, from joint samples of every plan's cost and failure probability. */
import type { ScoreWeights } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { Figure } from '../math/interval.ts';

/** Posterior means with their 95 % credible intervals. */
export interface ExpectedFigures {
  readonly success: Figure;
  /** Model spend per intent. */
  readonly spendUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
}

/** A table that also has the cost of failures, USD per intent. Where failure costs differ, it does not follow from the failure rate. */
export type LossTable = SampleTable & { readonly lossUsd: Float64Array; readonly meanLossUsd: Float64Array };

export function withLoss(table: SampleTable, failureCostUsd: number): LossTable {
  const times = (rates: Float64Array): Float64Array => rates.map(rate => failureCostUsd * rate);
  return { ...table, lossUsd: times(table.fail), meanLossUsd: times(table.meanFail) };
}

/**
 * The expected figures of one plan of the table.
 *
 * @param unseenUsd amount that bursts not yet observed may add to the upper limit of the plan's spend
 */
export function expectedFigures(table: LossTable, plan: number, unseenUsd = 0): ExpectedFigures {
  const { rows, plans, costUsd, fail, lossUsd } = table;
  const column = (of: (cost: number, fail: number, loss: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => {
      const index = row * plans + plan;
      return of(costUsd[index] as number, fail[index] as number, lossUsd[index] as number);
    }).sort();
  const perIntent = (c: number, _: number, loss: number): number => c + loss;
  const perSuccess = (c: number, f: number, loss: number): number => (c + loss) / Math.max(1e-12, 1 - f);
  const mean = [
    table.meanCostUsd[plan] as number,
    table.meanFail[plan] as number,
    table.meanLossUsd[plan] as number,
  ] as const;
  const raised = ({ value, low, high }: Figure, success = 1): Figure => ({
    value,
    low,
    high: high + unseenUsd / success,
  });
  const success = credibleFigure(
    1 - mean[1],
    column((_, f) => 1 - f),
  );
  const spendUsd = credibleFigure(
    mean[0],
    column(c => c),
  );
  return {
    success,
    spendUsd: raised(spendUsd),
    costPerIntentUsd: raised(credibleFigure(perIntent(...mean), column(perIntent))),
    costPerSuccessUsd: raised(credibleFigure(perSuccess(...mean), column(perSuccess)), Math.max(1e-12, success.low)),
  };
}

/**
 * A table of one plan: all plans mixed at their shares.
 *
 * @param failureUsd by plan: its share, times the mean failure cost of the intents that get it
 */
export function mixtureOf(table: SampleTable, shares: ArrayLike<number>, failureUsd: ArrayLike<number>): LossTable {
  const { rows, plans } = table;
  const mix = (column: Float64Array, count: number, weights = shares): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let k = 0; k < plans; k++) sum += (weights[k] as number) * (column[row * plans + k] as number);
      return sum;
    });
  return {
    rows,
    plans: 1,
    costUsd: mix(table.costUsd, rows),
    fail: mix(table.fail, rows),
    meanCostUsd: mix(table.meanCostUsd, 1),
    meanFail: mix(table.meanFail, 1),
    lossUsd: mix(table.fail, rows, failureUsd),
    meanLossUsd: mix(table.meanFail, 1, failureUsd),
  };
}

/** By how much the first plan's score is above the second's, per sample, in ascending order. */
export function scoreDifferences(
  table: SampleTable,
  score: ScoreWeights,
  [k, best]: readonly [number, number],
): Float64Array {
  const { rows, plans, costUsd, fail } = table;
  const scoreAt = (i: number): number =>
    score.costMultiplier * (costUsd[i] as number) + score.valueUsd * (fail[i] as number);
  return Float64Array.from({ length: rows }, (_, row) => scoreAt(row * plans + k) - scoreAt(row * plans + best)).sort();
}

/** A value with the central 95 % of the samples, widened to include the value itself where it lies outside. */
export function credibleFigure(value: number, sorted: Float64Array): Figure {
  return { value, low: Math.min(value, quantile(sorted, 0.025)), high: Math.max(value, quantile(sorted, 0.975)) };
}

/** The sample at a quantile of sorted samples. */
export function quantile(sorted: Float64Array, p: number): number {
  return sorted[Math.round(p * (sorted.length - 1))] as number;
}
