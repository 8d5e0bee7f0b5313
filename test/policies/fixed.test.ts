import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { RouterError } from '../../src/errors.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { viewOf } from './views.ts';

const random = seededRandom(1);

test('a plan given as a model or as a list of models is always chosen, with propensity 1', () => {
  const { view } = viewOf(['mini', 'premium'], { hasVerdict: true });
  expect(fixed('premium').decide(view, random)).toMatchObject({ plan: ['premium'], propensity: 1, reason: 'fixed' });
  expect(fixed(['mini', 'premium']).decide(view, random).plan).toEqual(['mini', 'premium']);
  expect(fixed('mini').decide(view, random).eligible).toEqual(['mini', 'mini>premium', 'premium']);
});

test('the first eligible plan is chosen while the fixed plan is not eligible, and the reason says so', () => {
  const { view } = viewOf(['a', 'b', 'c'], { eligible: 0b110 });
  const decision = fixed('a').decide(view, random);
  expect(decision).toMatchObject({ plan: ['b'], propensity: 1, eligible: ['b', 'c'] });
  expect(decision.reason).toContain('a is not eligible');
  expect(fixed('a').allocation?.(view, random).shares).toEqual([0, 1, 0]);
});

test('a plan that the feature does not have is refused with the plans that it has', () => {
  const { view } = viewOf(['a', 'b']);
  let thrown: unknown;
  try {
    fixed('c').decide(view, random);
  } catch (error) {
    thrown = error;
  }
  expect(RouterError.isInstance(thrown)).toBe(true);
  expect(thrown).toMatchObject({ code: 'invalid-config', accepted: ['a', 'b'] });
});

test('equal decisions are the same object', () => {
  const policy = fixed('b');
  const { view } = viewOf(['a', 'b']);
  expect(policy.decide(view, random)).toBe(policy.decide(view, random));
  const outage = { ...view, eligible: 0b01 };
  expect(policy.decide(outage, random)).toBe(policy.decide(outage, random));
});

test('one policy object serves several features', () => {
  const policy = fixed('b');
  expect(policy.decide(viewOf(['a', 'b']).view, random).plan).toEqual(['b']);
  expect(policy.decide(viewOf(['b', 'c', 'd']).view, random).eligible).toEqual(['b', 'c', 'd']);
});
