/** One segment of a feature: the history of each node by quality (model and prompt), and the resulting beliefs. */
import { isServedByOther } from '../cells/served-version.ts';
import { LABELS_UNTIL_KNOWN, MAX_OLDER_VERSION_OUTCOMES, MIN_COMPONENT_WEIGHT } from './constants.ts';
import type { ExtraLabels, LabelCorrection } from './late-outcomes.ts';
import type { PlanGraph } from './plan-graph.ts';
import type { BetaShape, Mixture, NodeComponent, NodePosterior, NodePrior, Posterior } from './posterior.ts';
import { betaMean, nodePosterior } from './posterior.ts';
import type { NodeSums, RoutingSums } from './routing-sums.ts';
import { addNodeSums, NO_NODE_SUMS } from './routing-sums.ts';
import type { QualityHistory } from './quality-history.ts';
import { createQualityHistory } from './quality-history.ts';
import type { Series } from './series.ts';
import type { RoundedCell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn, MAX_HOURS } from '../cells/grains.ts';
import type { Quality, VersionParts } from '../cells/version-parts.ts';
import { versionParts } from '../cells/version-parts.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** What a policy reads. A policy keys its caches by this object. */
export interface LearnedSegment {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /**
   * Labels added or changed so far in this segment: a policy compares it to see how outdated a cached table is. Shortly after a change of a
   * node, each of its labels counts as many.
   */
  readonly outcomes: number;
  readonly graph: PlanGraph;
  /** The current belief about every node of every plan. Takes microseconds, so policies cache it. */
  posterior(nowMs: number): Posterior;
  /**
   * The same belief as a mixture over how similar the feature's segments may be: from not at all to one rate for all.
   */
  mixture(nowMs: number): Mixture;
}

/** Feature-level inputs that a segment needs. */
export interface SegmentContext {
  readonly graph: PlanGraph;
  /** Half-life of evidence, in buckets. */
  halfLife(now: number): number;
  /** The current quality (model and prompt) of a node, among those with evidence; the others are older. */
  currentQuality(node: NodeKey, known: Iterable<Quality>): Quality;
  /** The current price of a node's model, where it is known. */
  currentPrice(node: NodeKey): string | undefined;
  /** The belief about a node before this segment's own evidence. */
  priorOf(node: NodeKey, now: number): NodePrior;
  /** True when the prior was pooled across features. */
  hasPooledPrior(): boolean | 'evidence';
  mixtureOf(now: number): Mixture;
  /** Whether a change of a node's rate since a bucket has a cause other than the node. */
  explains(node: NodeKey, rate: 'success' | 'climb', since: number): boolean;
  /** The bucket from which on labels are incomplete. */
  matureBefore(now: number): number;
  /** Correction for delayed feedback: labels that we expect but do not have yet. */
  pendingLabelCorrection(series: Series, aging: { now: number; halfLife: number }): LabelCorrection;
}

export interface SegmentHistory extends LearnedSegment {
  /** Adds the delta of a node cell of this segment. `moment`: see {@link Series.add}. */
  add(delta: RoundedCell, moment?: number): void;
  /** Sums of a node at its current quality since the last change point, with the cost at its current price. */
  sums(node: NodeKey, now: number): NodeSums;
  /** The sums of all older qualities of the node together. */
  olderSums(node: NodeKey, now: number): NodeSums;
  /**
   * The node as it was before its last change, at today's cost, with the probability that it is in that state again, unless this is
   * negligible.
   */
  former(belief: NodePosterior, at: { readonly prior: NodePrior; readonly now: number }): NodeComponent | undefined;
  /** First bucket whose evidence on the node counts; −∞ without a change point. */
  since(node: NodeKey): number;
  /** True once the node has evidence of this version, at any price. */
  knows(node: NodeKey, version: string): boolean;
  /** Makes policies decide again, because versions or priors have changed. */
  invalidate(): void;
  clear(): void;
}

export function createSegment(context: SegmentContext): SegmentHistory {
  const histories = new Map<NodeKey, Map<Quality, QualityHistory>>();
  /** Parts of the versions seen so far: there are few, and every delta names one. */
  const known = new Map<string, VersionParts>();

  function partsOf(version: string): VersionParts {
    let parts = known.get(version);
    if (parts === undefined) known.set(version, (parts = versionParts(version)));
    return parts;
  }

  function detectChange(series: Series, node: NodeKey, now: number): boolean {
    return series.detectChange(context.matureBefore(now), (rate, since) => context.explains(node, rate, since));
  }

  function sumsOf(
    history: QualityHistory,
    { node, now, price }: { node: NodeKey; now: number; price?: string | undefined },
  ): NodeSums {
    const halfLife = context.halfLife(now);
    const { series } = history;
    detectChange(series, node, now);
    const pending = context.pendingLabelCorrection(series, { now, halfLife });
    return {
      decayed: withExtraLabels(history.decayed({ now, halfLife }, price), pending.decayed),
      undecayed: withExtraLabels(series.undecayed(), pending.undecayed),
    };
  }

  function current(node: NodeKey): QualityHistory | undefined {
    const qualities = histories.get(node);
    return qualities?.get(context.currentQuality(node, qualities.keys()));
  }

  function sums(node: NodeKey, now: number): NodeSums {
    const history = current(node);
    return history === undefined ? NO_NODE_SUMS : sumsOf(history, { node, now, price: context.currentPrice(node) });
  }

  function since(node: NodeKey): number {
    return current(node)?.series.cut() ?? Number.NEGATIVE_INFINITY;
  }

  function olderSums(node: NodeKey, now: number): NodeSums {
    const qualities = histories.get(node);
    if (qualities === undefined) return NO_NODE_SUMS;
    return addNodeSums(olderQualities(node, qualities).map(each => sumsOf(each, { node, now })));
  }

  /** Excludes visits that another model served: that is not an older version of this one. */
  function olderQualities(node: NodeKey, qualities: ReadonlyMap<Quality, QualityHistory>): readonly QualityHistory[] {
    const current = context.currentQuality(node, qualities.keys());
    return [...qualities].flatMap(([quality, each]) => (quality === current || isServedByOther(quality) ? [] : [each]));
  }

  function posteriorOf(node: NodeKey, climbs: boolean, now: number): NodePosterior {
    let prior = context.priorOf(node, now);
    const qualities = histories.get(node);
    if (qualities !== undefined) {
      for (const older of olderQualities(node, qualities)) {
        const earlier = nodePosterior(node, { ...sumsOf(older, { node, now }), prior });
        prior = priorFromOlderVersion(earlier, { prior, climbs });
      }
    }
    const belief = nodePosterior(node, { ...sums(node, now), prior });
    const before = former(belief, { prior, now });
    return before === undefined ? belief : { ...belief, former: before };
  }

  function former(
    { node, costUsd, costLogSd }: NodePosterior,
    { prior, now }: { prior: NodePrior; now: number },
  ): NodeComponent | undefined {
    const state = current(node)?.series.former(now, context.matureBefore(now));
    if (state === undefined || state.probability < MIN_COMPONENT_WEIGHT) return undefined;
    // The rates' dependence on the feature's difficulty is left out, because the node has enough outcomes of its own.
    const { byDifficulty: _, ...before } = nodePosterior(node, { decayed: state.sums, undecayed: state.sums, prior });
    return { node: { ...before, costUsd, costLogSd }, weight: state.probability };
  }

  const history = {
    graph: context.graph,
    revision: 0,
    outcomes: 0,
    add(delta, moment): void {
      const { subject, version } = delta.key;
      const { quality, price } = partsOf(version);
      let qualities = histories.get(subject);
      if (qualities === undefined) histories.set(subject, (qualities = new Map()));
      let ofQuality = qualities.get(quality);
      if (ofQuality === undefined) qualities.set(quality, (ofQuality = createQualityHistory()));
      const { series } = ofQuality;
      const labels = ofQuality.add(price, delta, moment);
      // Looks for a change at once, because policies would otherwise use a table from before the change until there are many new outcomes.
      // When a long history is read, cells of past hours are searched only once all are there.
      const { bucket } = delta.key;
      const isNow =
        moment !== undefined && moment >= bucket && moment < bucket + MAX_HOURS && moment < bucket + hoursIn(delta.key);
      const isChanged = isNow && detectChange(series, subject, moment);
      history.outcomes += outcomesPerLabel(series) * Math.max(labels, Number(isChanged));
      history.revision++;
    },
    sums,
    since,
    knows: (node, version) => histories.get(node)?.has(partsOf(version).quality) === true,
    olderSums,
    former,
    posterior(nowMs) {
      const now = nowMs / BUCKET_MS;
      const { graph } = context;
      const nodes = graph.nodes.map((node, index) => posteriorOf(node, graph.climbs[index] === true, now));
      return { graph, nodes, hasPooledPrior: context.hasPooledPrior(), hasChanged: hasChanged({ graph, since }) };
    },
    mixture: nowMs => context.mixtureOf(nowMs / BUCKET_MS),
    invalidate(): void {
      history.revision++;
      history.outcomes++;
    },
    clear(): void {
      histories.clear();
      history.revision++;
    },
  } satisfies SegmentHistory;
  return history;
}

/** Whether a node of the segment has changed since the first evidence on it. */
export function hasChanged({ graph, since }: Pick<SegmentHistory, 'graph' | 'since'>): boolean {
  return graph.nodes.some(node => since(node) > Number.NEGATIVE_INFINITY);
}

/** Outcomes per label: after a change, a belief rests on few labels, and each of these may change it. */
function outcomesPerLabel(series: Series): number {
  if (series.cut() === Number.NEGATIVE_INFINITY) return 1;
  return Math.max(1, LABELS_UNTIL_KNOWN / Math.max(1, series.undecayed().labelled));
}

function withExtraLabels(sums: RoutingSums, { accepted, rejected }: ExtraLabels): RoutingSums {
  if (accepted === 0 && rejected === 0) return sums;
  return {
    ...sums,
    labelled: sums.labelled + accepted + rejected,
    successes: sums.successes + accepted + rejected,
    labelledRejected: sums.labelledRejected + rejected,
    successesRejected: sums.successesRejected + rejected,
  };
}

/**
 * The prior of a newer version: the belief about an older one, which counts as a few outcomes.
 * @param climbs a plan climbs on from the node
 */
export function priorFromOlderVersion(
  older: NodePosterior,
  { prior, climbs }: { readonly prior: NodePrior; readonly climbs: boolean },
): NodePrior {
  return {
    success: weakened(climbs ? older.accepted : older.ended),
    climb: weakened(older.climb),
    rejected: weakened(older.rejected),
    costUsd: prior.costUsd > 0 ? prior.costUsd : older.costUsd,
    ...(prior.netUsd === undefined ? {} : { netUsd: prior.netUsd }),
  };
}

function weakened(shape: BetaShape): BetaShape {
  const outcomes = Math.min(MAX_OLDER_VERSION_OUTCOMES, shape.a + shape.b);
  const mean = betaMean(shape);
  return { a: outcomes * mean, b: outcomes * (1 - mean) };
}
