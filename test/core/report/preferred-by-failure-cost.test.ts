import { expect, test } from 'vitest';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { preferredByFailureCost } from '../../../src/core/report/preferred-by-failure-cost.ts';

/** `[spend, failure rate]` of each plan. */
function tableOf(plans: readonly (readonly [number, number])[]) {
  const [costUsd, fail] = [plans.map(([usd]) => usd), plans.map(([, rate]) => rate)];
  return {
    rows: 1,
    plans: plans.length,
    costUsd: Float64Array.from(costUsd),
    fail: Float64Array.from(fail),
    meanCostUsd: Float64Array.from(costUsd),
    meanFail: Float64Array.from(fail),
  };
}

const inputs = { perSuccess: false, costMultiplier: 1, eligible: 3, plans: ['mini', 'premium', 'expert'] };
const two = tableOf([
  [0.002, 0.2],
  [0.03, 0.07],
]);

test('each part of the intents has the plan that costs least at its failure costs, and the limits between which that is so', () => {
  const parts = preferredByFailureCost(two, inputs, [
    { fraction: 0.6, usd: 0.05 },
    { fraction: 0.3, usd: 0.2 },
    { fraction: 0.1, usd: 4 },
  ]);
  const equalUsd = (0.03 - 0.002) / (0.2 - 0.07);
  expect(parts).toEqual([
    {
      plan: 'mini',
      description: 'mini',
      fraction: expect.closeTo(0.9, 12),
      failureCostUsd: expect.closeTo((0.6 * 0.05 + 0.3 * 0.2) / 0.9, 12),
      toUsd: expect.closeTo(equalUsd, 12),
    },
    {
      plan: 'premium',
      description: 'premium',
      fraction: 0.1,
      failureCostUsd: 4,
      fromUsd: expect.closeTo(equalUsd, 12),
    },
  ]);
});

test('one failure cost has one plan, and without an eligible plan there is none', () => {
  expect(preferredByFailureCost(two, inputs, sameFailureCost(4)).map(part => part.plan)).toEqual(['premium']);
  expect(preferredByFailureCost(two, { ...inputs, eligible: 0 }, sameFailureCost(4))).toEqual([]);
});

test('a plan that is the cheapest at no intent’s failure cost still limits the ranges of its neighbors', () => {
  const three = tableOf([
    [0.01, 0.3],
    [0.02, 0.2],
    [0.05, 0.1],
  ]);
  const parts = preferredByFailureCost(three, { ...inputs, eligible: 7 }, [
    { fraction: 0.5, usd: 0.05 },
    { fraction: 0.5, usd: 2 },
  ]);
  expect(parts.map(({ plan, fromUsd, toUsd }) => [plan, fromUsd, toUsd])).toEqual([
    ['mini', undefined, expect.closeTo(0.1, 9)],
    ['expert', expect.closeTo(0.3, 9), undefined],
  ]);
});
