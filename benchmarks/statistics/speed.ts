/** Time of one decision: from the cache, for a new failure cost, and with a rebuilt sample table. */
import { countShares } from '../../src/core/choice/allocation.ts';
import { sampleTable } from '../../src/core/choice/posterior-samples.ts';
import { enumeratePlans, planGraph } from '../../src/core/beliefs/plan-graph.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part } from './check.ts';
import { atMost } from './check.ts';
import { frozenView } from './frozen-view.ts';

type Counts = readonly [labelled: number, successes: number];
const COUNTS: readonly Counts[] = [
  [300, 180],
  [300, 240],
  [300, 276],
  [300, 285],
];

/** Milliseconds per call: the fastest of 21 rounds after warming up, because other processes disturb it least. */
function time(calls: number, run: (i: number) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < 25; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run(i);
    if (round >= 4) rounds.push((performance.now() - start) / calls);
  }
  return Math.min(...rounds);
}

export const SPEED: Part = {
  name: 'speed',
  run({ progress }) {
    return [false, true].flatMap((hasVerdict): readonly Figure[] => {
      const plans = enumeratePlans(['a', 'b', 'c', 'd'], hasVerdict);
      // Every node has evidence, so no decision is faster than in a feature with a long history.
      const view = frozenView(
        plans,
        planGraph(plans).nodes.map((_, node) => COUNTS[node % COUNTS.length] as Counts),
      );
      const policy = thompson();
      const random = seededRandom('speed');
      const table = sampleTable(view.learned.posterior(view.nowMs), random);
      const of = `${plans.length} plans of 4 models`;
      const cached = time(20_000, () => void policy.decide(view, random));
      const fresh = time(500, i => void policy.decide({ ...view, failureCostUsd: 1 + random.next() + i }, random));
      const recount = time(500, i => void countShares(table, { valueUsd: i, costMultiplier: 1 }, view.eligible));
      const rebuild = time(20, () => void sampleTable(view.learned.posterior(view.nowMs), random));
      progress('speed');
      return [
        { name: `speed: cached decision, ${of}`, value: cached * 1e6, unit: 'ns', bar: atMost(100), smokeLimit: 600 },
        {
          name: `speed: decision at a new failure cost, ${of}`,
          value: fresh * 1e3,
          unit: 'µs',
          ...(hasVerdict ? {} : { bar: atMost(10), smokeLimit: 30 }),
        },
        { name: `  its exact shares`, value: recount * 1e3, unit: 'µs' },
        { name: `speed: rebuild, ${of}`, value: rebuild, unit: 'ms', bar: atMost(0.5), smokeLimit: 3 },
      ];
    });
  },
};
