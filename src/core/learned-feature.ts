/** What the router has learnt about one feature, in memory: the cells a policy reads. */
import type { PlanGraph } from './cascade.ts';
import { planGraph } from './cascade.ts';
import { halfLifeBuckets, labelClock } from './half-life.ts';
import type { BetaShape, NodePosterior, NodePrior, Posterior } from './posterior.ts';
import { betaMean, nodePosterior, UNIFORM } from './posterior.ts';
import type { Series, SteeringSums } from './series.ts';
import { createSeries } from './series.ts';
import type { Cell } from './statistics.ts';
import { BUCKET_MS } from './statistics.ts';
import type { NodeKey, Plan } from './vocabulary.ts';
import { modelOfNode } from './vocabulary.ts';

/**
 * Everything learnt about a feature. The engine makes one per feature, applies the delta of every commit, and replaces
 * all from the store when another process has written. A policy gets one segment of it.
 */
export interface LearnedFeature {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /** Adds deltas (from `settle`), in place. Cells of other features and of scope `plan` are skipped. */
  apply(delta: readonly Cell[]): void;
  /** Starts again from a store's cells. */
  replace(cells: readonly Cell[]): void;
  /** What `view.learned` is given: the same object on every call with the same name; `''` where no context is declared. */
  segment(name: string): LearnedSegment;
  /** Sets current versions by model name; what an older version has shown becomes a weak prior. */
  setVersions(versions: Readonly<Record<string, string>>): void;
  /** Replaces learnt priors by node (from `empiricalBayes`); a configured prior wins over them. */
  setPriors(priors: Readonly<Record<NodeKey, BetaShape>>): void;
}

/** One segment of a feature. What a policy caches, it keys by this object. */
export interface LearnedSegment {
  readonly revision: number;
  /** Labels that have come or changed so far in this segment: says when a cached table is stale. */
  readonly outcomes: number;
  readonly graph: PlanGraph;
  /** What is believed now about every node of every plan. Costs microseconds: for policies to cache, and for reports. */
  posterior(nowMs: number): Posterior;
}

export interface LearnedFeatureOptions {
  readonly feature: string;
  readonly plans: readonly Plan[];
  /** Expected USD per visit by model: price × typical size. */
  readonly priorCostUsd: Readonly<Record<string, number>>;
  /** Configured expectation by model: P(success) when it is asked first, and how many outcomes that is worth (≤ 10). */
  readonly priorSuccess?: Readonly<Record<string, { readonly success: number; readonly strength?: number }>>;
  /** Current versions by model; a model that is absent is read at the version seen last. */
  readonly versions?: Readonly<Record<string, string>>;
}

const DEFAULT_STRENGTH = 5;
const MAX_STRENGTH = 10;
/** What an older version's evidence, and other segments' evidence, may weigh at most, in outcomes. */
const OLD_VERSION_STRENGTH = 6;

/**
 * @example
 * ```ts
 * const learned = createLearnedFeature({ feature: 'support.reply', plans: [['mini'], ['premium']],
 *   priorCostUsd: { mini: 0.002, premium: 0.014 } });
 * learned.apply(settle(undefined, intent));
 * policy.decide({ ...view, learned: learned.segment('') }, random);
 * ```
 */
export function createLearnedFeature(options: LearnedFeatureOptions): LearnedFeature {
  const graph = planGraph(options.plans);
  const clock = labelClock();
  const segments = new Map<string, Segment>();
  let versions = options.versions ?? {};
  let learntPriors: Readonly<Record<NodeKey, BetaShape>> = {};
  let revision = 0;

  function segment(name: string): Segment {
    const known = segments.get(name);
    if (known !== undefined) return known;
    const made = createSegment({ graph, halfLife: now => halfLifeBuckets(clock, now), version, prior });
    segments.set(name, made);
    return made;
  }

  function version(node: NodeKey): string | undefined {
    return versions[modelOfNode(node)];
  }

  function prior(node: NodeKey): NodePrior {
    const model = modelOfNode(node);
    const configured = model === node ? options.priorSuccess?.[model] : undefined;
    const strength = Math.min(MAX_STRENGTH, configured?.strength ?? DEFAULT_STRENGTH);
    return {
      success:
        configured === undefined
          ? (learntPriors[node] ?? UNIFORM)
          : { a: configured.success * strength, b: (1 - configured.success) * strength },
      climb: UNIFORM,
      rejected: UNIFORM,
      costUsd: options.priorCostUsd[model] ?? 0,
    };
  }

  function touch(): void {
    revision++;
    for (const each of segments.values()) each.touch();
  }

  function apply(delta: readonly Cell[]): void {
    for (const { key, sums } of delta) {
      if (key.scope !== 'node' || key.feature !== options.feature) continue;
      clock.add(key.bucket, Number(sums.labelled ?? 0n));
      segment(key.segment).add(key.at, key.version, { bucket: key.bucket, sums });
      revision++;
    }
  }

  return {
    get revision() {
      return revision;
    },
    apply,
    replace(cells) {
      clock.clear();
      for (const each of segments.values()) each.clear();
      apply([...cells].sort((x, y) => x.key.bucket - y.key.bucket));
      touch();
    },
    segment,
    setVersions(next) {
      versions = next;
      touch();
    },
    setPriors(next) {
      learntPriors = next;
      touch();
    },
  };
}

interface Segment extends LearnedSegment {
  add(node: NodeKey, version: string, part: { bucket: number; sums: Cell['sums'] }): void;
  touch(): void;
  clear(): void;
}

function createSegment(around: {
  readonly graph: PlanGraph;
  readonly halfLife: (nowBuckets: number) => number;
  readonly version: (node: NodeKey) => string | undefined;
  readonly prior: (node: NodeKey) => NodePrior;
}): Segment {
  const series = new Map<NodeKey, Map<string, Series>>();
  let revision = 0;
  let outcomes = 0;

  function nodeAt(node: NodeKey, now: number): NodePosterior {
    const halfLife = around.halfLife(now);
    const byVersion = series.get(node);
    const current = around.version(node) ?? lastOf(byVersion);
    let prior = around.prior(node);
    for (const [version, old] of byVersion ?? []) {
      if (version !== current) prior = weakened(node, { old, prior, now, halfLife });
    }
    const live = byVersion?.get(current ?? '');
    if (live === undefined) return nodePosterior(node, { decayed: NOTHING, whole: NOTHING, prior });
    live.detectChange(Number.POSITIVE_INFINITY);
    return nodePosterior(node, { decayed: live.decayed(now, halfLife), whole: live.whole(), prior });
  }

  return {
    graph: around.graph,
    get revision() {
      return revision;
    },
    get outcomes() {
      return outcomes;
    },
    add(node, version, { bucket, sums }) {
      let byVersion = series.get(node);
      if (byVersion === undefined) series.set(node, (byVersion = new Map()));
      let one = byVersion.get(version);
      if (one === undefined) byVersion.set(version, (one = createSeries()));
      outcomes += one.add(bucket, sums);
      revision++;
    },
    posterior(nowMs) {
      const now = nowMs / BUCKET_MS;
      return { graph: around.graph, nodes: around.graph.nodes.map(node => nodeAt(node, now)) };
    },
    touch() {
      revision++;
      outcomes++;
    },
    clear() {
      series.clear();
      revision++;
    },
  };
}

const NOTHING: SteeringSums = createSeries().whole();

function lastOf(byVersion: ReadonlyMap<string, Series> | undefined): string | undefined {
  return byVersion === undefined ? undefined : [...byVersion.keys()].at(-1);
}

/** A prior after an older version was seen: its posterior means, worth a few outcomes. */
function weakened(
  node: NodeKey,
  { old, prior, now, halfLife }: { old: Series; prior: NodePrior; now: number; halfLife: number },
): NodePrior {
  const seen = nodePosterior(node, { decayed: old.decayed(now, halfLife), whole: old.whole(), prior });
  return {
    success: capped(seen.ended, OLD_VERSION_STRENGTH),
    climb: capped(seen.climb, OLD_VERSION_STRENGTH),
    rejected: capped(seen.rejected, OLD_VERSION_STRENGTH),
    costUsd: prior.costUsd > 0 ? prior.costUsd : seen.costUsd,
  };
}

function capped(shape: BetaShape, strength: number): BetaShape {
  const kept = Math.min(strength, shape.a + shape.b);
  const mean = betaMean(shape);
  return { a: kept * mean, b: kept * (1 - mean) };
}
