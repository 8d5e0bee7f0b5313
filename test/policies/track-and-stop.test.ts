import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import { seen, viewOf } from './views.ts';

const random = seededRandom(1);

test('every plan is tried ten times before anything is reckoned', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [9, 9], b: [40, 0] });
  expect(trackAndStop().decide(view, random).plan).toEqual(['a']);
});

test('a clear winner is committed to, for ever', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [200, 190], b: [200, 40] });
  policy.decide(view, random);
  seen(learned, { a: [900, 0] });
  expect(policy.decide(view, random)).toMatchObject({ plan: ['a'], reason: 'stopped' });
});

test('what cannot be told apart yet is not committed to', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [30, 20], b: [30, 19] });
  expect(policy.decide(view, random).reason).toBe('finding out');
  expect(policy.decide(view, random).reason).toBe('finding out');
});

test('plans that are not eligible are not tracked', () => {
  const { view, learned } = viewOf(['a', 'b', 'c'], { eligible: 0b110 });
  seen(learned, { b: [50, 20] });
  expect(trackAndStop().decide(view, random).plan).toEqual(['c']);
});

test('what was best of those left in an outage is not kept to after it', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = trackAndStop();
  seen(learned, { a: [200, 40], b: [200, 190] });
  const outage = { ...view, eligible: 0b01 };
  expect(policy.decide(outage, random).plan).toEqual(['a']);
  expect(policy.decide(view, random).plan).toEqual(['b']);
  expect(policy.decide(view, random)).toMatchObject({ plan: ['b'], reason: 'stopped' });
  expect(policy.decide(outage, random).plan).toEqual(['a']);
});
