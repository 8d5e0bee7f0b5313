import { describe, expect, test } from 'vitest';
import type { NodePrior } from '../../../src/core/beliefs/posterior.ts';
import { betaMean, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import { segmentPrior } from '../../../src/core/beliefs/segment-prior.ts';
import type { RoutingSums } from '../../../src/core/beliefs/routing-sums.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';

const BASE: NodePrior = { success: { a: 3, b: 1 }, climb: UNIFORM, rejected: UNIFORM, costUsd: 0.01 };

function seen(labelled: number, successes: number): RoutingSums {
  return { ...NO_SUMS, n: labelled, ended: labelled, labelled, successes, cost: labelled * 0.03e9 };
}

describe('segmentPrior', () => {
  test('the net cost of a visit is the mean of the other segments’ visits whose prefix was known', () => {
    const other = { ...seen(96, 48), withPrefix: 9, netCost: 0.09e9 };
    const netUsd = (base: NodePrior) => segmentPrior(base, { own: NO_SUMS, others: [other], climbs: false }).netUsd;
    expect(netUsd(BASE)).toBeCloseTo((0.01 + 0.09) / 10, 12);
    expect(netUsd({ ...BASE, netUsd: 0.11 })).toBeCloseTo((0.11 + 0.09) / 10, 12);
  });

  test('the prior weighs 20 outcomes where segments have the same rate, and fewer where their rates differ', () => {
    const strength = (rates: readonly number[]): number => {
      const [own, ...others] = rates.map(rate => seen(200, 200 * rate));
      const { a, b } = segmentPrior(BASE, { own: own as RoutingSums, others, climbs: false }).success;
      return a + b;
    };
    expect(strength([0.8, 0.8, 0.8, 0.8])).toBeCloseTo(20, 9);
    expect(strength([0.2, 0.95, 0.4, 0.8])).toBeLessThan(5);
    expect(strength([0.2, 0.95, 0.4, 0.8])).toBeGreaterThanOrEqual(2);
  });

  test('the prior’s mean combines the other segments with the feature’s prior, without the segment’s own outcomes', () => {
    const { a, b } = segmentPrior(BASE, { own: seen(1000, 0), others: [seen(96, 48)], climbs: false }).success;
    expect(a / (a + b)).toBeCloseTo((3 + 48) / 100, 9);
  });

  test('the feature’s prior stays as it is while the other segments have no outcomes', () => {
    const prior = segmentPrior(BASE, { own: seen(10, 5), others: [NO_SUMS, NO_SUMS], climbs: false });
    expect(prior.success.a).toBeCloseTo(3, 9);
    expect(prior.success.b).toBeCloseTo(1, 9);
    expect(prior.costUsd).toBe(0.01);
  });

  test('the prior cost is the other segments’ spend per visit, with the feature’s prior cost as one visit', () => {
    expect(segmentPrior(BASE, { own: NO_SUMS, others: [seen(99, 50)], climbs: false }).costUsd).toBeCloseTo(
      (0.01 + 99 * 0.03) / 100,
      12,
    );
  });

  test('the prior weighs at most six outcomes until two segments have two or more outcomes each', () => {
    const strength = (own: RoutingSums, ...others: readonly RoutingSums[]): number => {
      const { a, b } = segmentPrior(BASE, { own, others, climbs: false }).success;
      return a + b;
    };
    expect(strength(NO_SUMS, seen(96, 48))).toBeCloseTo(6, 9);
    expect(strength(seen(1, 1), seen(96, 48))).toBeCloseTo(6, 9);
    // Two outcomes are the least that say something about the spread.
    expect(strength(seen(2, 1), seen(96, 48))).toBeCloseTo(20, 9);
    expect(strength(NO_SUMS, seen(3, 2))).toBeCloseTo(6, 9);
    expect(strength(NO_SUMS, seen(1, 1))).toBeCloseTo(5, 9);
  });

  test('rejection rates are pooled like success rates, and the success rates of returned replies are pooled separately', () => {
    const others = [
      { ...NO_SUMS, n: 98, rejected: 24, labelled: 134, successes: 81, labelledRejected: 38, successesRejected: 9 },
    ];
    const { climb, rejected, success } = segmentPrior(BASE, { own: NO_SUMS, others, climbs: true });
    expect(betaMean(climb)).toBeCloseTo((1 + 24) / 100, 9);
    expect(betaMean(rejected)).toBeCloseTo((1 + 9) / 40, 9);
    expect(betaMean(success)).toBeCloseTo((3 + 72) / 100, 9);
  });

  test('where no plan climbs on from the node, rejected replies that were returned count for its success', () => {
    const others = [{ ...NO_SUMS, n: 96, labelled: 96, successes: 48, labelledRejected: 40, successesRejected: 0 }];
    const { success } = segmentPrior(BASE, { own: NO_SUMS, others, climbs: false });
    expect(betaMean(success)).toBeCloseTo((3 + 48) / 100, 9);
  });

  test('a prior mean of 100 % is lowered slightly, so that a failure remains possible', () => {
    const sure = { ...BASE, success: { a: 5, b: 0 } };
    const { success } = segmentPrior(sure, { own: NO_SUMS, others: [seen(50, 50)], climbs: false });
    expect(success.b).toBeGreaterThan(0);
    expect(betaMean(success)).toBeCloseTo(1 - 1e-6, 9);
  });
});
