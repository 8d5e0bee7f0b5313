/** What a feature could still gain by sending everything to its best plan: where to look first. */
import { costSample } from './estimate.ts';
import type { Figure } from './interval.ts';
import { figureBounds } from './settled.ts';
import type { Sums } from './statistics.ts';
import { addSums } from './statistics.ts';
import type { PlanKey } from './vocabulary.ts';

/** Outcomes a plan must have before its figure is taken for more than a bound. */
const ENOUGH = 30;

export interface Gain {
  /** The plan that looks cheapest. */
  readonly plan: PlanKey;
  /**
   * Cost per intent of what was done less that of the plan, USD. The limits hold at every moment and however the
   * traffic was allocated, so they are wider than those of the plans' own figures.
   */
  readonly perIntentUsd: Figure;
  /** The same over the intents of the period. */
  readonly overPeriodUsd: Figure;
}

/**
 * The gain of always choosing the plan that looks cheapest; `undefined` while no plan has enough outcomes. An estimate
 * from what was measured: what a past period would have cost is answered by a replay.
 *
 * @param byPlan sums of `plan` cells
 */
export function gainOf(
  byPlan: ReadonlyMap<PlanKey, Sums>,
  about: { readonly plans: readonly PlanKey[]; readonly failureCostUsd: number },
): Gain | undefined {
  const sampleOf = (sums: Sums) => costSample(sums, about.failureCostUsd);
  const cost = (sums: Sums): number => {
    const { meanUsd, labelled, successes, failureCostUsd } = sampleOf(sums);
    return meanUsd + failureCostUsd * (1 - successes / labelled);
  };
  const total = [...byPlan.values()].reduce<Sums>((sum, each) => addSums(sum, each), {});
  const known = about.plans.filter(plan => Number(byPlan.get(plan)?.labelled ?? 0n) >= ENOUGH);
  if (known.length === 0) return undefined;
  const plan = known.reduce((x, y) => (cost(byPlan.get(y) ?? {}) < cost(byPlan.get(x) ?? {}) ? y : x));
  const compared = { plans: about.plans.length + 1 };
  const done = figureBounds(sampleOf(total), compared);
  const best = figureBounds(sampleOf(byPlan.get(plan) ?? {}), compared);
  const perIntentUsd = {
    value: Math.max(0, cost(total) - cost(byPlan.get(plan) ?? {})),
    low: Math.max(0, done.low - best.high),
    high: Math.max(0, done.high - best.low),
  };
  const n = Number(total.n ?? 0n);
  const { value, low, high } = perIntentUsd;
  return { plan, perIntentUsd, overPeriodUsd: { value: value * n, low: low * n, high: high * n } };
}
