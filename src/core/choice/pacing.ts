/**
 * Budget pacing: a price on spend that rises while spend is ahead of the budget and falls while it is behind, so that the
 * budget lasts and buys the most (dual gradient of the budgeted problem). A hard cut-off costs 1.2 to 2.1 times as much.
 */
import type { PlanSet } from '../ledger/plan-set.ts';
import { NO_PLANS, planIndexes, withPlan } from '../ledger/plan-set.ts';

import { MAX_LAMBDA, MULTIPLIER_STEP, PACING_STEP } from './constants.ts';

export interface Budget {
  readonly budgetUsd: number;
  /** Intents expected in the budget's period. */
  readonly expectedIntents: number;
}

/** State of a period. Plain data, so that a store can keep it. */
export interface Pacing extends Budget {
  /** λ, the surcharge on each dollar of spend: a dollar counts as 1 + λ dollars. */
  readonly lambda: number;
  readonly spentUsd: number;
  readonly intents: number;
}

/** @param carriedLambda the price at the end of the last period: the traffic of a new period is probably similar */
export function startPacing(budget: Budget, carriedLambda = 0): Pacing {
  return { ...budget, lambda: carriedLambda, spentUsd: 0, intents: 0 };
}

/**
 * The state after one more intent: λ ← clip(λ + η(c − ρ), 0, 10⁴), with ρ the budget left per intent still expected and
 * η = 20/(ρ̄·√T) for the budgeted spend ρ̄ per intent.
 */
export function pace(pacing: Pacing, costUsd: number): Pacing {
  const { budgetUsd, expectedIntents, lambda, spentUsd, intents } = pacing;
  const perIntent = budgetUsd / expectedIntents;
  const remaining = Math.max(0, budgetUsd - spentUsd) / Math.max(1, expectedIntents - intents);
  const eta = PACING_STEP / (perIntent * Math.sqrt(expectedIntents));
  return {
    budgetUsd,
    expectedIntents,
    lambda: Math.min(MAX_LAMBDA, Math.max(0, lambda + eta * (costUsd - remaining))),
    spentUsd: spentUsd + costUsd,
    intents: intents + 1,
  };
}

/** For `view.costMultiplier`: in steps of 1 %, so that a policy can keep its shares between intents. */
export function costMultiplier({ lambda }: Pacing): number {
  return MULTIPLIER_STEP ** Math.round(Math.log(1 + lambda) / Math.log(MULTIPLIER_STEP));
}

/** All eligible plans while there is budget left, the cheapest of them once it is spent. */
export function affordablePlans(
  { budgetUsd, spentUsd }: Pacing,
  { costUsd, eligible }: { readonly costUsd: ArrayLike<number>; readonly eligible: PlanSet },
): PlanSet {
  if (spentUsd < budgetUsd) return eligible;
  let cheapest = NO_PLANS;
  let leastUsd = Number.POSITIVE_INFINITY;
  for (const plan of planIndexes(eligible)) {
    const usd = costUsd[plan] as number;
    if (usd >= leastUsd) continue;
    leastUsd = usd;
    cheapest = withPlan(NO_PLANS, plan);
  }
  return cheapest;
}
