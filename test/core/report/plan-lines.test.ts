import { expect, test } from 'vitest';
import { planLines } from '../../../src/core/report/plan-lines.ts';

const table = {
  rows: 1,
  plans: 2,
  costUsd: Float64Array.of(0.002, 0.03),
  fail: Float64Array.of(0.2, 0.07),
  meanCostUsd: Float64Array.of(0.002, 0.03),
  meanFail: Float64Array.of(0.2, 0.07),
};
const inputs = { perSuccess: false, costMultiplier: 2, eligible: 3, plans: ['mini', 'premium'] };

test('the cost of a plan is its weighted spend plus its failure rate times the failure cost', () => {
  const [mini, premium] = planLines(table, inputs);
  expect(mini).toMatchObject({ own: { plan: 'mini', description: 'mini', success: 0.8, spendUsd: 0.002 } });
  expect([mini?.fixedUsd, mini?.failures]).toEqual([0.004, expect.closeTo(0.2, 12)]);
  expect(premium?.fixedUsd).toBe(0.06);
});

test('a comparison by cost per success divides the spend and the failure rate by the success rate', () => {
  const [mini] = planLines(table, { ...inputs, perSuccess: true });
  expect(mini?.fixedUsd).toBeCloseTo(0.004 / 0.8, 12);
  expect(mini?.failures).toBeCloseTo(0.25, 12);
});

test('plans that cannot be chosen have no line', () => {
  expect(planLines(table, { ...inputs, eligible: 2 }).map(({ own }) => own.plan)).toEqual(['premium']);
});
