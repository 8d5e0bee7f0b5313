/** The target policy's choices at every decision of a log, in typed arrays: a million objects would be most of the memory. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import type { KnownAtDecision } from './logged-decision.ts';

export interface AskedTargets {
  /** Adds the target of the next decision; `undefined` for one that is left out. @param indexes of its feature's plans */
  push(target: KnownAtDecision['target'] | undefined, indexes?: ReadonlyMap<PlanKey, number>): void;
  /** The target of a decision. @param keys of its feature's plans, by their indexes */
  of(decision: number, keys: readonly PlanKey[]): KnownAtDecision['target'] | undefined;
}

/** The value in place of a plan, for a decision that is left out. */
const LEFT_OUT = 0xffffffff;

export function askedTargets(): AskedTargets {
  const from = growingUints();
  const plans = growingUints();
  const shares = growingFloats();
  from.push(0);
  return {
    push(target, indexes) {
      if (target === undefined || indexes === undefined) {
        plans.push(LEFT_OUT);
        shares.push(0);
      }
      for (const key in target) {
        plans.push(indexes?.get(key) as number);
        shares.push(target[key] as number);
      }
      from.push(plans.length);
    },
    of(decision, keys) {
      const target: Record<PlanKey, number> = {};
      for (let at = from.get(decision); at < from.get(decision + 1); at++) {
        const plan = plans.get(at);
        if (plan === LEFT_OUT) return undefined;
        target[keys[plan] as PlanKey] = shares.get(at);
      }
      return target;
    },
  };
}
