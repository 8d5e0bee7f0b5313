/** What is believed of one segment of a feature, without having decided how far the segments differ. */
import type { PlanGraph } from './cascade.ts';
import type { NodeSums, SegmentHistory } from './learned-segment.ts';
import { addNodeSums } from './learned-segment.ts';
import { NANO_PER_USD } from './money.ts';
import type { CostPrior, Mixture, NodePosterior, NodePrior, RateCounts } from './posterior.ts';
import { acceptedCounts, climbCounts, nodePosterior, returnedCounts } from './posterior.ts';
import type { SegmentedRate } from './segment-likeness.ts';
import { likenessAfter, priorFromOthers } from './segment-likeness.ts';
import type { SteeringSums } from './series.ts';
import type { NodeKey } from './vocabulary.ts';

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
  readonly all: readonly NodeSums[];
}

/** Weights below this are not worth a sample. */
const LEAST_WEIGHT = 0.002;

/** By node: from segments that go their own ways to one rate for all, which comes last. */
export function segmentMixture({ graph, own, all, now, baseOf }: MixtureOptions): Mixture['nodes'] {
  const nodes = graph.nodes.map((node): NodeEvidence => {
    const mine = own.sums(node, now);
    const sums = all.map(each => (each === own ? mine : each.sums(node, now)));
    return { node, base: baseOf(node), own: mine, all: sums };
  });
  const likeness = likenessAfter(nodes.map((evidence, at) => ratesOf(evidence, graph.climbs[at] === true)));
  return nodes.map((evidence, at) => {
    const cost = segmentCost(evidence);
    return (likeness[at] ?? [])
      .filter(({ strength, weight }) => weight >= LEAST_WEIGHT || strength === Number.POSITIVE_INFINITY)
      .map(({ strength, weight }) => ({ node: believe(evidence, strength, cost), weight }));
  });
}

function ratesOf({ base, all }: NodeEvidence, climbs: boolean): readonly SegmentedRate[] {
  const success = { base: base.success, counts: all.map(({ decayed }) => acceptedCounts(decayed)) };
  return climbs
    ? [success, { base: base.climb, counts: all.map(({ decayed }) => climbCounts(decayed)) }]
    : [success];
}

function believe({ node, base, own, all }: NodeEvidence, strength: number, cost: CostPrior): NodePosterior {
  const others = all.filter(each => each !== own);
  const shrink = (name: 'success' | 'climb' | 'rejected', countsOf: (sums: SteeringSums) => RateCounts) =>
    priorFromOthers(base[name], others.map(({ decayed }) => countsOf(decayed)), strength);
  const own_ = nodePosterior(node, {
    ...own,
    prior: {
      success: shrink('success', acceptedCounts),
      climb: shrink('climb', climbCounts),
      rejected: shrink('rejected', returnedCounts),
      costUsd: base.costUsd,
      cost,
    },
  });
  if (strength !== Number.POSITIVE_INFINITY) return own_;
  return { ...nodePosterior(node, { ...addNodeSums(all), prior: base }), costUsd: own_.costUsd, costLogSd: own_.costLogSd };
}

/** Squared variation between segments' costs before it is known, and what that guess weighs in segments. */
const VARIATION_BETWEEN = { value: 0.1, weight: 2 };
const LEAST_BETWEEN = 0.01;

/**
 * The cost of a visit to a node in one segment, from the others': its own visits soon outweigh theirs where segments
 * differ (requests of another length do), and late where they do not.
 */
function segmentCost({ base, own, all }: NodeEvidence): CostPrior {
  const { usd, visits, variation } = base.cost ?? { usd: base.costUsd, visits: 1, variation: 1 };
  let others = visits;
  let othersUsd = visits * usd;
  for (const each of all) {
    if (each === own) continue;
    others += each.decayed.n;
    othersUsd += each.decayed.cost / NANO_PER_USD;
  }
  const { within, between } = costVariation(all, variation);
  const strength = within / Math.max(LEAST_BETWEEN, between);
  return { usd: othersUsd / others, visits: Math.min(others, Math.max(1, strength)), variation: within };
}

/** Squared coefficients of variation: of a visit's cost within a segment, and of the segments' means. */
function costVariation(all: readonly NodeSums[], prior: number): { readonly within: number; readonly between: number } {
  const seen = all.map(({ decayed }) => decayed).filter(({ n, cost }) => n >= 2 && cost > 0);
  const n = seen.reduce((sum, each) => sum + each.n, 0);
  const pooled = seen.reduce((sum, each) => sum + each.cost, 0) / n;
  // What is known beforehand weighs as two visits: the cost of one may be anything.
  let within = 2 * prior;
  let between = VARIATION_BETWEEN.value * VARIATION_BETWEEN.weight;
  for (const { n: visits, cost, cost2 } of seen) within += visits * Math.max(0, (visits * cost2) / (cost * cost) - 1);
  within /= 2 + n;
  for (const each of seen) between += (each.cost / each.n / pooled - 1) ** 2 - within / each.n;
  return { within, between: between / (VARIATION_BETWEEN.weight + seen.length) };
}
