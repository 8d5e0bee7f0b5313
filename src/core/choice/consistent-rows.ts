/**
 * Which joint samples of a climbing graph are consistent. The rates of nodes are sampled independently of each other, but not
 * all combinations are possible: a model fails at least as often as it fails after another one was rejected.
 */
import { INCONSISTENT_WEIGHT } from './constants.ts';
import type { NodeRates, PlanGraph } from '../beliefs/plan-graph.ts';
import type { Random } from '../math/random.ts';

/** Samples of one node's rates, by row; those that the node's plans do not need are not filled. */
export type NodeSamples = Readonly<Record<keyof NodeRates, Float64Array>>;

/** The weight of each row: 1 where its rates are possible together, and little where they are not. */
export function consistency(graph: PlanGraph, columns: readonly NodeSamples[], rows: number): Float64Array {
  const weights = new Float64Array(rows).fill(1);
  const failures = columns.map((samples, node) => failureOf(samples, { climbs: graph.climbs[node] === true, rows }));
  for (const { before, after, instead } of graph.climbsTo) {
    const { climb } = columns[before] as NodeSamples;
    const failAfter = failures[after] as Float64Array;
    const failInstead = failures[instead] as Float64Array;
    for (let row = 0; row < rows; row++) {
      const reach = climb[row] as number;
      const fail = failInstead[row] as number;
      const least = reach * (failAfter[row] as number);
      // The requests that reach the model after a rejection are a subset of those that it would get as the first model.
      if (fail < least || 1 - fail < reach - least) weights[row] = (weights[row] as number) * INCONSISTENT_WEIGHT;
    }
  }
  return weights;
}

/** P(failure) where the intent ends at the node, by row. */
function failureOf(
  { climb, failAccepted, failRejected, failEnded }: NodeSamples,
  { climbs, rows }: { climbs: boolean; rows: number },
): Float64Array {
  if (!climbs) return failEnded;
  const failures = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const rejected = climb[row] as number;
    failures[row] = (1 - rejected) * (failAccepted[row] as number) + rejected * (failRejected[row] as number);
  }
  return failures;
}

/** Indexes in proportion to the weights, with one random number: systematic resampling. In ascending order. */
export function resampled(weights: Float64Array, rows: number, random: Random): Uint32Array {
  const step = weights.reduce((sum, weight) => sum + weight, 0) / rows;
  const kept = new Uint32Array(rows);
  let index = 0;
  let passed = weights[0] as number;
  for (let row = 0, target = step * random.next(); row < rows; row++, target += step) {
    while (passed < target && index < weights.length - 1) passed += weights[++index] as number;
    kept[row] = index;
  }
  return kept;
}
