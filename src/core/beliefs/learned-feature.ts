/** What the router has learnt about one feature, in memory: the cells a policy reads. */
import { DEFAULT_CONFIGURED_OUTCOMES, MAX_CONFIGURED_OUTCOMES } from './constants.ts';
import { planGraph } from './plan-graph.ts';
import { halfLifeBuckets, labelClock } from './half-life.ts';
import { exposureBeyondLabels, observedFailureFraction, meanFailureDelayMs } from './late-outcomes.ts';
import type { Exposures, LearnedSegment, SegmentHistory } from './learned-segment.ts';
import { addNodeSums, createSegment, priorFromOlderVersion } from './learned-segment.ts';
import type { Mixture, NodePrior } from './posterior.ts';
import { certain, nodePosterior, UNIFORM } from './posterior.ts';
import type { LearntPrior } from './priors.ts';
import { segmentPrior } from './segment-prior.ts';
import { segmentMixture } from './segment-mixture.ts';
import type { Series } from './series.ts';
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { NodeKey, Plan } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/**
 * Everything learnt about a feature. The engine makes one per feature, applies the delta of every commit, and replaces
 * all from the store when another process has written. A policy gets one segment of it.
 */
export interface LearnedFeature {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /** The nodes that plans start with, cheapest first, and the prior cost of each in USD: for `empiricalBayes`. */
  readonly starts: ReadonlyMap<NodeKey, number>;
  /** Adds deltas (from `settle`), in place. Cells of other features and of scope `plan` are skipped. */
  apply(delta: readonly Cell[]): void;
  /** Starts again from a store's cells. */
  replace(cells: readonly Cell[]): void;
  /** What `view.learned` is given: the same object on every call with the same name; `''` where no context is declared. */
  segment(name: string): LearnedSegment;
  /** Sets current versions by model name; what an older version has shown becomes a weak prior. */
  setVersions(versions: Readonly<Record<string, string>>): void;
  /** Replaces learnt priors by node (from `empiricalBayes`); a configured prior wins over them. */
  setPriors(priors: Readonly<Record<NodeKey, LearntPrior>>): void;
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
  /** Silence means success after this window: young intents then count by what must have been heard of them. */
  readonly silenceWindowMs?: number;
}

const NO_PRIORS: Readonly<Record<NodeKey, LearntPrior>> = Object.freeze({});
const NONE: Exposures['decayed'] = Object.freeze({ accepted: 0, rejected: 0 });
const NOTHING_TO_COME: Exposures = Object.freeze({ decayed: NONE, whole: NONE });

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
  const graph = planGraph(options.plans);
  const clock = labelClock();
  const segments = new Map<string, SegmentHistory>();
  const windowMs = options.silenceWindowMs;
  let heard = { failures: 0, delayMs: 0 };
  let versions = options.versions ?? {};
  let learntPriors = NO_PRIORS;
  let revision = 0;

  function segment(name: string): SegmentHistory {
    const known = segments.get(name);
    if (known !== undefined) return known;
    const made: SegmentHistory = createSegment({
      graph,
      halfLife: now => halfLifeBuckets(clock, now),
      currentVersion: (node, seen) => versions[modelOfNode(node)] ?? [...seen].at(-1) ?? '',
      priorOf: (node, now) => priorOf(made, { node, now }),
      hasPooledPrior: () => learntPriors !== NO_PRIORS,
      mixtureOf: now => mixtureOf(made, now),
      matureBefore: now => (windowMs === undefined ? Number.POSITIVE_INFINITY : now - windowMs / BUCKET_MS),
      pendingLabelCorrection,
    });
    segments.set(name, made);
    return made;
  }

  function priorOf(own: SegmentHistory, { node, now }: { node: NodeKey; now: number }): NodePrior {
    const base = featurePrior(node);
    if (segments.size < 2) return base;
    const others = [...segments.values()].filter(other => other !== own);
    return segmentPrior(base, {
      own: own.sums(node, now).decayed,
      others: others.map(other => other.sums(node, now).decayed),
    });
  }

  function mixtureOf(own: SegmentHistory, now: number): Mixture {
    const all = [...segments.values()];
    if (all.length < 2) return certain(own.posterior(now * BUCKET_MS));
    const nodes = segmentMixture({ graph, own, all, now, baseOf: node => baseOf(node, now) });
    return { graph, nodes, hasPooledPrior: learntPriors !== NO_PRIORS };
  }

  /** What is believed of the whole feature before any outcome of the current versions. */
  function baseOf(node: NodeKey, now: number): NodePrior {
    const prior = featurePrior(node);
    const older = addNodeSums([...segments.values()].map(each => each.olderSums(node, now)));
    return older.whole.n > 0 ? priorFromOlderVersion(nodePosterior(node, { ...older, prior }), prior) : prior;
  }

  function featurePrior(node: NodeKey): NodePrior {
    const model = modelOfNode(node);
    const configured = model === node ? options.priorSuccess?.[model] : undefined;
    const learnt = learntPriors[node];
    const strength = Math.min(MAX_CONFIGURED_OUTCOMES, configured?.strength ?? DEFAULT_CONFIGURED_OUTCOMES);
    return {
      ...(configured === undefined
        ? { success: learnt ?? UNIFORM, ...(learnt === undefined ? {} : { likeness: learnt.likeness }) }
        : { success: { a: configured.success * strength, b: (1 - configured.success) * strength } }),
      climb: UNIFORM,
      rejected: UNIFORM,
      costUsd: options.priorCostUsd[model] ?? 0,
      ...(learnt?.cost === undefined ? {} : { cost: learnt.cost }),
    };
  }

  function pendingLabelCorrection(series: Series, { now, halfLife }: { now: number; halfLife: number }): Exposures {
    if (windowMs === undefined) return NOTHING_TO_COME;
    const timing = { windowMs, meanDelayMs: meanFailureDelayMs(windowMs, heard) };
    const decayed = { accepted: 0, rejected: 0 };
    const whole = { accepted: 0, rejected: 0 };
    for (const { start, end, sums } of series.young(now, windowMs / BUCKET_MS)) {
      const share = observedFailureFraction(
        { startMs: start * BUCKET_MS, endMs: end * BUCKET_MS, nowMs: now * BUCKET_MS },
        timing,
      );
      const more = exposureBeyondLabels(sums, share);
      const weight = 2 ** (((start + end) / 2 - now) / halfLife);
      whole.accepted += more.accepted;
      whole.rejected += more.rejected;
      decayed.accepted += weight * more.accepted;
      decayed.rejected += weight * more.rejected;
    }
    return { decayed, whole };
  }

  function touch(): void {
    revision++;
    for (const each of segments.values()) each.touch();
  }

  function apply(delta: readonly Cell[]): void {
    for (const { key, sums } of delta) {
      if (key.scope !== 'node' || key.feature !== options.feature) continue;
      const labelled = Number(sums.labelled ?? 0n);
      clock.add(key.bucket, labelled);
      heard.failures += labelled - Number(sums.successes ?? 0n);
      heard.delayMs += Number(sums.failureDelayMs ?? 0n);
      segment(key.segment).add(key.subject, key.version, { bucket: key.bucket, sums });
      revision++;
    }
  }

  return {
    get revision() {
      return revision;
    },
    starts: new Map(options.plans.map(([model = '']) => [model, options.priorCostUsd[model] ?? 0])),
    apply,
    replace(cells) {
      clock.clear();
      heard = { failures: 0, delayMs: 0 };
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
