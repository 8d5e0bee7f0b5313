import { describe, expect, test } from 'vitest';
import { costSample } from '../../../src/core/report/cost-sample.ts';
import type { Sums } from '../../../src/core/cells/cell.ts';
import { difference, sumOf } from '../../../src/core/cells/sums.ts';
import { sumsOf } from './intent-sums.ts';

const INTENTS = Array.from({ length: 120 }, (_, i) => [BigInt(1_000_000 * (1 + (i % 7) ** 2)), i % 10 !== 0] as const);

describe('costSample', () => {
  test('the moments and the correlation of a sample are those of the intents', () => {
    const usd = INTENTS.map(([cost]) => Number(cost) / 1e9);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const m = mean(usd);
    const deviation = Math.sqrt(mean(usd.map(x => (x - m) ** 2)));
    const fail = INTENTS.map(([, success]) => (success ? 0 : 1));
    const covariance = mean(usd.map((x, i) => (x - m) * ((fail[i] as number) - 0.1)));
    const sample = costSample(sumsOf(INTENTS), 99);
    expect(sample.meanUsd).toBeCloseTo(m, 15);
    expect(sample.variance).toBeCloseTo((deviation ** 2 * 120) / 119, 15);
    expect(sample.skewness).toBeCloseTo(mean(usd.map(x => ((x - m) / deviation) ** 3)), 10);
    expect(sample.correlation).toBeCloseTo(covariance / deviation / Math.sqrt(0.09), 10);
    expect(sample.failureCostUsd).toBe(15);
  });

  test('rounding does not lose a tiny spread of large costs', () => {
    const costs = Array.from({ length: 1000 }, (_, i) => [9_000_000_000_000n + BigInt(i % 2), true] as const);
    expect(costSample(sumsOf(costs), 15).variance * 1e18).toBeCloseTo((0.25 * 1000) / 999, 9);
  });

  test('the configured failure cost is used until an intent fails', () => {
    expect(costSample(sumsOf([[5n, false]]), 12).failureCostUsd).toBe(15);
    expect(costSample(sumsOf([[5n, true]]), 12).failureCostUsd).toBe(12);
    expect(costSample({}, 12)).toMatchObject({ n: 0, labelled: 0, failureCostUsd: 12 });
  });
});

describe('failures of different cost', () => {
  const USD = 10n ** 9n;
  /** Every 20th intent would cost $200, the others $15; every 11th fails, expensive ones among them. */
  const intents = Array.from({ length: 400 }, (_, i) => ({
    cost: BigInt(1_000_000 * (1 + (i % 7))),
    failureCost: i % 20 === 3 ? 200n * USD : 15n * USD,
    fails: i % 11 === 3,
  }));
  const plain = sumsOf(intents.map(({ cost, fails }) => [cost, !fails] as const));
  const total = (of: (intent: (typeof intents)[number]) => bigint): bigint =>
    intents.reduce((sum, intent) => sum + of(intent), 0n);
  const loss = ({ fails, failureCost }: (typeof intents)[number]): bigint => (fails ? failureCost : 0n);
  const sums: Sums = {
    ...plain,
    failureCost: total(loss),
    failureCost2: total(each => loss(each) ** 2n),
    costTimesFailureCost: total(each => each.cost * loss(each)),
    weighedFailures: total(({ fails }) => (fails ? 1n : 0n)),
    labelledFailureCost: total(({ failureCost }) => failureCost),
    labelledFailureCost2: total(({ failureCost }) => failureCost ** 2n),
  };

  test('the correlation of a sample is between cost and loss', () => {
    const pairs = intents.map(each => [Number(each.cost), Number(loss(each))] as const);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const [x, y] = [mean(pairs.map(pair => pair[0])), mean(pairs.map(pair => pair[1]))];
    const moment = (of: (dx: number, dy: number) => number): number => mean(pairs.map(([a, b]) => of(a - x, b - y)));
    const expected = moment((a, b) => a * b) / Math.sqrt(moment(a => a * a) * moment((_, b) => b * b));
    expect(costSample(sums, 15).correlation).toBeCloseTo(expected, 9);
  });

  test('the tilted failure cost E[H²]/E[H] is taken over failures or over all labelled intents, whichever gives more', () => {
    const ratio = (of: typeof intents): number =>
      of.reduce((sum, each) => sum + Number(each.failureCost) ** 2, 0) /
      of.reduce((sum, each) => sum + Number(each.failureCost), 0) /
      1e9;
    const failed = intents.filter(({ fails }) => fails);
    expect(costSample(sums, 15).failureCostTiltedUsd).toBeCloseTo(Math.max(ratio(failed), ratio(intents)), 9);
    // No intent failed, and the configured failure costs of all intents are still known.
    const none = { ...sums, successes: 400n };
    for (const name of ['failureCost', 'failureCost2', 'costTimesFailureCost', 'weighedFailures'] as const)
      delete none[name];
    expect(costSample(none, 15).failureCostTiltedUsd).toBeCloseTo(ratio(intents), 9);
  });

  test('a sample does not depend on the sums of squares where all failures cost the same', () => {
    const same: Sums = {
      ...plain,
      failureCost2: (plain.failureCost ?? 0n) * 15n * USD,
      costTimesFailureCost: (plain.costOfFailures ?? 0n) * 15n * USD,
      weighedFailures: (plain.labelled ?? 0n) - (plain.successes ?? 0n),
      labelledFailureCost: 400n * 15n * USD,
      labelledFailureCost2: 400n * (15n * USD) ** 2n,
    };
    const { failureCostTiltedUsd, correlation, ...sample } = costSample(same, 15);
    const { correlation: before, ...others } = costSample(plain, 15);
    expect(failureCostTiltedUsd).toBe(15);
    expect(sample).toEqual(others);
    expect(correlation).toBeCloseTo(before, 9);
  });

  test('failures count as equally expensive in cells without sums of squares, alone or added to newer cells', () => {
    expect(costSample(plain, 15)).not.toHaveProperty('failureCostTiltedUsd');
    const both = sumOf([plain, sums]);
    expect(costSample(both, 15)).not.toHaveProperty('failureCostTiltedUsd');
    const { correlation } = costSample(plain, 15);
    expect(costSample(both, 15).correlation).toBeCloseTo(correlation, 9);
    // Retracting a failure of an older cell subtracts sums that were never added: the sums still do not cover every failure.
    const takenBack = difference(both, { labelled: 1n, weighedFailures: 1n, failureCost2: (15n * USD) ** 2n });
    expect(costSample(takenBack, 15)).not.toHaveProperty('failureCostTiltedUsd');
  });
});
