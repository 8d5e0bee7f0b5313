/**
 * What the prefix of a session is expected to cost with each plan, as a term of the decision. A model whose cache has it reads it
 * for a fraction of its price, another one pays for all of it, once: the cost of changing the model is spread over the intents that
 * are expected from here on.
 */
import type { PlanGraph } from '../beliefs/plan-graph.ts';
import { isStayAfterAlarm } from '../beliefs/plan-graph.ts';
import { toNanoUsd } from '../ledger/money.ts';
import type { PrefixTerm } from '../ledger/records.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';
import { cachedPrefix } from './session-state.ts';
import type { KnownPrefix } from './session-state.ts';

/** What a model charges for a prefix, and how its cache behaves. */
export interface PrefixCosts {
  /** USD per token that is read from the cache, and that is not. */
  readonly readUsd: number;
  readonly unreadUsd: number;
  /** P(a cache that should have a prefix has it). */
  readonly hitRate: number;
  /** Part of a prefix that is in the cache where nothing is expected, as instructions that all sessions share are. */
  readonly sharedPart: number;
  /** How long a prefix is kept after its last use, and the shortest that is kept, in tokens. */
  readonly ttlMs: number;
  readonly minTokens: number;
}

/** Means of what happens at a node. */
export interface NodeMeans {
  /** P(the reply is rejected). */
  readonly climb: number;
  /** Requests of an intent. */
  readonly requests: number;
  /** USD for prefixes in what a visit is expected to cost: the average of all sessions and states of the caches. */
  readonly prefixUsd: number;
}

export interface PrefixTermOptions {
  readonly graph: PlanGraph;
  /** In the order of the graph's nodes. */
  readonly nodes: readonly NodeMeans[];
  readonly costsOf: (model: string) => PrefixCosts;
  /** Intents that are expected from here on before the caches die, this one included. */
  readonly intentsAhead: number;
}

/**
 * With L tokens of prefix, c of them expected in the model's cache, rC and rF the rates of tokens that are read from it and that are
 * not, and r̄ their mean at the hit rate: a node costs `a·(c·rC + (L − c)·rF) + (1 − a)·L·r̄ + (R − 1)·L·r̄`, where a is 1 ÷ the
 * intents ahead, and R are the requests of an intent there: the mean of its intents, if the session stays with the model. A plan costs
 * what its nodes do, each times the probability that an intent reaches it.
 *
 * `undefined`: there is no prefix.
 */
export function prefixTerm(known: KnownPrefix, options: PrefixTermOptions): PrefixTerm | undefined {
  const { tokens } = known.prefix;
  if (tokens === 0) return undefined;
  const { graph, nodes, costsOf, intentsAhead } = options;
  const entry = 1 / intentsAhead;
  const cachedTokens: Record<string, number> = {};
  const usd = new Map<string, number>();
  const nodeUsd = graph.nodes.map((node, index) => {
    const model = modelOfNode(node);
    const costs = costsOf(model);
    const { readUsd, unreadUsd, hitRate, sharedPart } = costs;
    const warm = tokens * (hitRate * readUsd + (1 - hitRate) * unreadUsd);
    let once = usd.get(model);
    if (once === undefined) {
      const held = cachedPrefix(known, model, costs);
      const cached = Math.round(held > 0 ? hitRate * held : sharedPart * tokens);
      cachedTokens[model] = cached;
      once = entry * (cached * readUsd + (tokens - cached) * unreadUsd) + (1 - entry) * warm;
      usd.set(model, once);
    }
    // A model that goes on after an alarm has just read the prefix.
    const first = isStayAfterAlarm(node) ? warm : once;
    return first + ((nodes[index] as NodeMeans).requests - 1) * warm;
  });
  const costNanoUsd: Record<string, number> = {};
  const averageNanoUsd: Record<string, number> = {};
  graph.paths.forEach((path, plan) => {
    let [reach, total, average] = [1, 0, 0];
    for (const node of path) {
      const { climb, prefixUsd } = nodes[node] as NodeMeans;
      total += reach * (nodeUsd[node] as number);
      average += reach * prefixUsd;
      reach *= climb;
    }
    const key = graph.keys[plan] as string;
    costNanoUsd[key] = toNanoUsd(total);
    averageNanoUsd[key] = toNanoUsd(average);
  });
  return { entryPpm: Math.round(1e6 * entry), cachedTokens, costNanoUsd, averageNanoUsd };
}
