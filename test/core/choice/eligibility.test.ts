import { describe, expect, test } from 'vitest';
import { sampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { enumeratePlans, planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import { betaCdf } from '../../../src/core/math/distributions.ts';
import { eligibleByLatency, planSuccess, eligibleByQuality } from '../../../src/core/choice/eligibility.ts';
import type { BetaShape, NodePosterior, Posterior } from '../../../src/core/beliefs/posterior.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

function node(name: string, success: BetaShape, more: Partial<NodePosterior> = {}): NodePosterior {
  const uniform = { a: 1, b: 1 };
  return {
    node: name,
    n: 1,
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
  test('is the node’s own posterior for one model', () => {
    expect(planSuccess(singles([{ a: 30, b: 3 }]), 0)).toEqual({ a: 30, b: 3 });
  });

  test('has the mean and variance that sampling the nodes has, for every climb', () => {
    const rows = 100_000;
    const table = sampleTable(CLIMBING, seededRandom('moments'), rows);
    CLIMBING.graph.plans.forEach((_, plan) => {
      const sampled = Float64Array.from(
        { length: rows },
        (_, row) => 1 - (table.fail[row * table.plans + plan] as number),
      );
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
  test('masks a plan that hardly can reach the floor, keeps one that may', () => {
    const posterior = singles([
      { a: 70, b: 30 },
      { a: 93, b: 7 },
      { a: 88, b: 12 },
    ]);
    expect(1 - betaCdf(0.9, 88, 12)).toBeGreaterThan(0.1);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b111 })).toBe(0b110);
    expect(eligibleByQuality(posterior, { floor: 0.9, eligible: 0b011 })).toBe(0b010);
  });

  test('if no plan can reach it, the likeliest stays: the mask is never empty', () => {
    const posterior = singles([
      { a: 60, b: 40 },
      { a: 70, b: 30 },
    ]);
    expect(eligibleByQuality(posterior, { floor: 0.99, eligible: 0b11 })).toBe(0b10);
    expect(eligibleByQuality(posterior, { floor: 0.99, eligible: 0b01 })).toBe(0b01);
  });

  test('a plan about which next to nothing is known is not judged yet', () => {
    const posterior = singles([
      { a: 1, b: 1 },
      { a: 99, b: 1 },
    ]);
    expect(1 - betaCdf(0.95, 1, 1)).toBeLessThan(0.1);
    expect(eligibleByQuality(posterior, { floor: 0.95, eligible: 0b11 })).toBe(0b11);
  });
});

describe('eligibleByLatency', () => {
  test('masks plans that are too often too slow', () => {
    const counts = [
      { n: 200, slow: 2 },
      { n: 200, slow: 40 },
      { n: 5, slow: 5 },
    ];
    expect(eligibleByLatency(counts, { tolerance: 0.05, eligible: 0b111 })).toBe(0b101);
  });

  test('if all are, the least slow stays', () => {
    const counts = [
      { n: 200, slow: 100 },
      { n: 200, slow: 30 },
    ];
    expect(eligibleByLatency(counts, { tolerance: 0.05, eligible: 0b11 })).toBe(0b10);
  });
});
