import { expect, test } from 'vitest';
import { wilson } from '../../../src/core/math/interval.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { trendOf } from '../../../src/core/report/trend.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const facts = { plans: ['mini'], failureCostUsd: 15 };

function report(successes: number, failures: number, escalated = 0, pending = 0) {
  const cells = cellsOf(
    many(successes, { evidence: [SUCCESS] }),
    many(failures, { evidence: [FAILURE] }),
    many(escalated, { evidence: [{ ...FAILURE, escalated: true }] }),
    many(pending, {}),
  );
  return reportFeature('f', cells, { facts });
}

test('a difference that chance cannot explain is significant, and its sign is that of now minus before', () => {
  const trend = trendOf(report(95, 5), report(60, 40));
  expect(trend.intents).toEqual({ before: 100, now: 100 });
  expect(trend.success.difference.value).toBeCloseTo(0.35, 12);
  expect(trend.costPerIntentUsd.difference.value).toBeCloseTo(-15 * 0.35, 9);
  expect([trend.success, trend.costPerIntentUsd, trend.costPerSuccessUsd].map(each => each.isSignificant)).toEqual([
    true,
    true,
    true,
  ]);
});

test('a difference that chance can explain, or that is 0, is not significant', () => {
  const trend = trendOf(report(9, 1), report(8, 2));
  expect(trend.success.difference.value).toBeCloseTo(0.1, 12);
  expect([
    trend.success.isSignificant,
    trend.costPerIntentUsd.isSignificant,
    trend.spendPerIntentUsd.isSignificant,
  ]).toEqual([false, false, false]);
});

test('the fraction of intents that a person took over is a fraction of the labelled intents', () => {
  const { escalated } = trendOf(report(70, 0, 30, 50), report(100, 0));
  expect(escalated.now).toEqual(wilson(30, 100));
  expect(escalated.isSignificant).toBe(true);
});

test('a comparison with an empty period has no difference, and nothing is marked as significant', () => {
  const { success, costPerSuccessUsd, intents } = trendOf(report(5, 0), report(0, 0));
  expect(intents.before).toBe(0);
  expect([success.difference.value, costPerSuccessUsd.difference.value]).toEqual([Number.NaN, Number.NaN]);
  expect([success.isSignificant, costPerSuccessUsd.isSignificant]).toEqual([false, false]);
});
