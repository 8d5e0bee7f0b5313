/** What is believed of one segment of a feature, without having decided how far the segments differ. */
import {
  COST_VARIATION_BETWEEN_SEGMENTS,
  COST_VARIATION_VISITS,
  MIN_COMPONENT_WEIGHT,
  MIN_COST_VARIATION_BETWEEN_SEGMENTS,
} from './constants.ts';
import type { PlanGraph } from './plan-graph.ts';
import type { NodeSums, SegmentHistory } from './learned-segment.ts';
import { addNodeSums } from './learned-segment.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { CostPrior, Mixture, NodePosterior, NodePrior } from './posterior.ts';
import { acceptedCounts, climbCounts, expectedSuccess, nodePosterior, returnedCounts } from './posterior.ts';
import type { SegmentedRate } from './segment-likeness.ts';
import { likenessAfter, priorFromOthers } from './segment-likeness.ts';
import type { SteeringSums } from './series.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

export interface MixtureOptions {
  readonly graph: PlanGraph;
  readonly own: SegmentHistory;
  /** Every segment of the feature. */
  readonly all: readonly SegmentHistory[];
  readonly now: number;
  /** What was believed of the whole feature before any outcome. */
  baseOf(this: void, node: NodeKey): NodePrior;
}

interface NodeEvidence {
  readonly node: NodeKey;
  readonly base: NodePrior;
  readonly own: NodeSums;
  /** Of every segment, the own one included. */
  readonly all: readonly NodeSums[];
  readonly others: readonly SteeringSums[];
}

/** By node: from segments that go their own ways to one rate for all, which comes last. */
export function segmentMixture({ graph, own, all, now, baseOf }: MixtureOptions): Mixture['nodes'] {
  const nodes = graph.nodes.map((node): NodeEvidence => {
    const mine = own.sums(node, now);
    const sums = all.map(each => (each === own ? mine : each.sums(node, now)));
    const others = sums.filter(each => each !== mine).map(({ decayed }) => decayed);
    return { node, base: baseOf(node), own: mine, all: sums, others };
  });
  const likeness = likenessAfter(nodes.map((evidence, at) => ratesOf(evidence, graph.climbs[at] === true)));
  const between = variationBetween(nodes);
  return nodes.map((evidence, at) => {
    const believe = believer(evidence, segmentCost(evidence, between));
    const kept = (likeness[at] ?? []).filter(
      ({ strength, weight }) => weight >= MIN_COMPONENT_WEIGHT || strength === Number.POSITIVE_INFINITY,
    );
    const sum = kept.reduce((total, { weight }) => total + weight, 0);
    return kept.map(({ strength, weight }) => ({ node: believe(strength), weight: weight / sum }));
  });
}

function ratesOf({ base, all }: NodeEvidence, climbs: boolean): readonly SegmentedRate[] {
  const success = { base: expectedSuccess(base), counts: all.map(({ decayed }) => acceptedCounts(decayed)) };
  return climbs ? [success, { base: base.climb, counts: all.map(({ decayed }) => climbCounts(decayed)) }] : [success];
}

/** What is believed of a node in one segment at every strength. */
function believer(
  { node, base, own, all, others }: NodeEvidence,
  cost: CostPrior,
): (strength: number) => NodePosterior {
  const whole = expectedSuccess(base);
  const success = others.map(acceptedCounts);
  const climb = others.map(climbCounts);
  const rejected = others.map(returnedCounts);
  return strength => {
    const prior = {
      success: priorFromOthers(whole, success, strength),
      climb: priorFromOthers(base.climb, climb, strength),
      rejected: priorFromOthers(base.rejected, rejected, strength),
      costUsd: base.costUsd,
      cost,
    };
    const alone = nodePosterior(node, { ...own, prior });
    if (strength !== Number.POSITIVE_INFINITY) return alone;
    // The feature's own belief, to the last detail; but at this segment's cost.
    const { costUsd, costLogSd } = alone;
    return { ...nodePosterior(node, { ...addNodeSums(all), prior: base }), costUsd, costLogSd };
  };
}

/**
 * The cost of a visit to a node in one segment, from the others': its own visits soon outweigh theirs where segments
 * differ (requests of another length do), and late where they do not (Bühlmann's credibility).
 */
function segmentCost(evidence: NodeEvidence, between: number): CostPrior {
  const { base, others } = evidence;
  const { usd, visits } = base.cost ?? { usd: base.costUsd, visits: 1 };
  const known = others.reduce((sum, { n }) => sum + n, visits);
  const spentUsd = others.reduce((sum, { cost }) => sum + cost / NANO_PER_USD, visits * usd);
  const variation = variationWithin(evidence);
  return { usd: spentUsd / known, visits: Math.min(known, Math.max(1, variation / between)), variation, doubt: 1 };
}

/** Squared coefficient of variation of a visit's cost within a segment; what is known beforehand weighs as two visits. */
function variationWithin({ base, all }: NodeEvidence): number {
  let variation = COST_VARIATION_VISITS * (base.cost?.variation ?? 1);
  let visits = COST_VARIATION_VISITS;
  for (const { n, cost, cost2 } of costly(all)) {
    variation += Math.max(0, (n * n * cost2) / (cost * cost) - n);
    visits += n;
  }
  return variation / visits;
}

/** The same of the segments' mean costs, over all nodes: what makes a request long makes it so for every model. */
function variationBetween(nodes: readonly NodeEvidence[]): number {
  let variation = COST_VARIATION_BETWEEN_SEGMENTS.value * COST_VARIATION_BETWEEN_SEGMENTS.weight;
  let weight = COST_VARIATION_BETWEEN_SEGMENTS.weight;
  for (const evidence of nodes) {
    const seen = costly(evidence.all);
    if (seen.length < 2) continue;
    const within = variationWithin(evidence);
    const mean = seen.reduce((sum, { cost }) => sum + cost, 0) / seen.reduce((sum, { n }) => sum + n, 0);
    for (const { n, cost } of seen) variation += (cost / n / mean - 1) ** 2 - within / n;
    weight += seen.length - 1;
  }
  return Math.max(MIN_COST_VARIATION_BETWEEN_SEGMENTS, variation / weight);
}

function costly(all: readonly NodeSums[]): readonly SteeringSums[] {
  return all.map(({ decayed }) => decayed).filter(({ n, cost }) => n >= 2 && cost > 0);
}
