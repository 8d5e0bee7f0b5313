/** Finds the plan that took over traffic from another: since the last change of a rate, or against the period before. */
import type { Cell } from '../cells/cell.ts';
import { sumsByPlan } from '../cells/sums.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** The plan whose fraction of the intents grew most, 0 to 1, and the one whose fraction fell most. */
export interface TrafficShift {
  readonly to: PlanKey;
  readonly from: PlanKey;
  readonly before: number;
  readonly now: number;
}

/**
 * Growth below which traffic counts as unchanged, 0 to 1. Larger: a shift is reported later. Smaller: exploration is reported as a shift.
 */
const MIN_GROWTH = 0.15;

/** @param before cells of the same feature in an earlier time */
export function trafficShift(before: readonly Cell[], now: readonly Cell[]): TrafficShift | undefined {
  const [old, own] = [fractions(before), fractions(now)];
  if (old.size === 0 || own.size === 0) return undefined;
  const growth = (plan: PlanKey): number => (own.get(plan) ?? 0) - (old.get(plan) ?? 0);
  const plans = [...new Set([...old.keys(), ...own.keys()])].sort((a, b) => growth(b) - growth(a));
  const [to, from] = [plans[0], plans.at(-1)];
  if (to === undefined || from === undefined || growth(to) < MIN_GROWTH) return undefined;
  return { to, from, before: old.get(to) ?? 0, now: own.get(to) ?? 0 };
}

function fractions(cells: readonly Cell[]): ReadonlyMap<PlanKey, number> {
  const counts = [...sumsByPlan(cells)].map(([plan, { n = 0n }]) => [plan, Number(n)] as const);
  const all = counts.reduce((sum, [, n]) => sum + n, 0);
  return new Map(all === 0 ? [] : counts.map(([plan, n]) => [plan, n / all]));
}
