import { expect, test } from 'vitest';
import { gainOf } from '../../src/core/gain.ts';
import { tallyBy } from '../../src/core/period.ts';
import { cellsOf, FAILURE, many, SUCCESS } from './cells.ts';

const plans = ['mini', 'premium'];

function gain(mini: readonly [number, number], premium: readonly [number, number]) {
  const cells = cellsOf(
    many(mini[0], { evidence: [SUCCESS] }),
    many(mini[1], { evidence: [FAILURE] }),
    many(premium[0], { plan: ['premium'], evidence: [SUCCESS] }),
    many(premium[1], { plan: ['premium'], evidence: [FAILURE] }),
  );
  return gainOf(tallyBy(cells, { scope: 'plan', by: cell => cell.key.at }), { plans, failureCostUsd: 15 });
}

test('the gain is what was paid per intent less what the best plan paid', () => {
  const found = gain([140, 60], [190, 10]);
  expect(found?.plan).toBe('premium');
  expect(found?.perIntentUsd.value).toBeCloseTo(15 * (70 / 400) - 15 * 0.05, 9);
  expect(found?.overPeriodUsd.value).toBeCloseTo(400 * (found?.perIntentUsd.value ?? 0), 9);
});

test('its limits hold the figure and are never below nothing', () => {
  const found = gain([140, 60], [190, 10]);
  expect(found?.perIntentUsd.low).toBeGreaterThanOrEqual(0);
  expect(found?.perIntentUsd.high).toBeGreaterThan(found?.perIntentUsd.value ?? Infinity);
});

test('a plan with a handful of outcomes is not called the best', () => {
  expect(gain([10, 0], [5, 0])).toBeUndefined();
  expect(gain([20, 20], [5, 0])?.plan).toBe('mini');
});
