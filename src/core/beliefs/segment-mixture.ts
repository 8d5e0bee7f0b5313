/** The belief about one segment of a feature, as a mixture over how similar the segments may be. */
import {
  COST_VARIATION_BETWEEN_SEGMENTS,
  COST_VARIATION_VISITS,
  MIN_COMPONENT_WEIGHT,
  MIN_COST_VARIATION_BETWEEN_SEGMENTS,
} from './constants.ts';
import type { SegmentHistory } from './learned-segment.ts';
import type { PlanGraph } from './plan-graph.ts';
import type { CostPrior } from './cost-belief.ts';
import type { Mixture, NodeComponent, NodePosterior, NodePrior } from './posterior.ts';
import { expectedSuccess, nodePosterior, withFormer } from './posterior.ts';
import { climbCounts, returnedCounts, successCounts } from './rate-counts.ts';
import type { NodeSums, RoutingSums } from './routing-sums.ts';
import { addNodeSums, costVisitsOf } from './routing-sums.ts';
import { netUsdOf } from './segment-prior.ts';
import type { SegmentedRate } from './segment-likeness.ts';
import { ONE_RATE, priorFromOthers, strengthWeights } from './segment-likeness.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

export interface MixtureOptions {
  readonly graph: PlanGraph;
  readonly own: SegmentHistory;
  /** Every segment of the feature. */
  readonly all: readonly SegmentHistory[];
  readonly now: number;
  /** The belief about a node in the feature as a whole before any outcome. */
  baseOf(this: void, node: NodeKey): NodePrior;
}

interface NodeEvidence {
  readonly node: NodeKey;
  /** A plan climbs on from here. */
  readonly climbs: boolean;
  readonly base: NodePrior;
  readonly own: NodeSums;
  /** Sums of every segment, including this one. */
  readonly all: readonly NodeSums[];
  readonly others: readonly RoutingSums[];
}

/**
 * The mixture of every node. Its first component gives each segment a rate of its own, its last one the same rate to all
 * segments, and those between pool them more and more.
 */
export function segmentMixture({ graph, own, all, now, baseOf }: MixtureOptions): Mixture['nodes'] {
  const nodes = graph.nodes.map((node, index): NodeEvidence => {
    const ownSums = own.sums(node, now);
    const sums = all.map(each => (each === own ? ownSums : each.sums(node, now)));
    const others = sums.filter(each => each !== ownSums).map(({ decayed }) => decayed);
    return { node, climbs: graph.climbs[index] === true, base: baseOf(node), own: ownSums, all: sums, others };
  });
  const weights = strengthWeights(nodes.map(ratesOf));
  const between = variationBetween(nodes);
  return nodes.map((evidence, index) => {
    const posteriorAt = posteriorByStrength(evidence, segmentCost(evidence, between));
    const kept = (weights[index] ?? []).filter(
      ({ strength, weight }) => weight >= MIN_COMPONENT_WEIGHT || strength === ONE_RATE,
    );
    const total = kept.reduce((sum, { weight }) => sum + weight, 0);
    const components = kept.map(({ strength, weight }) => ({ node: posteriorAt(strength), weight: weight / total }));
    const { node } = components.at(-1) as NodeComponent;
    return withFormer(components, own.former(node, { prior: evidence.base, now }));
  });
}

function ratesOf({ base, all, climbs }: NodeEvidence): readonly SegmentedRate[] {
  const countsOf = successCounts(climbs);
  const success = { base: expectedSuccess(base), counts: all.map(({ decayed }) => countsOf(decayed)) };
  return climbs ? [success, { base: base.climb, counts: all.map(({ decayed }) => climbCounts(decayed)) }] : [success];
}

/** The posterior of a node in one segment, for each value of the strength κ. */
function posteriorByStrength(
  { node, climbs, base, own, all, others }: NodeEvidence,
  cost: CostPrior,
): (strength: number) => NodePosterior {
  const baseSuccess = expectedSuccess(base);
  const success = others.map(successCounts(climbs));
  const climb = others.map(climbCounts);
  const rejected = others.map(returnedCounts);
  const netUsd = netUsdOf(base, others);
  return strength => {
    const prior = {
      success: priorFromOthers(baseSuccess, success, strength),
      climb: priorFromOthers(base.climb, climb, strength),
      rejected: priorFromOthers(base.rejected, rejected, strength),
      costUsd: base.costUsd,
      cost,
      netUsd,
    };
    const ofSegment = nodePosterior(node, { ...own, prior });
    if (strength !== ONE_RATE) return ofSegment;
    // With one rate for all segments, the belief of a feature without segments; only the cost is this segment's.
    const { costUsd, costLogSd, netUsd: ownNetUsd = costUsd } = ofSegment;
    return { ...nodePosterior(node, { ...addNodeSums(all), prior: base }), costUsd, costLogSd, netUsd: ownNetUsd };
  };
}

/**
 * The cost of a visit to a node in one segment, from the other segments: its own visits soon outweigh theirs where the
 * segments' costs differ (by the length of requests, say), and late where they do not (Bühlmann's credibility).
 */
function segmentCost(evidence: NodeEvidence, between: number): CostPrior {
  const { base, others } = evidence;
  const { usd, visits } = base.cost ?? { usd: base.costUsd, visits: 1 };
  const known = others.reduce((sum, each) => sum + costVisitsOf(each), visits);
  const spentUsd = others.reduce((sum, { cost }) => sum + cost / NANO_PER_USD, visits * usd);
  const variation = variationWithin(evidence);
  return {
    usd: spentUsd / known,
    visits: Math.min(known, Math.max(1, variation / between)),
    variation,
    modelFraction: 1,
  };
}

/** Squared coefficient of variation of a visit's cost within a segment. */
function variationWithin({ base, all }: NodeEvidence): number {
  let variation = COST_VARIATION_VISITS * (base.cost?.variation ?? 1);
  let visits = COST_VARIATION_VISITS;
  for (const { n, cost, cost2 } of costsOf(all)) {
    variation += Math.max(0, (n * n * cost2) / (cost * cost) - n);
    visits += n;
  }
  return variation / visits;
}

/**
 * Squared coefficient of variation between the segments' mean costs, over all nodes: a long request costs more with
 * every model.
 */
function variationBetween(nodes: readonly NodeEvidence[]): number {
  let variation = COST_VARIATION_BETWEEN_SEGMENTS.value * COST_VARIATION_BETWEEN_SEGMENTS.weight;
  let weight = COST_VARIATION_BETWEEN_SEGMENTS.weight;
  for (const evidence of nodes) {
    const segments = costsOf(evidence.all);
    if (segments.length < 2) continue;
    const within = variationWithin(evidence);
    const mean = segments.reduce((sum, { cost }) => sum + cost, 0) / segments.reduce((sum, { n }) => sum + n, 0);
    for (const { n, cost } of segments) variation += (cost / n / mean - 1) ** 2 - within / n;
    weight += segments.length - 1;
  }
  return Math.max(MIN_COST_VARIATION_BETWEEN_SEGMENTS, variation / weight);
}

function costsOf(
  all: readonly NodeSums[],
): readonly { readonly n: number; readonly cost: number; readonly cost2: number }[] {
  return all
    .map(({ decayed }) => ({ n: costVisitsOf(decayed), cost: decayed.cost, cost2: decayed.cost2 }))
    .filter(({ n, cost }) => n >= 2 && cost > 0);
}
