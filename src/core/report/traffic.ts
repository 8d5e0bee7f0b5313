/** Which plans new intents get, where they are chosen as they are now. */
import type { ScoreWeights } from '../choice/allocation.ts';
import { countShares, valueOfFailure } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import type { FailureCosts } from './failure-costs.ts';

export interface Traffic {
  /** Fraction of the intents whose plan follows what is learned, 0 to 1. */
  readonly learns: number;
  /** The probability of each plan for the other intents with this failure cost, 0 for plans that cannot be chosen. */
  sharesAt(failureCostUsd: number): ArrayLike<number>;
}

/** Every intent's plan follows what is learned. */
export const ALL_LEARN: Traffic = Object.freeze({ learns: 1, sharesAt: () => [] });

/** Every plan's probability for an intent with this failure cost. A policy that learns gives a plan the probability that it is the cheapest. */
export function sharesNow(
  { learns, sharesAt }: Traffic,
  table: SampleTable,
  at: { readonly failureCostUsd: number; readonly score: ScoreWeights; readonly eligible: PlanSet },
): readonly number[] {
  const learned = learns > 0 ? countShares(table, at.score, at.eligible) : [];
  const others = learns < 1 ? sharesAt(at.failureCostUsd) : [];
  return Array.from({ length: table.plans }, (_, k) => learns * (learned[k] ?? 0) + (1 - learns) * (others[k] ?? 0));
}

/** Every plan's probability for the next intent, over what a failure of it may cost. */
export function meanSharesNow(
  traffic: Traffic,
  table: SampleTable,
  at: {
    readonly failureCosts: FailureCosts;
    readonly perSuccess: boolean;
    readonly costMultiplier: number;
    readonly eligible: PlanSet;
  },
): readonly number[] {
  const { failureCosts, perSuccess, costMultiplier, eligible } = at;
  const parts = failureCosts.map(({ fraction, usd: failureCostUsd }) => {
    const valueUsd = valueOfFailure(table, { failureCostUsd, perSuccess, eligible });
    const shares = sharesNow(traffic, table, { failureCostUsd, score: { valueUsd, costMultiplier }, eligible });
    return shares.map(share => fraction * share);
  });
  return Array.from({ length: table.plans }, (_, k) => parts.reduce((sum, part) => sum + (part[k] as number), 0));
}
