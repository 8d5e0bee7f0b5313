import { expect, test } from 'vitest';
import { predictor, settlementOf } from '../../../src/replay/ledger/past-means.ts';
import { followPlan, settledIntent } from '../../../src/replay/common/answered-intent.ts';

test('a plan is expected to cost its own mean, drawn to that of all as by one intent', () => {
  const expected = predictor([
    { n: 3, spendUsd: 3, failureUsd: 30, failures: 2 },
    { n: 1, spendUsd: 9, failureUsd: 0, failures: 0 },
  ]);
  // All: 12/4, 30/4 and 2/4 an intent.
  expect(expected(0)).toEqual({ spendUsd: (3 + 3) / 4, failureUsd: (30 + 7.5) / 4, fail: (2 + 0.5) / 4 });
  expect(expected(1)).toEqual({ spendUsd: (9 + 3) / 2, failureUsd: 7.5 / 2, fail: 0.5 / 2 });
});

test('before any outcome nothing is expected, and nothing is NaN', () => {
  expect(predictor([{ n: 0, spendUsd: 0, failureUsd: 0, failures: 0 }])(0)).toEqual({
    spendUsd: 0,
    failureUsd: 0,
    fail: 0,
  });
});

function intent(success: boolean) {
  const ask = () => ({ costNanoUsd: 2_000_000, success, accepted: true });
  return settledIntent({
    id: 'i',
    feature: 'f',
    segment: '',
    decision: { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'test', reason: '' },
    answered: followPlan(['mini'], { ask, nowMs: 0 }),
    atMs: 0,
    failureCostNanoUsd: 15_000_000_000,
    versions: {},
  });
}

test('an intent costs its spend and, failed, what that cost: recorded, else configured, else what is asked about', () => {
  const failed = intent(false);
  const recorded = { ...failed, outcome: { ...failed.outcome, costNanoUsd: 22_500_000_000 } };
  expect(settlementOf(failed, undefined)).toEqual({ spendUsd: 0.002, failureUsd: 15, failed: true });
  expect(settlementOf(recorded, undefined)).toEqual({ spendUsd: 0.002, failureUsd: 22.5, failed: true });
  expect(settlementOf(recorded, 7)).toEqual({ spendUsd: 0.002, failureUsd: 7, failed: true });
  expect(settlementOf(intent(true), 7)).toEqual({ spendUsd: 0.002, failureUsd: 0, failed: false });
});

test('without an outcome it has not cost anything yet', () => {
  expect(settlementOf({ ...intent(true), outcome: { state: 'pending', escalated: false } }, undefined)).toBeUndefined();
});
