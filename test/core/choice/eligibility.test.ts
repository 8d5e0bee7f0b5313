import { describe, expect, test } from 'vitest';
import { enumeratePlans, planGraph, planRates } from '../../../src/core/beliefs/plan-graph.ts';
import { betaCdf } from '../../../src/core/math/distributions.ts';
import { eligibleByLatency, planSuccess, eligibleByQuality } from '../../../src/core/choice/eligibility.ts';
import type { BetaShape, NodePosterior, Posterior } from '../../../src/core/beliefs/posterior.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { betaVariate } from '../../../src/core/math/samplers.ts';

function node(name: string, success: BetaShape, more: Partial<NodePosterior> = {}): NodePosterior {
  const uniform = { a: 1, b: 1 };
  return {
    node: name,
    n: 1,
    outcomes: 1,
    costUsd: 1,
    costLogSd: 0.1,
    climb: uniform,
    accepted: success,
    rejected: uniform,
    ended: success,
    ...more,
  };
}

function singles(shapes: readonly BetaShape[]): Posterior {
  const graph = planGraph(
    enumeratePlans(
      shapes.map((_, i) => `m${i}`),
      false,
    ),
  );
  return { graph, nodes: shapes.map((shape, i) => node(`m${i}`, shape)) };
}

const CLIMBING: Posterior = {
  graph: planGraph(enumeratePlans(['a', 'b', 'c'], true)),
  nodes: planGraph(enumeratePlans(['a', 'b', 'c'], true)).nodes.map((name, i) =>
    node(name, { a: 20 + 3 * i, b: 4 }, { climb: { a: 6, b: 14 + i }, rejected: { a: 3, b: 7 } }),
  ),
};

describe('planSuccess', () => {
  test('the success rate of a single-model plan is its node’s posterior', () => {
    expect(planSuccess(singles([{ a: 30, b: 3 }]), 0)).toEqual({ a: 30, b: 3 });
    // The last model of a climb: no plan climbs further from it.
    expect(planSuccess(CLIMBING, CLIMBING.graph.keys.indexOf('c'))).toEqual(CLIMBING.nodes.at(-1)?.ended);
  });

  test('the success rate of every plan has the mean and variance of its samples', () => {
    const rows = 100_000;
    const random = seededRandom('moments');
    const draw = ({ a, b }: BetaShape): number => betaVariate(a, b, random);
    const samples = Array.from({ length: rows }, () =>
      CLIMBING.nodes.map(({ climb, accepted, rejected, ended }) => ({
        costUsd: 0,
        climb: draw(climb),
        failAccepted: 1 - draw(accepted),
        failRejected: 1 - draw(rejected),
        failEnded: 1 - draw(ended),
      })),
    );
    CLIMBING.graph.plans.forEach((_, plan) => {
      const sampled = samples.map(rates => 1 - planRates(CLIMBING.graph, plan, rates).fail);
      const mean = sampled.reduce((sum, x) => sum + x, 0) / rows;
      const variance = sampled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rows;
      const { a, b } = planSuccess(CLIMBING, plan);
      const n = a + b;
      expect(Math.abs(a / n - mean)).toBeLessThan(5 * Math.sqrt(variance / rows));
      expect((a * b) / (n * n * (n + 1)) / variance).toBeGreaterThan(0.97);
      expect((a * b) / (n * n * (n + 1)) / variance).toBeLessThan(1.03);
    });
  });
});

describe('eligibleByQuality', () => {
  test('a plan is excluded when the chance that it reaches the quality floor is below 10 %', () => {
    const posterior = singles([
      { a: 70, b: 30 },
      { a: 93, b: 7 },
      { a: 88, b: 12 },
    ]);
    expect(1 - betaCdf(0.9, 88, 12)).toBeGreaterThan(0.1);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b111 })).toBe(0b110);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b011 })).toBe(0b010);
  });

  test('a plan that became bad is eligible again when the chance that it is as before has grown to 10 %', () => {
    const { graph, nodes } = singles([
      { a: 90, b: 10 },
      { a: 3, b: 17 },
    ]);
    const [steady, fallen] = nodes as [NodePosterior, NodePosterior];
    const eligibleAt = (weight: number): number =>
      eligibleByQuality(
        { graph, nodes: [steady, { ...fallen, former: { node: node('m1', { a: 950, b: 50 }), weight } }] },
        { floor: 0.8, eligible: 0b11 },
      );
    expect(eligibleAt(0.09)).toBe(0b01);
    expect(eligibleAt(0.11)).toBe(0b11);
  });

  test('among hopeless plans the best one stays, even when every chance is below 10⁻⁶⁰', () => {
    const posterior = singles([
      { a: 6, b: 94 },
      { a: 8, b: 92 },
      { a: 7, b: 93 },
    ]);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b111 })).toBe(0b010);
  });

  test('the plan with the highest chance stays where every other plan would be excluded too', () => {
    const posterior = singles([
      { a: 60, b: 40 },
      { a: 70, b: 30 },
    ]);
    expect(eligibleByQuality(posterior, { floor: 0.99, eligible: 0b11 })).toBe(0b10);
    expect(eligibleByQuality(posterior, { floor: 0.99, eligible: 0b01 })).toBe(0b01);
  });

  test('the first of several hopeless plans with the same probability stays eligible: it is the cheapest', () => {
    const posterior = singles([
      { a: 6, b: 94 },
      { a: 6, b: 94 },
    ]);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b11 })).toBe(0b01);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0 })).toBe(0);
  });

  test('a plan with fewer than ten outcomes is never excluded', () => {
    const posterior = singles([
      { a: 1, b: 1 },
      { a: 99, b: 1 },
    ]);
    expect(1 - betaCdf(0.95, 1, 1)).toBeLessThan(0.1);
    expect(eligibleByQuality(posterior, { floor: 0.95, eligible: 0b11 })).toBe(0b11);
    for (const [b, kept] of [
      [8.9, 0b11],
      [9, 0b10],
    ] as const) {
      expect(
        eligibleByQuality(
          singles([
            { a: 1, b },
            { a: 99, b: 1 },
          ]),
          { floor: 0.95, eligible: 0b11 },
        ),
      ).toBe(kept);
    }
  });
});

describe('eligibleByLatency', () => {
  test('a plan is excluded when it is very likely too slow too often, and never on fewer than ten requests', () => {
    const counts = [
      { n: 200, slow: 2 },
      { n: 200, slow: 40 },
      { n: 5, slow: 5 },
    ];
    expect(eligibleByLatency(counts, { tolerance: 0.05, eligible: 0b111 })).toBe(0b101);
  });

  test('nine slow requests exclude no plan, and ten do', () => {
    const counts = [
      { n: 9, slow: 9 },
      { n: 10, slow: 10 },
      { n: 100, slow: 0 },
    ];
    expect(eligibleByLatency(counts, { tolerance: 0.05, eligible: 0b111 })).toBe(0b101);
  });

  test('a plan without requests is not excluded', () => {
    expect(eligibleByLatency([{ n: 100, slow: 0 }], { tolerance: 0.05, eligible: 0b11 })).toBe(0b11);
  });

  test('a plan stays while the chance that it meets the objective is 10 % or more', () => {
    // P(at most 5 % are slow) after n requests of which 6 were.
    const chance = (n: number): number => betaCdf(0.05, 7, 1 + n - 6);
    const n = 1 + Array.from({ length: 200 }, (_, i) => i).findLastIndex(i => i >= 10 && chance(i) < 0.1);
    const fast = { n: 1000, slow: 0 };
    expect(eligibleByLatency([{ n, slow: 6 }, fast], { tolerance: 0.05, eligible: 0b11 })).toBe(0b11);
    expect(eligibleByLatency([{ n: n - 1, slow: 6 }, fast], { tolerance: 0.05, eligible: 0b11 })).toBe(0b10);
  });

  test('when all plans are too slow, the one that is slow least often stays', () => {
    const counts = [
      { n: 200, slow: 100 },
      { n: 200, slow: 30 },
    ];
    expect(eligibleByLatency(counts, { tolerance: 0.05, eligible: 0b11 })).toBe(0b10);
  });
});
