import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import { seen, viewOf } from './views.ts';

const random = seededRandom(1);

test('every plan is tried ten times before the stopping rule is evaluated', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [9, 9], b: [40, 0] });
  expect(trackAndStop().decide(view, random).plan).toEqual(['a']);
});

test('a plan that has clearly won gets every later intent, even if it fails later', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [200, 190], b: [200, 40] });
  policy.decide(view, random);
  seen(learned, { a: [900, 0] });
  expect(policy.decide(view, random)).toMatchObject({ plan: ['a'], reason: 'stopped' });
});

test('two plans are explored further while their difference is not significant', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [30, 20], b: [30, 19] });
  expect(policy.decide(view, random).reason).toBe('finding out');
  expect(policy.decide(view, random).reason).toBe('finding out');
});

test('a plan that is not eligible is not explored', () => {
  const { view, learned } = viewOf(['a', 'b', 'c'], { eligible: 0b110 });
  seen(learned, { b: [50, 20] });
  expect(trackAndStop().decide(view, random).plan).toEqual(['c']);
});

test('a commitment made during an outage ends with the outage', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [200, 40], b: [200, 190] });
  const outage = { ...view, eligible: 0b01 };
  expect(policy.decide(outage, random).plan).toEqual(['a']);
  expect(policy.decide(view, random).plan).toEqual(['b']);
  expect(policy.decide(view, random)).toMatchObject({ plan: ['b'], reason: 'stopped' });
  expect(policy.decide(outage, random).plan).toEqual(['a']);
});

test('between plans that are close, the one furthest below its target proportion is tried next', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [200, 140], b: [20, 12] });
  expect(trackAndStop().decide(view, random)).toMatchObject({ plan: ['b'], reason: 'finding out' });
});

test('a plan with fewer outcomes than the square root of the total is tried, even if it seems hopeless', () => {
  const { view, learned } = viewOf(['a', 'b', 'c']);
  seen(learned, { a: [500, 350], b: [500, 345], c: [12, 0] });
  expect(trackAndStop().decide(view, random).plan).toEqual(['c']);
  seen(learned, { c: [40, 0] });
  expect(trackAndStop().decide(view, random).plan).not.toEqual(['c']);
});

test('a budget that is running low does not change the plan that is committed to', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [200, 40] }, 0.001);
  seen(learned, { b: [200, 190] }, 0.1);
  expect(trackAndStop().decide({ ...view, costMultiplier: 1_000 }, random).plan).toEqual(['b']);
});
