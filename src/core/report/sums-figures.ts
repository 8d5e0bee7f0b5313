/** The figures of any set of intents, from their sums alone. */
import type { Sums } from '../cells/cell.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, meanCost, wilson } from '../math/interval.ts';
import { costSample } from './cost-sample.ts';
import { countsOf } from './plan-report.ts';
import { totalCostOf } from './total-cost.ts';

/** Counts, exact amounts, and a 95 % interval for every estimate; without outcomes the estimates are NaN. */
export interface SumsFigures {
  readonly intents: number;
  readonly labelled: number;
  readonly successes: number;
  readonly escalated: number;
  readonly unknown: number;
  readonly pending: number;
  readonly success: Figure;
  readonly spendPerIntentUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
  /** Exact decimal USD: total = model spend + failure cost. */
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
}

/** @param sums of plan cells */
export function figuresOf(sums: Sums): SumsFigures {
  const { requests: _, attempts: __, ...counts } = countsOf(sums);
  const { totalUsd, spendUsd, failureUsd } = totalCostOf(sums);
  const sample = costSample(sums, configuredFailureUsd(sums));
  return {
    ...counts,
    success: wilson(sample.successes, sample.labelled),
    spendPerIntentUsd: meanCost(sample),
    costPerIntentUsd: costPerIntent(sample),
    costPerSuccessUsd: costPerSuccess(sample),
    totalUsd,
    spendUsd,
    failureUsd,
  };
}

/**
 * Intents of several features may have several failure costs: uses the mean of the costs that they were decided with.
 */
function configuredFailureUsd({ labelled = 0n, labelledFailureCost = 0n }: Sums): number {
  return labelled === 0n ? 0 : Number(labelledFailureCost) / Number(labelled) / NANO_PER_USD;
}
