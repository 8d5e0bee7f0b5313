import { expect, test } from 'vitest';
import { replayOutcomeOf } from '../../../src/replay/ledger/replay-outcome.ts';
import { followPlan, labelledIntent } from '../../../src/replay/common/answered-intent.ts';

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

test('a failed intent costs its spend plus the failure cost of the replay, otherwise the recorded or the configured one', () => {
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
