import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { targetShares } from '../../../src/replay/ledger/target-shares.ts';

const plans = [['mini'], ['premium']];

function viewOf(eligible: number): FeatureView {
  return {
    feature: 'f',
    plans,
    eligible,
    failureCostUsd: 15,
    objective: 'cost-per-intent',
    learned: createLearnedFeature({ feature: 'f', plans, priorCostUsd: {} }).segment(''),
    nowMs: 0,
  };
}

const shares = (policy: Policy, eligible: number) => {
  const found = targetShares(policy, viewOf(eligible), seededRandom(1));
  return typeof found === 'object' ? Array.from(found) : found;
};

test('a policy keeps its own shares if every plan was eligible', () => {
  expect(shares(fixed('premium'), 0b11)).toEqual([0, 1]);
  expect(shares(randomMix({ premium: 3 }), 0b11)).toEqual([0.25, 0.75]);
});

describe('decisions at which a plan was not eligible', () => {
  test('a policy that would choose an excluded plan has no shares, because its fallback would answer another question', () => {
    expect(shares(fixed('premium'), 0b01)).toBeUndefined();
    expect(shares(randomMix(), 0b01)).toBeUndefined();
  });

  test('a policy that gives an excluded plan at most 5 % keeps its shares of the eligible plans', () => {
    expect(shares(fixed('mini'), 0b01)).toEqual([1, 0]);
    expect(shares(randomMix({ mini: 95, premium: 5 }), 0b01)).toEqual([1, 0]);
    expect(shares(randomMix({ mini: 94, premium: 6 }), 0b01)).toBeUndefined();
  });
});

test('a policy for a plan that the ledger does not have is refused with the reason', () => {
  expect(shares(fixed('huge'), 0b11)).toBe('the other policy chooses a plan that this feature never had');
});

test('a policy that decides at random without `allocation` is an error', () => {
  const drawing: Policy = {
    name: 'drawing',
    decide: () => ({ plan: ['mini'], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'drawing', reason: '' }),
  };
  expect(() => shares(drawing, 0b11)).toThrow('the policy "drawing" cannot state its shares');
});
