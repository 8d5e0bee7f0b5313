import { describe, expect, test } from 'vitest';
import { costBelief } from '../../../src/core/beliefs/cost-belief.ts';
import type { RoutingSums } from '../../../src/core/beliefs/routing-sums.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';

const believe = (sums: Partial<RoutingSums>, prior: Partial<Parameters<typeof costBelief>[0]> = {}) =>
  costBelief({ costUsd: 0.01, ...prior }, { ...NO_SUMS, ...sums });

describe('the cost of a visit', () => {
  test('the billed cost is the mean over all visits and the prior, which counts as one visit', () => {
    expect(believe({ n: 3, cost: 0.31e9 }).costUsd).toBeCloseTo((0.01 + 0.31) / 4, 12);
    expect(believe({ n: 3, costVisits: 1, cost: 0.31e9 }).costUsd).toBeCloseTo((0.01 + 0.31) / 2, 12);
  });

  test('the net cost is the mean over the visits with a known prefix and the prior, which counts as one visit, whatever other visits cost', () => {
    const sums = { n: 10, cost: 10e9, withPrefix: 4, netCost: 0.2e9 };
    expect(believe(sums).netUsd).toBeCloseTo((0.01 + 0.2) / 5, 12);
    const { netUsd: _, ...billed } = believe(sums);
    expect(believe({ ...sums, withPrefix: 0, netCost: 0 })).toMatchObject(billed);
  });

  test('a pooled cost includes the prefixes of other features’ sessions, so it is not used as the prior of the net cost', () => {
    const cost = { usd: 0.5, visits: 20, variation: 1 };
    expect(believe({}, { cost })).toMatchObject({ costUsd: 0.5, netUsd: 0.01 });
    expect(believe({}, { cost, netUsd: 0.02 }).netUsd).toBe(0.02);
  });

  test('a model whose first twenty successes were billed nothing is free, whatever its price', () => {
    expect(believe({ n: 30, successes: 19 }).costUsd).toBeCloseTo(0.01 / 31, 12);
    expect(believe({ n: 30, successes: 20 })).toMatchObject({ costUsd: 0, costLogSd: 0 });
    expect(believe({ n: 30, successes: 20, cost: 1 }).costUsd).toBeGreaterThan(0.01 / 32);
  });

  test('a model whose requests all fail is not free, although failed requests are billed nothing', () => {
    const { costUsd, costLogSd } = believe({ n: 1_000, labelled: 1_000 });
    expect(costUsd).toBeCloseTo(0.01 / 1_001, 12);
    expect(costLogSd).toBeGreaterThan(0);
  });

  test('a difference of contributions below zero does not give a negative cost', () => {
    expect(believe({ n: 0, cost: -1e9, withPrefix: 0, netCost: -1e9 })).toMatchObject({ costUsd: 0, netUsd: 0 });
  });
});
