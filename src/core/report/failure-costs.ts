/**
 * What a failure costs in the latest intents. Each intent may state it, so that intents of one feature may differ, and the best plan for
 * them too.
 */

/** Part of the intents, and what a failure of them costs. */
export interface FailureCostPart {
  /** Above 0, 1 in sum over all parts. */
  readonly fraction: number;
  readonly usd: number;
}

/** By ascending cost; never empty. */
export type FailureCosts = readonly FailureCostPart[];

/** The same failure cost for all intents. */
export function sameFailureCost(usd: number): FailureCosts {
  return [{ fraction: 1, usd }];
}

export function meanFailureCostUsd(costs: FailureCosts): number {
  return costs.length === 1 ? (costs[0]?.usd ?? 0) : costs.reduce((sum, { fraction, usd }) => sum + fraction * usd, 0);
}

/**
 * Maximum number of parts. Larger: a policy is asked for its shares at more failure costs. Smaller: shares are inexact near the failure
 * cost at which the preferred plan changes.
 */
const MAX_PARTS = 32;

/**
 * After this many latest intents with one failure cost that no earlier intent had, the earlier intents no longer count: the configuration
 * has changed.
 */
const CHANGED_AFTER = 5;

/**
 * The failure costs of the given intents. More than 32 different ones are put together with their neighbors.
 *
 * @param latestFirst failure cost of each intent, USD
 * @returns `undefined` without an intent
 */
export function failureCostsOf(latestFirst: readonly number[]): FailureCosts | undefined {
  const [latest] = latestFirst;
  if (latest === undefined) return undefined;
  const others = latestFirst.findIndex(usd => usd !== latest);
  if (others < 0 || (others >= CHANGED_AFTER && !latestFirst.includes(latest, others))) return sameFailureCost(latest);
  const sorted = latestFirst.toSorted((a, b) => a - b);
  const partOf =
    new Set(sorted).size <= MAX_PARTS
      ? (usd: number): number => usd
      : (_: number, index: number): number => Math.floor((index * MAX_PARTS) / sorted.length);
  const parts = Map.groupBy(
    sorted.map((usd, index) => ({ usd, part: partOf(usd, index) })),
    ({ part }) => part,
  );
  return [...parts.values()].map(own => ({
    fraction: own.length / sorted.length,
    usd: own[0]?.usd === own.at(-1)?.usd ? (own[0]?.usd ?? 0) : own.reduce((sum, { usd }) => sum + usd, 0) / own.length,
  }));
}
