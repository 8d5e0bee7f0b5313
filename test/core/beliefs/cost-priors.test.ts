import { describe, expect, test } from 'vitest';
import { costPriors, netPriors } from '../../../src/core/beliefs/cost-priors.ts';
import { empiricalBayes } from '../../../src/core/beliefs/priors.ts';
import type { CostPrior } from '../../../src/core/beliefs/cost-belief.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';

/** Visits at a mean cost, with a squared coefficient of variation. */
function visited(feature: string, node: string, cost: { visits: number; usd: number; variation?: number }): RateCell {
  const { visits, usd, variation = 1 } = cost;
  const costUsd2 = usd ** 2 * (visits + (visits - 1) * variation);
  return { feature, node, n: 0, s: 0, visits, costUsd: visits * usd, costUsd2 };
}

/** The prior of node `a` in a feature, by default in one that has no visits. */
function priorOf(cells: readonly RateCell[], feature = 'new', node = 'a'): CostPrior | undefined {
  const features = Map.groupBy(cells, cell => cell.feature);
  return costPriors(features)(features.get(feature) ?? [], node);
}

describe('the expected cost of a visit', () => {
  test('a configured cost weighs as much as ten visits, and the visits of one feature as thirty at most', () => {
    const some = { ...visited('f', 'a', { visits: 20, usd: 0.02 }), priorCostUsd: 0.05 };
    expect(priorOf([some])?.usd).toBeCloseTo((20 * 0.02 + 10 * 0.05) / 30, 12);
    const many = { ...visited('f', 'a', { visits: 3000, usd: 0.02 }), priorCostUsd: 0.05 };
    expect(priorOf([many])?.usd).toBeCloseTo((30 * 0.02 + 10 * 0.05) / 40, 12);
  });

  test('costs configured in several features are averaged and weigh together as much as ten visits', () => {
    const cells: readonly RateCell[] = [
      { ...visited('f', 'a', { visits: 10, usd: 0.02 }), priorCostUsd: 0.05 },
      { feature: 'g', node: 'a', n: 0, s: 0, priorCostUsd: 0.03 },
    ];
    expect(priorOf(cells)?.usd).toBeCloseTo((10 * 0.02 + 10 * 0.04) / 20, 12);
  });

  test('a model without visits is expected to cost less in a feature where another model costs a tenth of its usual cost', () => {
    const long = Array.from({ length: 9 }, (_, i) => [
      visited(`f${i}`, 'a', { visits: 30, usd: 0.01 }),
      visited(`f${i}`, 'b', { visits: 30, usd: 0.1 }),
    ]).flat();
    const cells = [...long, visited('short', 'a', { visits: 30, usd: 0.001 })];
    expect(priorOf(cells, 'new', 'b')?.usd).toBeCloseTo(0.1, 9);
    // The pooled cost of `a` is 0.0091. Thirty visits say a factor of 0.11, and ten pseudo-visits a factor of 1: 0.11^(3/4).
    expect(priorOf(cells, 'short', 'b')?.usd).toBeCloseTo(0.1 * (0.001 / 0.0091) ** 0.75, 9);
    // Three hundred visits say no more than thirty.
    const more = [...long, visited('short', 'a', { visits: 300, usd: 0.001 })];
    expect(priorOf(more, 'short', 'b')?.usd).toBeCloseTo(0.1 * (0.001 / 0.0091) ** 0.75, 9);
  });

  test('the relative cost of a feature does not include the node’s own visits', () => {
    const elsewhere = [visited('f', 'a', { visits: 30, usd: 0.01 })];
    const cells = [...elsewhere, visited('g', 'a', { visits: 30, usd: 0.03 })];
    expect(priorOf(cells, 'g')?.usd).toBeCloseTo(0.02, 12);
  });

  test('a model that is free, in one feature or in all, does not make another model free', () => {
    const cells = [
      visited('f', 'a', { visits: 30, usd: 0.02 }),
      visited('f', 'b', { visits: 30, usd: 0.05 }),
      visited('g', 'a', { visits: 30, usd: 0 }),
      visited('g', 'b', { visits: 0, usd: 0 }),
      visited('g', 'local', { visits: 30, usd: 0 }),
    ];
    for (const feature of ['g', 'new']) {
      const prior = priorOf(cells, feature, 'b');
      expect(prior?.usd).toBeCloseTo(0.05, 12);
      expect(prior?.visits).toBeGreaterThanOrEqual(1);
      expect(prior?.variation).toBeCloseTo(1, 9);
      expect(priorOf(cells, feature, 'local')).toBeUndefined();
    }
  });

  test('a node without a known cost in any feature has no cost prior', () => {
    expect(priorOf([{ feature: 'f', node: 'a', n: 5, s: 3 }])).toBeUndefined();
    expect(priorOf([visited('f', 'a', { visits: 5, usd: 0.01 })], 'f', 'b')).toBeUndefined();
    expect(empiricalBayes([{ feature: 'f', node: 'a', n: 5, s: 3 }]).typical.a).not.toHaveProperty('cost');
  });
});

describe('how many visits a cost prior counts as', () => {
  test('a cost prior weighs (variation within features ÷ variation between features) visits, and both variations start from a guess', () => {
    const cells = [
      visited('f', 'a', { visits: 20, usd: 0.01, variation: 3 }),
      visited('g', 'a', { visits: 100, usd: 0.03 }),
    ];
    const prior = priorOf(cells);
    // Pooled: (20·0.01 + 30·0.03)/50 = 0.022. The guesses count as 5 visits with 1, and as 2 features with 0.3.
    const within = (5 * 1 + 20 * 3 + 30 * 1) / 55;
    const between = (2 * 0.3 + (0.01 / 0.022 - 1) ** 2 - 3 / 20 + (0.03 / 0.022 - 1) ** 2 - 1 / 100) / 4;
    expect(prior?.usd).toBeCloseTo(0.022, 12);
    expect(prior?.variation).toBeCloseTo(within, 9);
    expect(prior?.visits).toBeCloseTo(within / between, 6);
  });

  test('a feature with one visit to a node does not change the estimated cost variation', () => {
    const cells = [visited('f', 'a', { visits: 1, usd: 0.01 }), visited('g', 'a', { visits: 1, usd: 0.09 })];
    expect(priorOf(cells)?.variation).toBeCloseTo(1, 12);
    expect(priorOf(cells)?.visits).toBeCloseTo(1 / 0.3, 9);
  });

  test('a cost prior weighs 1 visit where costs differ widely between features, and 30 where they are equal', () => {
    const among = (costs: readonly number[], variation: number): number =>
      priorOf(costs.map((usd, i) => visited(`f${i}`, 'a', { visits: 100, usd, variation })))?.visits ?? Number.NaN;
    expect(among([0.001, 0.05, 0.002, 0.03, 0.001, 0.02], 0.01)).toBe(1);
    expect(
      among(
        Array.from({ length: 50 }, () => 0.01),
        2,
      ),
    ).toBe(30);
    // The variation between features never counts as less than 0.02.
    expect(
      among(
        Array.from({ length: 200 }, () => 0.01),
        0.3,
      ),
    ).toBeCloseTo((5 + 200 * 30 * 0.3) / (5 + 200 * 30) / 0.02, 6);
  });
});

describe('the expected cost of a visit without the prefix of its session', () => {
  test('the net cost is pooled as the billed one, from the visits whose prefix was known', () => {
    const cells: readonly RateCell[] = [
      { ...visited('f', 'a', { visits: 100, usd: 0.5 }), net: { visits: 20, costUsd: 0.4 }, priorCostUsd: 0.05 },
      visited('g', 'a', { visits: 100, usd: 0.5 }),
    ];
    const net = netPriors(Map.groupBy(cells, cell => cell.feature));
    expect(net([], 'a')).toBeCloseTo((20 * 0.02 + 10 * 0.05) / 30, 12);
    expect(net([], 'b')).toBeUndefined();
  });

  test('features without sessions have no net cost, and pooled priors then contain none', () => {
    const cell = visited('f', 'a', { visits: 100, usd: 0.5 });
    expect(empiricalBayes([cell]).typical['a']).not.toHaveProperty('netUsd');
    const known = { ...cell, net: { visits: 20, costUsd: 0.4 } };
    const { netUsd, ...billed } = empiricalBayes([known]).typical['a'] ?? {};
    expect(netUsd).toBeCloseTo(0.02, 12);
    expect(billed).toEqual(empiricalBayes([cell]).typical['a']);
  });
});
