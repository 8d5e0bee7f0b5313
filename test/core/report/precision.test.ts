import { expect, test } from 'vitest';
import { precisionOf } from '../../../src/core/report/precision.ts';

const sample = {
  n: 0,
  meanUsd: 0.014,
  variance: 0,
  skewness: 0,
  labelled: 998,
  successes: 949,
  correlation: 0,
  failureCostUsd: 15,
};

test('the published case needs 1,027 outcomes for ±$0.20 at a success rate of 95 % and $15 a failure', () => {
  // One success and one failure are added: 950 of 1,000.
  expect(precisionOf(sample, 0.2)).toEqual({ halfWidthUsd: 0.2, moreOutcomes: 1027 - 998 });
});

test('a feature that never failed still needs more outcomes', () => {
  // 21 of 22: 15² × (21/22)(1/22) × 1.96²/0.2².
  expect(precisionOf({ ...sample, labelled: 20, successes: 20 }, 0.2).moreOutcomes).toBe(938 - 20);
});

test('a feature that has enough outcomes needs no more, never a negative number', () => {
  expect(precisionOf(sample, 5).moreOutcomes).toBe(0);
});

test('observed spends need as many outcomes as would show a burst of cost', () => {
  // A hundred times $0.014, at the frequency that 8 % of samples do not show, within ±$0.0014.
  const cheap = { ...sample, failureCostUsd: 0, mayBurst: true };
  expect(precisionOf(cheap, 0.0014).moreOutcomes).toBe(Math.ceil(1000 * Math.log(1 / 0.08)) - 998);
});

test('the spread of the spend adds to the outcomes needed', () => {
  expect(precisionOf({ ...sample, variance: 15 ** 2 }, 0.2).moreOutcomes).toBeGreaterThan(20_000);
});
