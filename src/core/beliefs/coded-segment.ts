/** A segment whose name has coded numbers: the belief about the segment without them, shifted by what the numbers predict. */
import { MIN_COMPONENT_WEIGHT } from './constants.ts';
import type { LearnedSegment, SegmentHistory } from './learned-segment.ts';
import type { NodeShifts, NumberEffects } from './number-effects.ts';
import { numberEffects } from './number-effects.ts';
import type { LogitShift } from './number-fit.ts';
import type { BetaShape, NodeComponent, NodePosterior } from './posterior.ts';
import { betaMean, betaOfMoments, betaVariance } from './posterior.ts';
import type { RoundedCell } from '../cells/cell.ts';
import type { CodedSegment } from '../ledger/number-code.ts';
import { codedSegment } from '../ledger/number-code.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { sigmoid } from '../math/sigmoid.ts';

/** The segments of a feature whose names have coded numbers. Feature-wide figures are those of the kind of numbers that was given last. */
export interface CodedSegments extends Pick<NumberEffects, 'weight' | 'explained' | 'explains' | 'clear'> {
  /** For a name without coded numbers, the belief about the average request; `undefined` where no request had coded numbers. */
  segment(name: string): LearnedSegment | undefined;
  /** Adds the delta of a node cell, if its segment has coded numbers. `moment`: see {@link NumberEffects.add}. */
  add(delta: RoundedCell, moment?: number): void;
}

/**
 * @param climbing nodes from which a plan climbs on
 * @param baseOf the history of a segment's name without its code
 */
export function codedSegments(climbing: ReadonlySet<NodeKey>, baseOf: (name: string) => SegmentHistory): CodedSegments {
  /**
   * Effects by kind of numbers: an application may change which numbers it gives, and the store has codes of both
   * kinds.
   */
  const byKind = new Map<string, NumberEffects>();
  /** Code of the cell of the latest bucket. */
  let latest = { bucket: Number.NEGATIVE_INFINITY, effects: numberEffects(climbing) };
  const known = new Map<string, SegmentWithNumbers | undefined>();
  /** The average request of a segment, by the segment's name without code. */
  const average = new Map<string, SegmentWithNumbers>();

  function effectsOf(kind: string): NumberEffects {
    let effects = byKind.get(kind);
    if (effects === undefined) byKind.set(kind, (effects = numberEffects(climbing)));
    return effects;
  }

  function of(name: string): SegmentWithNumbers | undefined {
    if (!known.has(name)) {
      const code = codedSegment(name);
      const effects = code.numbers.length === 0 ? undefined : effectsOf(code.kind);
      known.set(name, effects && segmentWithNumbers(baseOf(code.base), { code, effects }));
    }
    return known.get(name);
  }

  /**
   * A process that has just started has no codes for its first requests; other processes chose the model of each request by its numbers.
   */
  function averageOf(name: string): SegmentWithNumbers | undefined {
    const { effects } = latest;
    if (byKind.size === 0) return undefined;
    let segment = average.get(name);
    if (segment?.effects !== effects) {
      segment = segmentWithNumbers(baseOf(name), { code: codedSegment(name), effects });
      average.set(name, segment);
    }
    return segment;
  }

  return {
    segment: name => (of(name) ?? averageOf(name))?.refresh(),
    add(cell, moment) {
      const code = of(cell.key.segment)?.code;
      if (code === undefined) return;
      const effects = effectsOf(code.kind);
      effects.add(code, cell, moment);
      const { bucket } = cell.key;
      if (bucket >= latest.bucket) latest = { bucket, effects };
    },
    weight: () => latest.effects.weight(),
    explained: () => latest.effects.explained(),
    explains: change => latest.effects.explains(change),
    clear(): void {
      for (const effects of byKind.values()) effects.clear();
      latest = { ...latest, bucket: Number.NEGATIVE_INFINITY };
    },
  };
}

interface SegmentWithNumbers extends LearnedSegment {
  readonly code: CodedSegment;
  readonly effects: NumberEffects;
  /** Brings `revision` and `outcomes` up to date: every outcome of the rest of the segment may change what the numbers predict. */
  refresh(): SegmentWithNumbers;
}

function segmentWithNumbers(
  base: SegmentHistory,
  { code, effects }: { readonly code: CodedSegment; readonly effects: NumberEffects },
): SegmentWithNumbers {
  const { graph } = base;

  /** The belief if the numbers predict outcomes, and the belief if they do not. */
  function components(node: NodePosterior, weight: number): readonly NodeComponent[] {
    const { node: key, accepted, ended, climb } = node;
    const success = betaMean(graph.climbs[graph.nodes.indexOf(key)] === true ? accepted : ended);
    const rates = { node: key, since: base.since(key), success, climb: betaMean(climb) };
    const shifts = effects.shiftsOf(rates, code);
    if (shifts === undefined) return [{ node, weight }];
    const shifted = weight * effects.weight();
    return [
      { node: shiftedNode(node, shifts), weight: shifted },
      { node, weight: weight - shifted },
    ];
  }

  // Mutable properties instead of getters: V8 looks up the members of an object with own getters by hash.
  const segment = {
    code,
    effects,
    graph,
    revision: base.revision,
    outcomes: base.outcomes,
    refresh(): SegmentWithNumbers {
      segment.revision = base.revision;
      segment.outcomes = base.outcomes;
      return segment;
    },
    posterior(nowMs) {
      const { nodes, ...rest } = base.posterior(nowMs);
      return { ...rest, nodes: nodes.map(node => momentsOf(components(node, 1))) };
    },
    mixture(nowMs) {
      const { nodes, ...rest } = base.mixture(nowMs);
      const all = nodes.map(known => known.flatMap(({ node, weight }) => components(node, weight)));
      return { ...rest, nodes: all.map(withoutUnlikely) };
    },
  } satisfies SegmentWithNumbers;
  return segment;
}

/** Removes components that are too improbable to be sampled. The last component, that of the whole feature, always stays. */
function withoutUnlikely(components: readonly NodeComponent[]): readonly NodeComponent[] {
  const kept = components.filter(({ weight }, i) => weight >= MIN_COMPONENT_WEIGHT || i === components.length - 1);
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map(({ node, weight }) => ({ node, weight: weight / total }));
}

/** One node with the combined mean and variance of two components. */
function momentsOf(components: readonly NodeComponent[]): NodePosterior {
  const [{ node: shifted, weight }, other] = components as readonly [NodeComponent, NodeComponent?];
  if (other === undefined) return shifted;
  const both = (name: 'climb' | 'accepted' | 'ended'): BetaShape => {
    const [a, b] = [shifted[name], other.node[name]];
    const mean = weight * betaMean(a) + (1 - weight) * betaMean(b);
    const between = weight * (1 - weight) * (betaMean(a) - betaMean(b)) ** 2;
    return betaOfMoments(mean, weight * betaVariance(a) + (1 - weight) * betaVariance(b) + between);
  };
  return { ...shifted, climb: both('climb'), accepted: both('accepted'), ended: both('ended') };
}

/** The shifted rates are no longer those of other features, so `mixed` and `byDifficulty` are left out. */
function shiftedNode(node: NodePosterior, { success, climb }: NodeShifts): NodePosterior {
  const { mixed: _, byDifficulty: __, former: ___, ...rest } = node;
  return {
    ...rest,
    accepted: shiftedShape(node.accepted, success),
    ended: shiftedShape(node.ended, success),
    ...(climb === undefined ? {} : { climb: shiftedShape(node.climb, climb) }),
  };
}

/** The approximate distribution of σ(logit of a rate + a normal shift), by its first two moments (MacKay 1992). */
function shiftedShape(shape: BetaShape, { mean: shift, variance }: LogitShift): BetaShape {
  const mean = betaMean(shape);
  const logit = Math.log(mean / (1 - mean)) + shift;
  const rate = sigmoid(logit / Math.sqrt(1 + (Math.PI * variance) / 8));
  const slope = rate * (1 - rate);
  const scale = slope / (mean * (1 - mean));
  // The spread is kept below the variance of a rate that is always 0 or 1, which no Beta distribution has.
  const spread = Math.min(0.9 * slope, scale * scale * betaVariance(shape) + slope * slope * variance);
  return betaOfMoments(rate, spread);
}
