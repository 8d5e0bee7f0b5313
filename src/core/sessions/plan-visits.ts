/**
 * How often an intent with a plan visits each model, and the part of the plan's expected cost that pays for prefixes.
 */
import type { PlanGraph } from '../beliefs/plan-graph.ts';
import { isStayAfterAlarm } from '../beliefs/plan-graph.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/** Mean figures of a visit to a node. */
export interface NodeMeans {
  /** P(the reply is rejected). */
  readonly climb: number;
  /** Requests of an intent at the node. */
  readonly requests: number;
  /** USD for prefixes in the expected cost of a visit: the average over all sessions and states of the caches. */
  readonly prefixUsd: number;
}

export interface PlanVisits {
  readonly keys: readonly PlanKey[];
  readonly models: readonly ModelVisits[];
  /** The part of each plan's expected cost that pays for prefixes, USD. */
  readonly prefixUsd: readonly number[];
}

/** By plan: how often an intent visits a model, and its requests there beyond the first of each visit. */
export interface ModelVisits {
  readonly model: string;
  readonly visits: readonly number[];
  readonly laterRequests: readonly number[];
}

/** @param nodes in the order of the graph's */
export function planVisits(graph: PlanGraph, nodes: readonly NodeMeans[]): PlanVisits {
  const models = graph.nodes.map(modelOfNode);
  // A model that continues after an alarm has just read the prefix, so this does not count as a visit, and all its requests count as later
  // ones.
  const goesOn = graph.nodes.map(isStayAfterAlarm);
  /** For every plan: the sum over its nodes, each weighted by the probability that an intent reaches the node. */
  const sums = (of: (means: NodeMeans, node: number) => number): readonly number[] =>
    graph.paths.map(path => {
      let [reach, sum] = [1, 0];
      for (const node of path) {
        const means = nodes[node] as NodeMeans;
        sum += reach * of(means, node);
        reach *= means.climb;
      }
      return sum;
    });
  return {
    keys: graph.keys,
    models: [...new Set(models)].map(model => ({
      model,
      visits: sums((_, node) => Number(models[node] === model && !goesOn[node])),
      laterRequests: sums(({ requests }, node) =>
        models[node] !== model ? 0 : goesOn[node] ? requests : requests - 1,
      ),
    })),
    prefixUsd: sums(({ prefixUsd }) => prefixUsd),
  };
}
