/** A set of a feature's plans as the bits of one integer: tested and passed on for every intent without allocating memory. */
import { RouterError } from '../../errors.ts';

/** Bit i is set when plan i of the feature belongs to the set. */
export type PlanSet = number;

/** A feature has at most this many plans: JavaScript's bit operators work on 32 bits, one of which is the sign. */
export const MAX_PLANS = 31;

export const NO_PLANS: PlanSet = 0;

/** The set of all `count` plans of a feature. @throws RouterError `invalid-value` above {@link MAX_PLANS} */
export function allPlans(count: number): PlanSet {
  if (count > MAX_PLANS) {
    throw new RouterError('invalid-value', `${count} plans in one feature`, { accepted: `at most ${MAX_PLANS} plans` });
  }
  return 2 ** count - 1;
}

/** The set of the plans at these indexes. */
export function planSetOf(indexes: readonly number[]): PlanSet {
  return indexes.reduce(withPlan, NO_PLANS);
}

/** The set of the plans that pass a test. */
export function plansWhere<Each>(plans: readonly Each[], test: (plan: Each, index: number) => boolean): PlanSet {
  return plans.reduce((set, plan, index) => (test(plan, index) ? withPlan(set, index) : set), NO_PLANS);
}

export function hasPlan(set: PlanSet, index: number): boolean {
  return ((set >>> index) & 1) === 1;
}

export function withPlan(set: PlanSet, index: number): PlanSet {
  return set | (1 << index);
}

export function withoutPlans(set: PlanSet, others: PlanSet): PlanSet {
  return set & ~others;
}

/** Indexes of the plans in a set, ascending. */
export function planIndexes(set: PlanSet): number[] {
  const indexes: number[] = [];
  for (let left = set, index = 0; left !== 0; left >>>= 1, index++) if ((left & 1) === 1) indexes.push(index);
  return indexes;
}

/** Index of the first plan in a set; −1 for the empty set. */
export function firstPlan(set: PlanSet): number {
  // The empty set has 32 leading zeros, which gives −1.
  return 31 - Math.clz32(set & -set);
}
