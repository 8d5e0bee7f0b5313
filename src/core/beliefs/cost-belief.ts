/** The belief about the cost of a visit to a node, from its decayed sums. */
import { COST_VARIATION_VISITS, FREE_SUCCESSES, MODEL_COST_FRACTION } from './constants.ts';
import type { RoutingSums } from './routing-sums.ts';
import { costVisitsOf, netVisitsOf } from './routing-sums.ts';
import { NANO_PER_USD } from '../ledger/money.ts';

/** Expected cost of a visit to a node before its first visit. */
export interface ExpectedCost {
  /** USD per visit from price × typical size; counts as one visit. */
  readonly costUsd: number;
  /** Used instead of `costUsd` where visits of other features or segments show what a visit costs. */
  readonly cost?: CostPrior;
  /** USD without the prefix of a session: from other segments where these have it, else `costUsd`. Counts as one visit. */
  readonly netUsd?: number;
}

/** Expected cost of a visit, and how much it counts. */
export interface CostPrior {
  readonly usd: number;
  /** Number of visits that the prior counts as. */
  readonly visits: number;
  /** Squared coefficient of variation of the cost of one visit. */
  readonly variation: number;
  /** Fraction of its standard deviation that differs by model; default {@link MODEL_COST_FRACTION}. */
  readonly modelFraction?: number;
}

export interface CostBelief {
  readonly costUsd: number;
  readonly costLogSd: number;
  readonly netUsd: number;
}

/**
 * Cost as billed, and net of the session's prefix. A pooled prior is of billed costs, so the net cost starts from the price
 * alone.
 */
export function costBelief(prior: ExpectedCost, decayed: RoutingSums): CostBelief {
  const n = Math.max(0, costVisitsOf(decayed));
  const cost = decayed.cost / NANO_PER_USD;
  const { usd, visits, variation } = prior.cost ?? { usd: prior.costUsd, visits: 1, variation: 1 };
  const isFree = cost === 0 && decayed.successes >= FREE_SUCCESSES;
  const mean = isFree ? 0 : Math.max(0, (visits * usd + cost) / (visits + n));
  const spread = Math.max(0, decayed.cost2 / NANO_PER_USD ** 2 - (cost * cost) / Math.max(n, 1));
  // The cost of a free model is known; the ratio would be 0/0.
  const logVariance =
    mean * mean > 0
      ? Math.log1p(
          (COST_VARIATION_VISITS * variation * mean * mean + spread) /
            (COST_VARIATION_VISITS + n) /
            ((n + visits) * mean * mean),
        )
      : 0;
  return {
    costUsd: mean,
    costLogSd: Math.sqrt(logVariance) * (prior.cost ? (prior.cost.modelFraction ?? MODEL_COST_FRACTION) : 1),
    netUsd: Math.max(
      0,
      ((prior.netUsd ?? prior.costUsd) + decayed.netCost / NANO_PER_USD) / (1 + netVisitsOf(decayed)),
    ),
  };
}
