import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { seen, viewOf } from './views.ts';

test('every eligible plan has the same propensity until every plan has the required number of outcomes', () => {
  const { view } = viewOf(['a', 'b', 'c'], { eligible: 0b101 });
  const policy = exploreThenCommit({ outcomes: 10 });
  const random = seededRandom(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 1000; i++) {
    const { plan, propensity } = policy.decide(view, random);
    expect(propensity).toBe(0.5);
    counts.set(plan.join(), (counts.get(plan.join()) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['a', 'c']);
  expect(counts.get('a')).toBeGreaterThan(420);
});

test('once every plan has enough outcomes, the best plan gets every intent, even if it fails later', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = exploreThenCommit({ outcomes: 10 });
  seen(learned, { a: [10, 9], b: [10, 1] });
  expect(policy.decide(view, seededRandom(1))).toMatchObject({ plan: ['a'], propensity: 1, reason: 'committed' });
  seen(learned, { a: [500, 0] });
  expect(policy.decide(view, seededRandom(1)).plan).toEqual(['a']);
});

test('an outage of the committed plan sends the intent to another plan', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = exploreThenCommit({ outcomes: 10 });
  seen(learned, { a: [10, 9], b: [10, 1] });
  policy.decide(view, seededRandom(1));
  expect(policy.decide({ ...view, eligible: 0b10 }, seededRandom(1))).toMatchObject({ plan: ['b'], propensity: 1 });
});

test.each([0, -1, 1.5, Number.NaN])('the option of %d outcomes is refused', outcomes => {
  expect(() => exploreThenCommit({ outcomes })).toThrow('exploreThenCommit.outcomes: ');
});

test('the policy commits at the 100th outcome of the last plan, not at the 99th', () => {
  const { view, learned } = viewOf(['a', 'b']);
  const policy = exploreThenCommit({ outcomes: 100 });
  const random = seededRandom('one by one');
  seen(learned, { a: [99, 98], b: [200, 20] });
  expect(policy.decide(view, random)).toMatchObject({ propensity: 0.5, reason: 'trying 2 plans' });
  seen(learned, { a: [1, 1] });
  expect(policy.decide(view, random)).toMatchObject({ plan: ['a'], propensity: 1, reason: 'committed' });
});

test('every plan needs its outcomes, the last plan too', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [200, 20], b: [99, 98] });
  expect(exploreThenCommit({ outcomes: 100 }).decide(view, seededRandom(1)).reason).toBe('trying 2 plans');
});

test('a plan that climbs is counted by the outcomes of its last model', () => {
  const { view, learned } = viewOf(['a', 'b'], { hasVerdict: true });
  const policy = exploreThenCommit({ outcomes: 10 });
  seen(learned, { a: [50, 40], b: [50, 20] });
  expect(policy.decide(view, seededRandom(1)).reason).toBe('trying 3 plans');
  seen(learned, { 'a>b': [10, 1] });
  expect(policy.decide(view, seededRandom(1)).reason).toBe('committed');
});

test('a budget that is running low does not change the plan that is committed to', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [20, 4] }, 0.001);
  seen(learned, { b: [20, 19] }, 0.1);
  const policy = exploreThenCommit({ outcomes: 10 });
  expect(policy.decide({ ...view, costMultiplier: 1_000 }, seededRandom(1)).plan).toEqual(['b']);
});
