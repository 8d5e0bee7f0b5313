import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { viewOf } from './views.ts';

test('every plan is chosen as often as its propensity says, and never while it is not eligible', () => {
  const { view } = viewOf(['a', 'b', 'c'], { eligible: 0b011 });
  const policy = randomMix({ b: 3, c: 100 });
  const random = seededRandom(1);
  let b = 0;
  for (let i = 0; i < 4000; i++) {
    const { plan, propensity } = policy.decide(view, random);
    expect(propensity).toBe(plan[0] === 'b' ? 0.75 : 0.25);
    if (plan[0] === 'b') b++;
  }
  expect(b / 4000).toBeGreaterThan(0.72);
  expect(b / 4000).toBeLessThan(0.78);
});

test('the allocation gives the shares that `decide` draws from', () => {
  const { view } = viewOf(['a', 'b', 'c'], { eligible: 0b101 });
  const allocation = randomMix().allocation?.(view, seededRandom(1));
  expect(Array.from(allocation?.shares ?? [])).toEqual([0.5, 0, 0.5]);
  const weighted = randomMix({ b: 3, c: 100 }).allocation?.({ ...view, eligible: 0b011 }, seededRandom(1));
  expect(Array.from(weighted?.shares ?? [])).toEqual([0.25, 0.75, 0]);
});

test.each([0, -1, Number.POSITIVE_INFINITY, Number.NaN])('a weight of %d is refused', weight => {
  expect(() => randomMix({ a: weight })).toThrow('randomMix["a"]: ');
});

test.each([
  [0, 'a'],
  [0.2499, 'a'],
  [0.25, 'b'],
  [1, 'b'],
])('with weights of 1 and 3 the draw %d chooses %s', (draw, plan) => {
  const { view } = viewOf(['a', 'b']);
  expect(randomMix({ b: 3 }).decide(view, { next: () => draw }).plan).toEqual([plan]);
});
