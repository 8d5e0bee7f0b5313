import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allPlans,
  firstPlan,
  hasPlan,
  MAX_PLANS,
  NO_PLANS,
  planIndexes,
  planSetOf,
  plansWhere,
  withoutPlans,
  withPlan,
} from '../../../src/core/ledger/plan-set.ts';

const indexes = fc.uniqueArray(fc.integer({ min: 0, max: MAX_PLANS - 1 }));
const ascending = (list: Iterable<number>): number[] => [...list].sort((x, y) => x - y);

test('a plan set behaves like a Set of plan indexes, up to the largest index that fits', () => {
  fc.assert(
    fc.property(indexes, indexes, fc.integer({ min: 0, max: MAX_PLANS - 1 }), (some, others, one) => {
      const set = planSetOf(some);
      const reference = new Set(some);
      expect(planIndexes(set)).toEqual(ascending(reference));
      expect(hasPlan(set, one)).toBe(reference.has(one));
      expect(planIndexes(withPlan(set, one))).toEqual(ascending(new Set([...some, one])));
      expect(planIndexes(withoutPlans(set, planSetOf(others)))).toEqual(
        ascending(some.filter(index => !others.includes(index))),
      );
      expect(firstPlan(set)).toBe(some.length === 0 ? -1 : Math.min(...some));
      expect(set === NO_PLANS).toBe(some.length === 0);
    }),
  );
});

test('the set of all plans contains every plan, and more than 31 plans are refused', () => {
  for (const count of [0, 1, 2, MAX_PLANS]) expect(planIndexes(allPlans(count))).toEqual([...Array(count).keys()]);
  expect(() => allPlans(MAX_PLANS + 1)).toThrow(
    expect.objectContaining({ code: 'invalid-value', accepted: 'at most 31 plans' }),
  );
});

test('plansWhere keeps the plans that pass the test, by plan or by index', () => {
  expect(planIndexes(plansWhere(['a', 'b', 'a'], plan => plan === 'a'))).toEqual([0, 2]);
  expect(planIndexes(plansWhere(['a', 'b', 'a'], (_, index) => index > 0))).toEqual([1, 2]);
});
