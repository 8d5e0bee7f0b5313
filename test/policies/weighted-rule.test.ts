import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { weightedRule } from '../../src/policies/weighted-rule.ts';
import { seen, viewOf } from './views.ts';

const sharesOf = (options: Parameters<typeof weightedRule>[0], eligible = 0b11) => {
  const { view, learned } = viewOf(['a', 'b'], { eligible });
  seen(learned, { a: [100, 60], b: [100, 90] });
  return Array.from(weightedRule(options).allocation?.(view, seededRandom(1)).shares ?? []);
};

test('`quality: 1` chooses the better plan, and `quality: 0` the cheaper one', () => {
  expect(sharesOf({ quality: 1, epsilon: 0 })).toEqual([0, 1]);
  expect(sharesOf({ quality: 0, epsilon: 0 })).toEqual([1, 0]);
});

test('ε is spread over the eligible plans, and a plan that is not eligible gets nothing', () => {
  expect(sharesOf({ quality: 1, epsilon: 0.2 })).toEqual([0.1, 0.9]);
  expect(sharesOf({ quality: 1, epsilon: 0.2 }, 0b01)).toEqual([1, 0]);
});

test('the failure cost does not change the shares', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [100, 60], b: [100, 90] });
  const shares = (failureCostUsd: number) =>
    Array.from(weightedRule({ quality: 0.7 }).allocation?.({ ...view, failureCostUsd }, seededRandom(1)).shares ?? []);
  expect(shares(1000)).toEqual(shares(0.0001));
});

test.each([{ quality: 2 }, { epsilon: -1 }, { quality: Number.NaN }])('the options %o are refused', options => {
  expect(() => weightedRule(options)).toThrow(/^weightedRule\.(quality|epsilon): /);
});

test('every plan is chosen as often as its propensity says, and the propensities add up to 1', () => {
  const { view, learned } = viewOf(['a', 'b', 'c', 'd'], { eligible: 0b1011 });
  seen(learned, { a: [30, 10], b: [30, 29], d: [30, 20] });
  const policy = weightedRule({ epsilon: 0.3 });
  const random = seededRandom('drawn');
  const drawn = new Map<string, { times: number; propensity: number }>();
  for (let i = 0; i < 20_000; i++) {
    const { plan, propensity } = policy.decide(view, random);
    const times = (drawn.get(plan.join())?.times ?? 0) + 1;
    drawn.set(plan.join(), { times, propensity });
  }
  expect([...drawn.keys()].sort()).toEqual(['a', 'b', 'd']);
  expect([...drawn.values()].reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 12);
  for (const { times, propensity: p } of drawn.values()) {
    expect(Math.abs(times - 20_000 * p)).toBeLessThan(5 * Math.sqrt(20_000 * p * (1 - p)));
  }
});

test('the cost of a plan counts relative to the most expensive eligible plan', () => {
  const { view, learned } = viewOf(['a', 'b']);
  seen(learned, { a: [100, 60] }, 0.001);
  seen(learned, { b: [100, 90] }, 0.01);
  const shares = weightedRule({ quality: 0.5, epsilon: 0 }).allocation?.(view, seededRandom(1)).shares;
  // 0.5 × 0.6 − 0.5 × 0.1 is above 0.5 × 0.9 − 0.5 × 1.
  expect(Array.from(shares ?? [])).toEqual([1, 0]);
  // 0.9 × 0.6 − 0.1 × 0.1 is below 0.9 × 0.9 − 0.1 × 1.
  const forQuality = weightedRule({ quality: 0.9, epsilon: 0 }).allocation?.(view, seededRandom(1)).shares;
  expect(Array.from(forQuality ?? [])).toEqual([0, 1]);
});

test('the first of plans with the same score is chosen', () => {
  const { view } = viewOf(['a', 'b'], { priorCostUsd: 0.01 });
  expect(weightedRule({ epsilon: 0 }).decide(view, seededRandom(1)).plan).toEqual(['a']);
});

test('success alone decides between models that cost nothing', () => {
  const { view, learned } = viewOf(['a', 'b'], { priorCostUsd: 0 });
  seen(learned, { a: [100, 60], b: [100, 90] }, 0);
  const shares = weightedRule({ epsilon: 0 }).allocation?.(view, seededRandom(1)).shares;
  expect(Array.from(shares ?? [])).toEqual([0, 1]);
});
