import { expect, test } from 'vitest';
import { allPlans } from '../../../src/core/ledger/plan-set.ts';
import { sharesNow } from '../../../src/core/report/traffic.ts';

/** In three of four rows, the first plan is the cheapest. */
const table = {
  rows: 4,
  plans: 2,
  costUsd: Float64Array.from([1, 2, 1, 2, 1, 2, 3, 2]),
  fail: new Float64Array(8),
  meanCostUsd: Float64Array.from([1.5, 2]),
  meanFail: new Float64Array(2),
};
const at = { failureCostUsd: 1, score: { valueUsd: 1, costMultiplier: 1 }, eligible: allPlans(2) };

test('intents that a learning policy decides get each plan as often as it is the cheapest in the samples, and the others get the stated shares', () => {
  const sharesAt = (usd: number): number[] => (usd === 1 ? [0, 1] : [1, 0]);
  expect(sharesNow({ learns: 1, sharesAt }, table, at)).toEqual([0.75, 0.25]);
  expect(sharesNow({ learns: 0, sharesAt }, table, at)).toEqual([0, 1]);
  expect(sharesNow({ learns: 0.5, sharesAt }, table, at)).toEqual([0.375, 0.625]);
});
