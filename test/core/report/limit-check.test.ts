import { expect, test } from 'vitest';
import { wilson } from '../../../src/core/math/interval.ts';
import { checkLimits } from '../../../src/core/report/limit-check.ts';

const figure = (value: number, low: number, high: number) => ({ value, low, high });
const figures = {
  labelled: 20,
  costPerSuccessUsd: figure(1, 0.8, 1.3),
  costPerIntentUsd: figure(0.9, 0.7, 1.1),
  success: figure(0.9, 0.85, 0.93),
  spendUsd: '12.5',
};

test.each([
  [{ maxCostPerSuccess: 1.3 }, 'within'],
  [{ maxCostPerSuccess: 1.2 }, 'uncertain'],
  [{ maxCostPerSuccess: 0.8 }, 'uncertain'],
  [{ maxCostPerSuccess: 0.79 }, 'exceeded'],
  [{ maxCostPerIntent: 0.69 }, 'exceeded'],
  [{ minSuccess: 0.85 }, 'within'],
  [{ minSuccess: 0.86 }, 'uncertain'],
  [{ minSuccess: 0.94 }, 'exceeded'],
  [{ maxSpend: 12.5 }, 'within'],
  [{ maxSpend: 12.49 }, 'exceeded'],
])('the limit %j is %s: a limit inside the interval is neither kept nor exceeded', (limits, state) => {
  expect(checkLimits(figures, limits)).toMatchObject([{ limit: Object.keys(limits)[0], state }]);
});

test('without an outcome a rate is unknown, and the spend is known', () => {
  const none = { ...figures, labelled: 0, costPerSuccessUsd: wilson(0, 0), success: wilson(0, 0) };
  expect(checkLimits(none, { maxCostPerSuccess: 1, minSuccess: 0.5, maxSpend: 1 }).map(({ state }) => state)).toEqual([
    'unknown',
    'unknown',
    'exceeded',
  ]);
});

test('an alert at 90 % of a feature that succeeds in 90 % is rare from the first outcome on: fewer than 20 outcomes are too few', () => {
  // The exact chance of each count of successes among n, whose whole interval is below the limit.
  const chance = (n: number, k: number): number => {
    let ways = 1;
    for (let i = 0; i < k; i++) ways *= (n - i) / (i + 1);
    return ways * 0.9 ** k * 0.1 ** (n - k);
  };
  const falseAlarms = Array.from({ length: 60 }, (_, i) => {
    const n = i + 1;
    return Array.from({ length: n + 1 }, (__, k) => k).reduce((sum, k) => {
      const [check] = checkLimits({ ...figures, labelled: n, success: wilson(k, n) }, { minSuccess: 0.9 });
      return sum + (check?.state === 'exceeded' ? chance(n, k) : 0);
    }, 0);
  });
  expect(Math.max(...falseAlarms)).toBeLessThan(1 / 16);
  expect(falseAlarms.slice(0, 19)).toEqual(Array.from({ length: 19 }, () => 0));
});
