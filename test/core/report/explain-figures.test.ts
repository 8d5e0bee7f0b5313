import { expect, test } from 'vitest';
import type { SampleTable } from '../../../src/core/choice/posterior-samples.ts';
import {
  credibleFigure,
  expectedFigures,
  mixtureOf,
  quantile,
  scoreDifferences,
  withLoss,
} from '../../../src/core/report/explain-figures.ts';

/** 201 samples of two plans: their costs and failure probabilities rise evenly, in opposite directions. */
const ROWS = 201;
const rise = (row: number): number => row / (ROWS - 1);
const table: SampleTable = {
  rows: ROWS,
  plans: 2,
  costUsd: Float64Array.from({ length: 2 * ROWS }, (_, i) => (i % 2 === 0 ? 1 + rise(i >> 1) : 4)),
  fail: Float64Array.from({ length: 2 * ROWS }, (_, i) => (i % 2 === 0 ? 0.5 * rise(i >> 1) : 0.1)),
  meanCostUsd: Float64Array.of(1.5, 4),
  meanFail: Float64Array.of(0.25, 0.1),
};

test('expected figures are the means, with the central 95 % of the samples as intervals', () => {
  const { success, spendUsd, costPerIntentUsd, costPerSuccessUsd } = expectedFigures(withLoss(table, 10), 0);
  expect(spendUsd).toEqual({ value: 1.5, low: 1.025, high: 1.975 });
  expect([success.value, success.low, success.high]).toEqual([0.75, 1 - 0.4875, 1 - 0.0125]);
  expect(costPerIntentUsd).toEqual({ value: 1.5 + 10 * 0.25, low: 1.025 + 10 * 0.0125, high: 1.975 + 10 * 0.4875 });
  expect(costPerSuccessUsd.value).toBeCloseTo(4 / 0.75, 12);
  expect(costPerSuccessUsd.high).toBeCloseTo((1.975 + 4.875) / (1 - 0.4875), 12);
});

test('bursts that have not been observed raise the upper limits of the spend and of both cost figures', () => {
  const observed = expectedFigures(withLoss(table, 10), 0);
  const raised = expectedFigures(withLoss(table, 10), 0, 3);
  expect(raised.success).toEqual(observed.success);
  expect(raised.spendUsd).toEqual({ ...observed.spendUsd, high: observed.spendUsd.high + 3 });
  expect(raised.costPerIntentUsd).toEqual({ ...observed.costPerIntentUsd, high: observed.costPerIntentUsd.high + 3 });
  const perSuccess = observed.costPerSuccessUsd.high + 3 / observed.success.low;
  expect(raised.costPerSuccessUsd.high).toBeCloseTo(perSuccess, 12);
});

test('a mixture weighs the plans of every sample by their shares', () => {
  const mixed = expectedFigures(mixtureOf(table, [0.25, 0.75], [0.25 * 10, 0.75 * 2]), 0);
  expect(mixed.spendUsd.value).toBeCloseTo(0.25 * 1.5 + 0.75 * 4, 12);
  expect(mixed.success.value).toBeCloseTo(1 - (0.25 * 0.25 + 0.75 * 0.1), 12);
  // A failure costs $10 in the intents that get the first plan, and $2 in the others.
  const lossUsd = 0.25 * 10 * 0.25 + 0.75 * 2 * 0.1;
  expect(mixed.costPerIntentUsd.value).toBeCloseTo(0.25 * 1.5 + 0.75 * 4 + lossUsd, 12);
  expect(mixed.spendUsd.high - mixed.spendUsd.low).toBeCloseTo(0.25 * 0.95, 12);
});

test('score differences compare two plans sample by sample, in ascending order', () => {
  const found = scoreDifferences(table, { valueUsd: 10, costMultiplier: 2 }, [0, 1]);
  expect([found[0], found.at(-1)]).toEqual([2 * 1 - (2 * 4 + 10 * 0.1), 2 * 2 + 10 * 0.5 - (2 * 4 + 10 * 0.1)]);
  expect([...found]).toEqual([...found].sort((a, b) => a - b));
});

test('an interval always contains its value, also where the value lies outside the samples', () => {
  const samples = Float64Array.from({ length: 41 }, (_, i) => i);
  expect([quantile(samples, 0.025), quantile(samples, 0.975)]).toEqual([1, 39]);
  expect(credibleFigure(20, samples)).toEqual({ value: 20, low: 1, high: 39 });
  expect(credibleFigure(-5, samples).low).toBe(-5);
  expect(credibleFigure(50, samples).high).toBe(50);
});
