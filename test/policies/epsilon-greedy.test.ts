import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { seen, viewOf } from './views.ts';

function propensities(
  policy: ReturnType<typeof epsilonGreedy>,
  view: ReturnType<typeof viewOf>['view'],
): Record<string, number> {
  const random = seededRandom('greedy');
  const found: Record<string, number> = {};
  for (let i = 0; i < 2000; i++) {
    const { plan, propensity } = policy.decide(view, random);
    found[plan[0] as string] = propensity;
  }
  return found;
}

test('the plan with the lowest posterior mean gets 1 − ε, and ε is spread over all eligible plans', () => {
  const { view, learned } = viewOf(['a', 'b', 'c', 'd']);
  seen(learned, { a: [50, 20], b: [50, 45], c: [50, 30], d: [50, 49] });
  expect(propensities(epsilonGreedy({ epsilon: 0.2 }), view)).toEqual({ a: 0.05, b: 0.05, c: 0.05, d: 0.05 + 0.8 });
  const masked = propensities(epsilonGreedy(), { ...view, eligible: 0b0111 });
  expect(masked.b).toBeCloseTo(0.1 / 3 + 0.9, 12);
  expect(masked.d).toBeUndefined();
});

test('ε = 0 always chooses the best plan, and an ε that is not a probability is refused', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [50, 10], b: [50, 40] });
  expect(propensities(epsilonGreedy({ epsilon: 0 }), view)).toEqual({ b: 1 });
  expect(() => epsilonGreedy({ epsilon: 1.5 })).toThrow('epsilonGreedy.epsilon: ');
  expect(() => epsilonGreedy({ epsilon: Number.NaN })).toThrow('epsilonGreedy.epsilon: ');
});

test('the first of plans with the same score is chosen', () => {
  const { view } = viewOf(['a', 'b'], { priorCostUsd: 0.01 });
  expect(epsilonGreedy({ epsilon: 0 }).decide(view, seededRandom(1)).plan).toEqual(['a']);
});
