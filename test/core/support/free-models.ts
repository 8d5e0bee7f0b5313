import { enumeratePlans, planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import type { Posterior } from '../../../src/core/beliefs/posterior.ts';

/** A posterior of free models with the given successes and failures. */
export function free(counts: readonly (readonly [number, number])[], costUsd = 1e-12): Posterior {
  const uniform = { a: 1, b: 1 };
  const graph = planGraph(
    enumeratePlans(
      counts.map((_, i) => `m${i}`),
      false,
    ),
  );
  return {
    graph,
    nodes: counts.map(([a, b], i) => ({
      node: `m${i}`,
      n: a + b,
      outcomes: a + b,
      costUsd: costUsd * (i + 1),
      costLogSd: 0.2,
      climb: uniform,
      accepted: { a, b },
      rejected: uniform,
      ended: { a, b },
    })),
  };
}
