/** What the router has learned about one feature, in memory: the cells a policy reads. */
import type { CodedSegments } from './coded-segment.ts';
import { halfLifeBuckets, labelClock } from './half-life.ts';
import { atPrice } from './cost-priors.ts';
import type { EffortAxes } from './effort-axis.ts';
import { modelsPerFamily, withSiblings } from './effort-axis.ts';
import { NO_CORRECTION, pendingLabels } from './late-outcomes.ts';
import type { LearnedSegment, SegmentHistory } from './learned-segment.ts';
import { createSegment, hasChanged, priorFromOlderVersion } from './learned-segment.ts';
import type { NumberModel } from './number-model.ts';
import { planGraph } from './plan-graph.ts';
import type { Mixture, NodePrior } from './posterior.ts';
import { asMixture, nodePosterior, UNIFORM } from './posterior.ts';
import type { PooledPrior } from './priors.ts';
import { successPrior } from './priors.ts';
import { addNodeSums } from './routing-sums.ts';
import { segmentMixture } from './segment-mixture.ts';
import { segmentPrior } from './segment-prior.ts';
import type { StatedRates } from './stated-prior.ts';
import { statedPriors } from './stated-prior.ts';
import { REJECTED_PRIOR } from './verdict-rows.ts';
import type { Cell, CellKey, RoundedCell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { ExpectedNodes, ExpectedSuccess } from '../cells/rate-cells.ts';
import { currentQuality, isServedByOther, ownFirst, servedParts } from '../cells/served-version.ts';
import { partsByModel, typicalUsdOf } from '../cells/version-parts.ts';
import { withoutCode } from '../ledger/number-code.ts';
import type { NodeKey, Plan } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/**
 * All that was learned about a feature. The engine creates one per feature, applies the delta of every commit, and replaces all of it from
 * the store when another process has written. A policy reads one segment of it.
 */
export interface LearnedFeature extends ExpectedNodes {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /**
   * Adds deltas (from `contributionDelta`), in place. Cells of other features, of scope `plan`, and of calls that another model served in
   * place of a model that does answer itself are skipped.
   *
   * @param decidedAtMs when the intent was decided, milliseconds since the epoch, so that a change within an hour can be found; for cells
   * that other processes have written, when they were read
   */
  apply(delta: readonly RoundedCell[], decidedAtMs?: number): void;
  /** Makes policies decide again in every segment, because the belief about one segment depends on the others. */
  invalidate(): void;
  /**
   * Looks for changes in everything that was added, one segment per step: otherwise the next decision would search all segments at once.
   */
  lookForChanges(nowMs: number): Generator<void, void>;
  /** Replaces everything by a store's cells. */
  replace(cells: readonly Cell[]): void;
  /**
   * For `view.learned`: the same object for every call with the same name; the name is `''` where no context is declared.
   */
  segment(name: string): LearnedSegment;
  /** What the numbers of requests predict; `undefined` if no segment's name has coded numbers. */
  readonly numbers: Pick<CodedSegments, 'weight' | 'explained'> | undefined;
  /**
   * Sets the current versions by model name. Evidence on another model or prompt becomes a weak prior; where only the price differs, the
   * evidence on success stays, and the cost of visits is scaled by the change of the price.
   */
  setVersions(versions: Readonly<Record<string, string>>): void;
  /**
   * Replaces the pooled priors by node (from `empiricalBayes`). A configured prior adds outcomes to them.
   * @param from `evidence`: the priors were made without the outcomes of other features
   */
  setPriors(priors: Readonly<Record<NodeKey, PooledPrior>>, from?: boolean | 'evidence'): void;
  /** The arguments of the last {@link LearnedFeature.setPriors}, for another object that is to learn the same. */
  readonly priors: () => Parameters<LearnedFeature['setPriors']>;
}

export interface LearnedFeatureOptions {
  readonly feature: string;
  readonly plans: readonly Plan[];
  /** As for {@link planGraph}. */
  readonly hasAlarms?: boolean | undefined;
  /** Expected USD per visit by model: price × typical size. */
  readonly priorCostUsd: Readonly<Record<string, number>>;
  /** Configured expectation by model (counts as at most 10 outcomes). */
  readonly priorSuccess?: StatedRates;
  /** Success expected from public evidence, by model that is asked first. */
  readonly expected?: ReadonlyMap<NodeKey, ExpectedSuccess> | undefined;
  /** Current versions by model; for a model without one, the version with the latest evidence. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly axes?: EffortAxes | undefined;
  /** Silence means success after this window; until then, labels are corrected for delayed feedback. */
  readonly silenceWindowMs?: number;
  /** Without it, a segment whose name has coded numbers is believed to be like the segment whose name has none. */
  readonly numbers?: NumberModel;
}

/**
 * @example
 * ```ts
 * const learned = createLearnedFeature({ feature: 'support.reply', plans: [['mini'], ['premium']],
 *   priorCostUsd: { mini: 0.002, premium: 0.014 } });
 * learned.apply(contributionDelta(undefined, intent));
 * policy.decide({ ...view, learned: learned.segment('') }, random);
 * ```
 */
export function createLearnedFeature(options: LearnedFeatureOptions): LearnedFeature {
  const graph = { ...planGraph(options.plans, options), modelsPerFamily: modelsPerFamily(options.axes) };
  const climbing = new Set(graph.nodes.filter((_, index) => graph.climbs[index] === true));
  const clock = labelClock();
  /** Histories of the segments, by name without coded numbers. */
  const segments = new Map<string, SegmentHistory>();
  const numbers = options.numbers?.segments(climbing, historyOf);
  const windowMs = options.silenceWindowMs;
  let failureDelays = { count: 0, totalMs: 0 };
  let current = partsByModel(options.versions ?? {});
  let pooledPriors: Readonly<Record<NodeKey, PooledPrior>> = {};
  let hasPooledPrior: boolean | 'evidence' = false;

  function historyOf(full: string): SegmentHistory {
    const name = segments.has(full) ? full : withoutCode(full);
    const known = segments.get(name);
    if (known !== undefined) return known;
    const created: SegmentHistory = createSegment({
      graph,
      halfLife: now => halfLifeBuckets(clock, now),
      currentQuality: (node, known) => currentQuality(current.get(modelOfNode(node))?.quality, [...known]),
      currentPrice: node => current.get(modelOfNode(node))?.price,
      priorOf: (node, now) => priorOf(created, { node, now }),
      hasPooledPrior: () => hasPooledPrior,
      mixtureOf: now => mixtureOf(created, now),
      explains: (node, rate, since) => numbers?.explains({ node, rate, since, base: name }) === true,
      matureBefore: now => (windowMs === undefined ? Number.POSITIVE_INFINITY : now - windowMs / BUCKET_MS),
      pendingLabelCorrection: (series, at) =>
        windowMs === undefined ? NO_CORRECTION : pendingLabels(series, { ...at, windowMs, failureDelays }),
    });
    segments.set(name, created);
    return created;
  }

  function priorOf(own: SegmentHistory, { node, now }: { node: NodeKey; now: number }): NodePrior {
    const axes = climbing.has(node) ? undefined : options.axes;
    const base = withSiblings(featurePrior(node, now), { axes, node, sumsOf: each => own.sums(each, now).decayed });
    if (segments.size < 2) return base;
    const others = [...segments.values()].filter(other => other !== own).map(other => other.sums(node, now).decayed);
    return segmentPrior(base, { own: own.sums(node, now).decayed, others, climbs: climbing.has(node) });
  }

  function mixtureOf(own: SegmentHistory, now: number): Mixture {
    const all = [...segments.values()];
    if (all.length < 2) return asMixture(own.posterior(now * BUCKET_MS));
    return {
      graph,
      nodes: segmentMixture({ graph, own, all, now, baseOf: node => baseOf(node, now) }),
      hasPooledPrior,
      hasChanged: all.some(hasChanged),
    };
  }

  /** The belief about a node in the feature as a whole before any outcome of its current version. */
  function baseOf(node: NodeKey, now: number): NodePrior {
    const prior = featurePrior(node, now);
    const older = addNodeSums([...segments.values()].map(each => each.olderSums(node, now)));
    if (older.undecayed.n <= 0) return prior;
    return priorFromOlderVersion(nodePosterior(node, { ...older, prior }), { prior, climbs: climbing.has(node) });
  }

  const featurePrior = statedPriors({
    rates: options.priorSuccess,
    priorOf: unstatedPrior,
    climbing,
    sumsOf: (node, now) => [...segments.values()].map(each => each.sums(node, now).decayed),
    revision: () => learned.revision,
  });

  function unstatedPrior(node: NodeKey): NodePrior {
    const model = modelOfNode(node);
    const pooled = pooledPriors[node];
    const initialUsd = options.priorCostUsd[model] ?? 0;
    const costUsd = typicalUsdOf(current.get(model)?.price ?? '') ?? initialUsd;
    const change = initialUsd > 0 ? costUsd / initialUsd : 1;
    const cost = pooled?.cost && atPrice(pooled.cost, change);
    const net = pooled?.netUsd === undefined ? {} : { netUsd: change * pooled.netUsd };
    const { climb = UNIFORM, rejected = REJECTED_PRIOR } = pooled ?? {};
    const known = { ...successPrior(pooled, { doPlansClimb: climbing.size > 0 }), climb, rejected, costUsd, ...net };
    return cost === undefined ? known : { ...known, cost };
  }

  function invalidate(): void {
    learned.revision++;
    for (const each of segments.values()) each.invalidate();
  }

  /**
   * True for calls that another model served: they teach nothing about the model that was asked. A name that has never answered itself is
   * an alias, though, and calls of the model that serves it are the only evidence on it.
   */
  function isOfNoUse({ segment: name, subject, version }: CellKey): boolean {
    const served = isServedByOther(version) ? servedParts(version) : undefined;
    return served !== undefined && historyOf(name).knows(subject, served.asked);
  }

  function apply(delta: readonly RoundedCell[], decidedAtMs?: number): void {
    const moment = decidedAtMs === undefined ? undefined : decidedAtMs / BUCKET_MS;
    for (const cell of delta) {
      const { key, sums } = cell;
      if (key.scope !== 'node' || key.feature !== options.feature || isOfNoUse(key)) continue;
      const labelled = Number(sums.labelled ?? 0n);
      clock.add(key, labelled);
      failureDelays.count += labelled - Number(sums.successes ?? 0n);
      failureDelays.totalMs += Number(sums.failureDelayMs ?? 0n);
      historyOf(key.segment).add(cell, moment);
      numbers?.add(cell, moment);
      learned.revision++;
    }
  }

  const learned = {
    revision: 0,
    starts: new Map(options.plans.map(([model = '']) => [model, options.priorCostUsd[model] ?? 0])),
    climbing,
    expected: options.expected,
    apply,
    replace(cells): void {
      clock.clear();
      failureDelays = { count: 0, totalMs: 0 };
      for (const each of segments.values()) each.clear();
      numbers?.clear();
      apply([...cells].sort((x, y) => ownFirst(x.key, y.key) || x.key.bucket - y.key.bucket));
      invalidate();
    },
    segment: name => numbers?.segment(name) ?? historyOf(name),
    numbers,
    invalidate,
    *lookForChanges(nowMs) {
      for (const each of segments.values()) {
        for (const node of graph.nodes) each.sums(node, nowMs / BUCKET_MS);
        yield;
      }
    },
    setVersions(next): void {
      current = partsByModel(next);
      invalidate();
    },
    priors: () => [pooledPriors, hasPooledPrior],
    setPriors(next, from = true): void {
      pooledPriors = next;
      hasPooledPrior = from;
      invalidate();
    },
  } satisfies LearnedFeature;
  return learned;
}
