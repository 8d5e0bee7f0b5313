/** Which plans new intents get, where they are chosen as they are now. */
import type { ScoreWeights } from '../choice/allocation.ts';
import { countShares } from '../choice/allocation.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { PlanSet } from '../ledger/plan-set.ts';

export interface Traffic {
  /** Fraction of the intents whose plan follows what is learned, 0 to 1. */
  readonly learns: number;
  /** The probability of each plan for the other intents with this failure cost, 0 for plans that cannot be chosen. */
  sharesAt(failureCostUsd: number): ArrayLike<number>;
}

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
