/** One plan's figures in a feature's report. */
import type { Sums } from '../cells/cell.ts';
import type { Figure } from '../math/interval.ts';
import { meanCost } from '../math/interval.ts';
import { costSample } from './cost-sample.ts';
import type { PlanEstimate } from './estimate.ts';
import type { TotalCost } from './total-cost.ts';
import { totalCostOf } from './total-cost.ts';

/**
 * The billed amounts of a plan, and its costs for comparison with the others. In a feature with known sessions, cost per intent and per
 * success are at standard cost: what the plan would cost if it served whole sessions.
 */
export interface PlanReport extends PlanEstimate {
  /** Fraction of the feature's intents that were decided for this plan, 0 to 1. */
  readonly traffic: number;
  readonly unknown: number;
  readonly pending: number;
  readonly totalCost: TotalCost;
  /** Model spend per intent at standard cost, USD; absent where plans are compared by billed amounts. */
  readonly standardSpendUsd?: Figure;
}

/**
 * @param estimate computed from the sums that plans are compared by
 * @param sums of all the plan's intents, as billed
 */
export function planReport(
  estimate: PlanEstimate,
  sums: Sums,
  { intents, isStandard }: { readonly intents: number; readonly isStandard: boolean },
): PlanReport {
  const { intents: n, labelled, successes, unknown, pending } = countsOf(sums);
  return {
    ...estimate,
    n,
    labelled,
    successes,
    traffic: intents > 0 ? n / intents : 0,
    spendUsd: meanCost(costSample(sums, 0)),
    ...(isStandard ? { standardSpendUsd: estimate.spendUsd } : {}),
    unknown,
    pending,
    totalCost: totalCostOf(sums),
  };
}

export function countsOf(sums: Sums) {
  const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
  const intents = get('n');
  const labelled = get('labelled');
  const unknown = get('unknown');
  return {
    intents,
    labelled,
    successes: get('successes'),
    escalated: get('escalated'),
    unknown,
    pending: intents - labelled - unknown,
    requests: get('requests'),
    attempts: get('attempts'),
  };
}
