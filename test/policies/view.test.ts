import { expect, test } from 'vitest';
import { meanTable } from '../../src/core/choice/posterior-samples.ts';
import { eligibleKeys, scoreWeights } from '../../src/policies/view.ts';
import { seen, viewOf } from './views.ts';

test('`eligibleKeys` returns the keys of the eligible plans, as one frozen array for each set', () => {
  const { view } = viewOf(['a', 'b'], { hasVerdict: true });
  expect(eligibleKeys({ ...view, eligible: 0b110 })).toEqual(['a>b', 'b']);
  expect(eligibleKeys({ ...view, eligible: 0b001 })).toEqual(['a']);
  expect(eligibleKeys({ ...view, eligible: 0b110 })).toBe(eligibleKeys({ ...view, eligible: 0b110 }));
  expect(Object.isFrozen(eligibleKeys(view))).toBe(true);
  expect(eligibleKeys(viewOf(['c', 'd']).view)).toEqual(['c', 'd']);
});

test('a failure weighs its failure cost, plus the cost of another success when the objective is cost per success', () => {
  const { view, learned } = viewOf(['a', 'b'], { failureCostUsd: 2 });
  seen(learned, { a: [400, 200], b: [400, 380] });
  const table = meanTable(view.learned.posterior(view.nowMs));
  expect(scoreWeights(table, view)).toEqual({ valueUsd: 2, costMultiplier: 1 });
  expect(scoreWeights(table, { ...view, costMultiplier: 3 }).costMultiplier).toBe(3);
  const perSuccess = scoreWeights(table, { ...view, objective: 'cost-per-success' }).valueUsd;
  // The cheapest success is b's: about ($0.01 + $2 × 5 %) / 95 %, on top of the $2 of the failure.
  expect(perSuccess).toBeGreaterThan(2.1);
  expect(perSuccess).toBeLessThan(2.13);
});
