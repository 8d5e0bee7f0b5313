import { expect, test } from 'vitest';
import { estimatePlans } from '../../../src/core/report/estimate.ts';
import { countsOf, planReport } from '../../../src/core/report/plan-report.ts';
import { sumsOf } from './intent-sums.ts';

const billed = {
  ...sumsOf([
    [4_000_000_000n, true],
    [6_000_000_000n, false],
  ]),
  n: 4n,
  unknown: 1n,
};
const [estimate] = estimatePlans(
  new Map([
    [
      'mini',
      sumsOf([
        [1_000_000_000n, true],
        [2_000_000_000n, false],
      ]),
    ],
  ]),
  {
    plans: ['mini'],
    failureCostUsd: 15,
  },
);
if (estimate === undefined) throw new Error('a plan has an estimate');

test('the spend of a plan is what was billed, and its cost per intent is that of the comparison', () => {
  const report = planReport(estimate, billed, { intents: 8, isStandard: true });
  expect(report.spendUsd.value).toBe(2.5);
  expect(report.totalCost.spendUsd).toBe('10');
  expect(report.standardSpendUsd?.value).toBe(1.5);
  expect(report.costPerIntentUsd.value).toBe(1.5 + 7.5);
  expect(report).toMatchObject({ n: 4, traffic: 0.5, unknown: 1, pending: 1 });
});

test('a plan that is compared as billed has no standard spend', () => {
  expect(planReport(estimate, billed, { intents: 0, isStandard: false })).toMatchObject({ traffic: 0 });
  expect('standardSpendUsd' in planReport(estimate, billed, { intents: 8, isStandard: false })).toBe(false);
});

test('an intent without a label is pending, unless its outcome stays unknown', () => {
  expect(countsOf(billed)).toMatchObject({ intents: 4, labelled: 2, unknown: 1, pending: 1 });
});
