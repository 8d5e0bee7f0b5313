import { expect, test } from 'vitest';
import { expectedCosts, replayOutcomeOf } from '../../../src/replay/ledger/past-means.ts';
import { followPlan, labelledIntent } from '../../../src/replay/common/answered-intent.ts';

test('the expected cost of a plan is its own mean, shrunk towards that of all plans by one intent', () => {
  const expected = expectedCosts([
    { n: 3, spendUsd: 3, failureUsd: 30, failures: 2 },
    { n: 1, spendUsd: 9, failureUsd: 0, failures: 0 },
  ]);
  // All: 12/4, 30/4 and 2/4 an intent.
  expect(expected(0)).toEqual({ spendUsd: (3 + 3) / 4, failureUsd: (30 + 7.5) / 4, fail: (2 + 0.5) / 4 });
  expect(expected(1)).toEqual({ spendUsd: (9 + 3) / 2, failureUsd: 7.5 / 2, fail: 0.5 / 2 });
});

test('the expected cost is 0, not NaN, before any outcome', () => {
  expect(expectedCosts([{ n: 0, spendUsd: 0, failureUsd: 0, failures: 0 }])(0)).toEqual({
    spendUsd: 0,
    failureUsd: 0,
    fail: 0,
  });
});

function intent(success: boolean) {
  const ask = () => ({ costNanoUsd: 2_000_000, success, accepted: true });
  return labelledIntent({
    id: 'i',
    feature: 'f',
    segment: '',
    decision: { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'test', reason: '' },
    result: followPlan(['mini'], { ask, nowMs: 0 }),
    atMs: 0,
    failureCostNanoUsd: 15_000_000_000,
    versions: {},
  });
}

test('a failed intent costs its spend plus the failure cost of the replay, else the recorded, else the configured one', () => {
  const failed = intent(false);
  const recorded = { ...failed, outcome: { ...failed.outcome, costNanoUsd: 22_500_000_000 } };
  expect(replayOutcomeOf(failed, undefined)).toEqual({ spendUsd: 0.002, failureUsd: 15, failed: true });
  expect(replayOutcomeOf(recorded, undefined)).toEqual({ spendUsd: 0.002, failureUsd: 22.5, failed: true });
  expect(replayOutcomeOf(recorded, 7)).toEqual({ spendUsd: 0.002, failureUsd: 7, failed: true });
  expect(replayOutcomeOf(intent(true), 7)).toEqual({ spendUsd: 0.002, failureUsd: 0, failed: false });
});

test('an intent without an outcome has no cost yet', () => {
  expect(
    replayOutcomeOf({ ...intent(true), outcome: { state: 'pending', escalated: false } }, undefined),
  ).toBeUndefined();
});
