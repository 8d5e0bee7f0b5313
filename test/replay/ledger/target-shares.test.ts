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

test('where every plan was eligible they are the policy’s own', () => {
  expect(shares(fixed('premium'), 0b11)).toEqual([0, 1]);
  expect(shares(randomMix({ premium: 3 }), 0b11)).toEqual([0.25, 0.75]);
});

describe('where a plan was not eligible', () => {
  test('a policy that would have taken it is not asked: what it falls back on is no evidence of it', () => {
    expect(shares(fixed('premium'), 0b01)).toBeUndefined();
    expect(shares(randomMix(), 0b01)).toBeUndefined();
  });

  test('one that would not, or hardly ever, is', () => {
    expect(shares(fixed('mini'), 0b01)).toEqual([1, 0]);
    expect(shares(randomMix({ mini: 97, premium: 3 }), 0b01)).toEqual([1, 0]);
  });
});

test('a policy for plans that the log has not is refused in words', () => {
  expect(shares(fixed('huge'), 0b11)).toBe('the log has no plan that the other policy asks for');
});

test('a policy that draws and cannot say how is refused', () => {
  const drawing: Policy = {
    name: 'drawing',
    decide: () => ({ plan: ['mini'], propensity: 0.5, eligible: ['mini', 'premium'], policy: 'drawing', reason: '' }),
  };
  expect(() => shares(drawing, 0b11)).toThrow('the policy "drawing" cannot say what it would do');
});
