import { expect, test } from 'vitest';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { RouterError } from '../../src/errors.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { withHoldout } from '../../src/policies/holdout.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';
import { thompson } from '../../src/policies/thompson.ts';

const plans = [['mini'], ['premium']];
function viewOf(eligible = 3): FeatureView {
  const learned = createLearnedFeature({ feature: 'f', plans, priorCostUsd: { mini: 0.002, premium: 0.014 } });
  return {
    feature: 'f',
    plans,
    eligible,
    failureCostUsd: 15,
    objective: 'cost-per-intent',
    learned: learned.segment(''),
    nowMs: 0,
  };
}

test('the share goes to the baseline, and every propensity is that of both draws together', () => {
  const policy = withHoldout(fixed('mini'), { model: 'premium', share: 0.1 });
  const view = viewOf();
  const random = seededRandom('holdout');
  const drawn = Array.from({ length: 20_000 }, () => policy.decide(view, random));
  const held = drawn.filter(decision => decision.plan[0] === 'premium');
  // Five standard errors of a share of 0.1.
  expect(Math.abs(held.length / drawn.length - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / drawn.length));
  expect(new Set(held.map(decision => decision.propensity))).toEqual(new Set([0.1]));
  expect(new Set(drawn.filter(decision => decision.plan[0] === 'mini').map(decision => decision.propensity))).toEqual(
    new Set([0.9]),
  );
});

test('with a policy that draws, the frequencies are the propensities', () => {
  const policy = withHoldout(thompson(), { model: 'premium', share: 0.3 });
  const view = viewOf();
  const random = seededRandom('holdout-thompson');
  // The first decision that is not held out makes the table that all further ones draw from.
  while (policy.decide(view, random).reason === 'held out as a baseline');
  const shares = policy.allocation?.(view, random).shares ?? [];
  expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(1, 12);
  const drawn = Array.from({ length: 20_000 }, () => policy.decide(view, random));
  const premium = drawn.filter(decision => decision.plan[0] === 'premium');
  const expected = premium[0]?.propensity ?? 0;
  expect(expected).toBeCloseTo(shares[1] ?? 0, 12);
  expect(Math.abs(premium.length / drawn.length - expected)).toBeLessThan(
    5 * Math.sqrt((expected * (1 - expected)) / drawn.length),
  );
});

test('while the baseline is not eligible the policy decides alone', () => {
  const policy = withHoldout(fixed('mini'), { model: 'premium', share: 0.5 });
  expect(policy.decide(viewOf(1), seededRandom(1))).toMatchObject({ plan: ['mini'], propensity: 1 });
});

test('a policy that cannot say its shares is refused', () => {
  const silent = { name: 'silent', decide: fixed('mini').decide };
  expect(() => withHoldout(silent, { model: 'premium', share: 0.1 })).toThrow(RouterError);
});
