import { expect, test } from 'vitest';
import { costPerSuccess } from '../../../src/core/math/interval.ts';
import { addToTally, emptyTally } from '../../../src/replay/table/plan-tally.ts';
import { tallyFigures } from '../../../src/replay/table/tally-figures.ts';

const SPENDS = [0.001, 0.002, 0.002, 0.01, 0.003, 0.001];

test('the figures from a tally equal those computed from the individual spends', () => {
  const sums = emptyTally();
  SPENDS.forEach((spend, i) => addToTally(sums, spend, i % 3 === 0 ? 0 : 1));
  const n = SPENDS.length;
  const mean = SPENDS.reduce((sum, x) => sum + x, 0) / n;
  const moment = (k: number): number => SPENDS.reduce((sum, x) => sum + (x - mean) ** k, 0) / n;
  const failed = SPENDS.map((_, i) => (i % 3 === 0 ? 1 : 0));
  const covariance = SPENDS.reduce((sum, x, i) => sum + (x - mean) * ((failed[i] as number) - 2 / 6), 0) / n;
  const direct = costPerSuccess({
    n,
    meanUsd: mean,
    variance: (moment(2) * n) / (n - 1),
    skewness: moment(3) / moment(2) ** 1.5,
    mayBurst: true,
    labelled: n,
    successes: 4,
    correlation: covariance / Math.sqrt(moment(2) * (2 / 6) * (4 / 6)),
    failureCostUsd: 1,
  });
  const { costPerSuccessUsd, successRate } = tallyFigures(sums, { failureCostUsd: 1, runs: 1 });
  expect(successRate).toBeCloseTo(4 / 6, 12);
  for (const part of ['value', 'low', 'high'] as const) expect(costPerSuccessUsd[part]).toBeCloseTo(direct[part], 6);
});

test('repeated runs over the same intents do not narrow the intervals', () => {
  const sums = emptyTally();
  for (let run = 0; run < 4; run++) SPENDS.forEach((spend, i) => addToTally(sums, spend, i % 2));
  const once = emptyTally();
  SPENDS.forEach((spend, i) => addToTally(once, spend, i % 2));
  const width = ({ low, high }: { low: number; high: number }): number => high - low;
  const four = tallyFigures(sums, { failureCostUsd: 1, runs: 4 });
  expect(four.intents).toBe(6);
  expect(width(four.costPerIntentUsd)).toBeCloseTo(
    width(tallyFigures(once, { failureCostUsd: 1, runs: 1 }).costPerIntentUsd),
    2,
  );
});

test('an empty tally has no figures', () => {
  const figures = tallyFigures(emptyTally(), { failureCostUsd: 1, runs: 1 });
  expect(figures.successRate).toBeNaN();
  expect(figures.costPerIntentUsd.value).toBeNaN();
});
