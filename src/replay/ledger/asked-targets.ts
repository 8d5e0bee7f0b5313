/** The target policy's choices at every decision of a log, in typed arrays: a million objects would be most of the memory. */
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { hasPlan } from '../../core/ledger/plan-set.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import type { KnownAtDecision } from './logged-decision.ts';

export interface AskedTargets {
  /** Adds the next decision, with the share of each plan; those above 0 of eligible plans are kept. */
  push(shares: ArrayLike<number>, eligible: PlanSet): void;
  /** Adds the next decision as one that is left out. */
  leaveOut(): void;
  isLeftOut(decision: number): boolean;
  /** The target of a decision. @param keys of its feature's plans, by their indexes */
  of(decision: number, keys: readonly PlanKey[]): KnownAtDecision['target'] | undefined;
  /** The place of the decision's first plan: the last one is before the next decision's first. Then the plans' indexes and shares. */
  from(decision: number): number;
  planAt(place: number): number;
  shareAt(place: number): number;
}

/** The value in place of a plan, for a decision that is left out. */
const LEFT_OUT = 0xffffffff;

export function askedTargets(): AskedTargets {
  const from = growingUints();
  const plans = growingUints();
  const shares = growingFloats();
  from.push(0);
  const isLeftOut = (decision: number): boolean =>
    from.get(decision) < from.get(decision + 1) && plans.get(from.get(decision)) === LEFT_OUT;
  return {
    push(given, eligible) {
      for (let plan = 0; plan < given.length; plan++) {
        const share = given[plan] as number;
        if (!(share > 0) || !hasPlan(eligible, plan)) continue;
        plans.push(plan);
        shares.push(share);
      }
      from.push(plans.length);
    },
    leaveOut() {
      plans.push(LEFT_OUT);
      shares.push(0);
      from.push(plans.length);
    },
    isLeftOut,
    of(decision, keys) {
      if (isLeftOut(decision)) return undefined;
      const target: Record<PlanKey, number> = {};
      for (let at = from.get(decision); at < from.get(decision + 1); at++)
        target[keys[plans.get(at)] as PlanKey] = shares.get(at);
      return target;
    },
    from: decision => from.get(decision),
    planAt: place => plans.get(place),
    shareAt: place => shares.get(place),
  };
}
