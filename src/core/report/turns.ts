/** Intents of one turn compared with those of several: this shows the cost when users have to ask again. */
import { costSample } from './cost-sample.ts';
import type { CostSample, Figure } from '../math/interval.ts';
import { costPerIntent, costPerSuccess, meanCost, wilson } from '../math/interval.ts';
import type { Sums } from '../cells/cell.ts';
import { difference } from '../cells/sums.ts';

export interface TurnsGroup {
  readonly intents: number;
  readonly labelled: number;
  readonly success: Figure;
  readonly spendPerIntentUsd: Figure;
  readonly costPerIntentUsd: Figure;
  readonly costPerSuccessUsd: Figure;
}

/** Intents that needed one request, and those that needed more. */
export interface TurnsReport {
  readonly one: TurnsGroup;
  readonly several: TurnsGroup;
}

/**
 * Compares the two groups by the sums of `plan` cells.
 *
 * @param failureCostUsd used for a group in which no intent has failed
 */
export function turnsOf(sums: Sums, failureCostUsd: number): TurnsReport {
  const several: Sums = {
    n: sums.multiTurn ?? 0n,
    cost: sums.multiTurnCost ?? 0n,
    cost2: sums.multiTurnCost2 ?? 0n,
    cost3: sums.multiTurnCost3 ?? 0n,
    labelled: sums.multiTurnLabelled ?? 0n,
    successes: sums.multiTurnSuccesses ?? 0n,
    failureCost: sums.multiTurnFailureCost ?? 0n,
  };
  const { failureCostTiltedUsd } = costSample(sums, failureCostUsd);
  const unknown = { ...WORST, ...(failureCostTiltedUsd === undefined ? {} : { failureCostTiltedUsd }) };
  const groupOf = (group: Sums): TurnsGroup => figuresOf({ ...costSample(group, failureCostUsd), ...unknown });
  return { one: groupOf(difference(sums, several)), several: groupOf(several) };
}

/**
 * Cells have no sums by group for the correlation of cost and failure. Longer intents cost more and fail more, so the limits are those of
 * the worst case: the most expensive intents are those that fail. The records show the actual correlation
 * (`breakdown(store, { by: 'turns' })`).
 */
const WORST = { correlation: 1 } as const;

function figuresOf(sample: CostSample): TurnsGroup {
  return {
    intents: sample.n,
    labelled: sample.labelled,
    success: wilson(sample.successes, sample.labelled),
    spendPerIntentUsd: meanCost(sample),
    costPerIntentUsd: costPerIntent(sample),
    costPerSuccessUsd: costPerSuccess(sample),
  };
}
