import { describe, expect, test } from 'vitest';
import type { NodePrior } from '../../../src/core/beliefs/posterior.ts';
import {
  betaMean,
  betaVariance,
  expectedRates,
  expectedSuccess,
  nodePosterior,
  UNIFORM,
} from '../../../src/core/beliefs/posterior.ts';
import type { RoutingSums } from '../../../src/core/beliefs/routing-sums.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';

const PRIOR: NodePrior = { success: { a: 3, b: 2 }, climb: UNIFORM, rejected: UNIFORM, costUsd: 0.01 };

function believe(sums: Partial<RoutingSums>, undecayed: Partial<RoutingSums> = sums): ReturnType<typeof nodePosterior> {
  return nodePosterior('mini', {
    decayed: { ...NO_SUMS, ...sums },
    undecayed: { ...NO_SUMS, ...undecayed },
    prior: PRIOR,
  });
}

describe('rates', () => {
  test('nothing seen: the prior', () => {
    const node = believe({});
    expect(node.ended).toEqual(PRIOR.success);
    expect(node.climb).toEqual(UNIFORM);
    expect(node.costUsd).toBe(0.01);
  });

  test('prior and counts add up, accepted and returned replies apart', () => {
    const node = believe({
      n: 50,
      rejected: 10,
      ended: 45,
      labelled: 40,
      successes: 30,
      labelledRejected: 5,
      successesRejected: 1,
    });
    expect(node.climb).toEqual({ a: 11, b: 41 });
    expect(node.accepted).toEqual({ a: 3 + 29, b: 2 + 6 });
    expect(node.rejected).toEqual({ a: 2, b: 5 });
    expect(node.ended).toEqual({ a: 33, b: 12 });
  });

  test('five outcomes of long ago are remembered at their own rate when decay has left fewer', () => {
    const whole = { n: 200, labelled: 200, successes: 120 };
    const faded = believe({ n: 1, labelled: 1, successes: 1 }, whole).ended;
    expect(faded.a).toBeCloseTo(3 + 1 + 5 * 0.6, 12);
    expect(faded.b).toBeCloseTo(2 + 0 + 5 * 0.4, 12);
    // Never more than there were.
    expect(believe({ labelled: 0.5, successes: 0.5 }, { labelled: 2, successes: 2 }).ended.a).toBeCloseTo(3 + 2, 12);
  });

  test('rounding below zero does no harm', () => {
    const node = believe({ n: -1e-17, labelled: -1e-17, successes: 1e-17 });
    expect(node.n).toBe(0);
    expect(node.ended.b).toBeGreaterThanOrEqual(2);
    expect(node.costLogSd).toBeGreaterThan(0);
  });
});

describe('a prior that holds only if the feature is like the others', () => {
  const prior: NodePrior = { ...PRIOR, success: { a: 2, b: 8 }, likeness: 0.5 };
  const after = (labelled: number, successes: number): ReturnType<typeof nodePosterior> => {
    const sums = { ...NO_SUMS, n: labelled, ended: labelled, labelled, successes };
    return nodePosterior('mini', { decayed: sums, undecayed: sums, prior });
  };

  test('outcomes count in both parts, and weigh them by how well each foretold them', () => {
    const { like, unlike, likeness } = after(2, 2).mixed?.ended ?? { like: UNIFORM, unlike: UNIFORM, likeness: 0 };
    expect(like).toEqual({ a: 4, b: 8 });
    expect(unlike).toEqual({ a: 3, b: 1 });
    // Two successes: 2·3/(10·11) if like, 1·2/(2·3) if not.
    const [ifLike, ifNot] = [6 / 110, 1 / 3];
    expect(likeness).toBeCloseTo(ifLike / (ifLike + ifNot), 12);
  });

  test('a feature unlike the others is not held back, and one like them keeps the prior', () => {
    expect(betaMean(after(12, 11).ended)).toBeGreaterThan(0.8);
    expect(after(12, 11).mixed?.ended.likeness).toBeLessThan(0.01);
    expect(after(12, 2).mixed?.ended.likeness).toBeGreaterThan(0.6);
  });

  test('what sums it up has the mean and the variance of the mixture', () => {
    const { ended, mixed } = after(4, 3);
    const { like, unlike, likeness } = mixed?.ended ?? { like: UNIFORM, unlike: UNIFORM, likeness: 0 };
    const mean = likeness * betaMean(like) + (1 - likeness) * betaMean(unlike);
    const square = [like, unlike].map(shape => betaVariance(shape) + betaMean(shape) ** 2) as [number, number];
    expect(betaMean(ended)).toBeCloseTo(mean, 12);
    expect(betaVariance(ended)).toBeCloseTo(likeness * square[0] + (1 - likeness) * square[1] - mean ** 2, 12);
    expect(expectedSuccess(PRIOR)).toBe(PRIOR.success);
    expect(betaMean(expectedSuccess(prior))).toBeCloseTo((0.2 + 0.5) / 2, 12);
  });
});

describe('cost', () => {
  test('the prior cost weighs as one visit, and uncertainty falls with visits and rises with their spread', () => {
    const at = (n: number, costs: number, squares: number): ReturnType<typeof nodePosterior> =>
      believe({ n, cost: costs * 1e9, cost2: squares * 1e18 });
    expect(at(4, 0.02, 0.0001).costUsd).toBeCloseTo((0.01 + 0.02) / 5, 12);
    // log1p(((2m² + ss)/(2 + n))/((n + 1)m²)), by hand.
    const m = 0.006;
    const ss = 0.0002 - 0.02 ** 2 / 4;
    expect(at(4, 0.02, 0.0002).costLogSd).toBeCloseTo(Math.sqrt(Math.log1p((2 * m * m + ss) / 6 / (5 * m * m))), 12);
    expect(at(4, 0.02, 0.0002).costLogSd).toBeGreaterThan(at(4, 0.02, 0.0001).costLogSd);
    expect(at(400, 2, 0.01).costLogSd).toBeLessThan(at(4, 0.02, 0.0001).costLogSd / 5);
  });
});

test('a Beta’s mean and variance, and what a node is expected to do', () => {
  expect(betaMean({ a: 2, b: 6 })).toBe(0.25);
  expect(betaVariance({ a: 2, b: 6 })).toBeCloseTo(12 / (64 * 9), 15);
  expect(expectedRates(believe({}))).toEqual({
    costUsd: 0.01,
    climb: 0.5,
    failAccepted: 1 - 0.6,
    failRejected: 0.5,
    failEnded: 1 - 0.6,
  });
});
