/** One segment of a feature: a history per node and version, and what is believed from it. */
import { MAX_OLDER_VERSION_OUTCOMES } from './constants.ts';
import type { PlanGraph } from './plan-graph.ts';
import type { BetaShape, Mixture, NodePosterior, NodePrior, Posterior } from './posterior.ts';
import { betaMean, nodePosterior } from './posterior.ts';
import type { Series, SteeringSums } from './series.ts';
import { addSteering, createSeries, NOTHING } from './series.ts';
import type { Sums } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** What a policy reads. What it caches, it keys by this object. */
export interface LearnedSegment {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /** Labels that have come or changed so far in this segment: says when a cached table is stale. */
  readonly outcomes: number;
  readonly graph: PlanGraph;
  /** What is believed now about every node of every plan. Costs microseconds: for policies to cache, and for reports. */
  posterior(nowMs: number): Posterior;
  /** The same, without having decided how far the feature's segments differ: from each its own way to all alike. */
  mixture(nowMs: number): Mixture;
}

/** The feature around a segment. */
export interface SegmentContext {
  readonly graph: PlanGraph;
  /** Half-life of evidence, in buckets. */
  halfLife(now: number): number;
  /** The version of a node that counts, of those seen; the others are older. */
  currentVersion(node: NodeKey, seen: Iterable<string>): string;
  /** What is believed before this segment's own evidence. */
  priorOf(node: NodeKey, now: number): NodePrior;
  /** Whether other features' evidence is in it. */
  hasPooledPrior(): boolean;
  /** What is believed of this segment, for every likeness of the segments. */
  mixtureOf(now: number): Mixture;
  /** From which bucket on labels are incomplete, and what young groups of a series add to them. */
  matureBefore(now: number): number;
  pendingLabelCorrection(series: Series, aging: { now: number; halfLife: number }): Exposures;
}

/** Labels to add for outcomes that are still to come: decayed and whole, of accepted and of returned rejected replies. */
export interface Exposures {
  readonly decayed: { readonly accepted: number; readonly rejected: number };
  readonly whole: { readonly accepted: number; readonly rejected: number };
}

export interface SegmentHistory extends LearnedSegment {
  add(node: NodeKey, version: string, part: { readonly bucket: number; readonly sums: Sums }): void;
  /** Sums of a node at its current version: decayed, and whole since the last change. */
  sums(node: NodeKey, now: number): NodeSums;
  /** The same of all its older versions together. */
  olderSums(node: NodeKey, now: number): NodeSums;
  /** Says that something else has changed: versions, priors. */
  touch(): void;
  clear(): void;
}

export interface NodeSums {
  readonly decayed: SteeringSums;
  readonly whole: SteeringSums;
}

const UNSEEN: NodeSums = { decayed: NOTHING, whole: NOTHING };

export function addNodeSums(all: readonly NodeSums[]): NodeSums {
  return { decayed: addSteering(all.map(each => each.decayed)), whole: addSteering(all.map(each => each.whole)) };
}

export function createSegment(around: SegmentContext): SegmentHistory {
  const histories = new Map<NodeKey, Map<string, Series>>();
  let revision = 0;
  let outcomes = 0;

  function sumsOf(series: Series, now: number): NodeSums {
    const halfLife = around.halfLife(now);
    series.detectChange(around.matureBefore(now));
    const coming = around.pendingLabelCorrection(series, { now, halfLife });
    return {
      decayed: withExposure(series.decayed(now, halfLife), coming.decayed),
      whole: withExposure(series.whole(), coming.whole),
    };
  }

  function sums(node: NodeKey, now: number): NodeSums {
    const versions = histories.get(node);
    const series = versions?.get(around.currentVersion(node, versions.keys()));
    return series === undefined ? UNSEEN : sumsOf(series, now);
  }

  function olderSums(node: NodeKey, now: number): NodeSums {
    const versions = histories.get(node);
    if (versions === undefined || versions.size < 2) return UNSEEN;
    const current = versions.get(around.currentVersion(node, versions.keys()));
    return addNodeSums([...versions.values()].filter(each => each !== current).map(each => sumsOf(each, now)));
  }

  function believe(node: NodeKey, now: number): NodePosterior {
    let prior = around.priorOf(node, now);
    const versions = histories.get(node);
    if (versions !== undefined && versions.size > 0) {
      const current = around.currentVersion(node, versions.keys());
      for (const [version, old] of versions) {
        if (version !== current)
          prior = priorFromOlderVersion(nodePosterior(node, { ...sumsOf(old, now), prior }), prior);
      }
    }
    return nodePosterior(node, { ...sums(node, now), prior });
  }

  return {
    graph: around.graph,
    get revision() {
      return revision;
    },
    get outcomes() {
      return outcomes;
    },
    add(node, version, { bucket, sums: delta }) {
      let versions = histories.get(node);
      if (versions === undefined) histories.set(node, (versions = new Map()));
      let series = versions.get(version);
      if (series === undefined) versions.set(version, (series = createSeries()));
      outcomes += series.add(bucket, delta);
      revision++;
    },
    sums,
    olderSums,
    posterior(nowMs) {
      const now = nowMs / BUCKET_MS;
      const nodes = around.graph.nodes.map(node => believe(node, now));
      return { graph: around.graph, nodes, hasPooledPrior: around.hasPooledPrior() };
    },
    mixture: nowMs => around.mixtureOf(nowMs / BUCKET_MS),
    touch() {
      revision++;
      outcomes++;
    },
    clear() {
      histories.clear();
      revision++;
    },
  };
}

function withExposure(sums: SteeringSums, { accepted, rejected }: Exposures['decayed']): SteeringSums {
  if (accepted === 0 && rejected === 0) return sums;
  return {
    ...sums,
    labelled: sums.labelled + accepted + rejected,
    successes: sums.successes + accepted + rejected,
    labelledRejected: sums.labelledRejected + rejected,
    successesRejected: sums.successesRejected + rejected,
  };
}

/** A prior after an older version was seen: what that one showed, worth a few outcomes. */
export function priorFromOlderVersion(seen: NodePosterior, prior: NodePrior): NodePrior {
  return {
    success: capped(seen.ended, MAX_OLDER_VERSION_OUTCOMES),
    climb: capped(seen.climb, MAX_OLDER_VERSION_OUTCOMES),
    rejected: capped(seen.rejected, MAX_OLDER_VERSION_OUTCOMES),
    costUsd: prior.costUsd > 0 ? prior.costUsd : seen.costUsd,
  };
}

function capped(shape: BetaShape, strength: number): BetaShape {
  const kept = Math.min(strength, shape.a + shape.b);
  const mean = betaMean(shape);
  return { a: kept * mean, b: kept * (1 - mean) };
}
