/** Samples of the rates of one node, by row of a table. */
import type { NodeSamples } from './consistent-rows.ts';
import type { BetaShape, NodeComponent, RateMixture } from '../beliefs/posterior.ts';
import { flipped } from '../beliefs/posterior.ts';
import type { Random } from '../math/random.ts';
import type { DrawnRows } from '../math/samplers.ts';
import { betaSampler, fillBeta, lognormalVariate, shuffle } from '../math/samplers.ts';

/**
 * Arrays for the samples of each node, at least as long as a table. All tables use the same arrays, because new arrays for each table would
 * keep the garbage collector busy.
 */
const scratch: NodeSamples[] = [];

export function columnsFor(node: number, rows: number): NodeSamples {
  const known = scratch[node];
  if (known !== undefined && known.costUsd.length >= rows) return known;
  const column = (): Float64Array => new Float64Array(rows);
  return (scratch[node] = {
    costUsd: column(),
    climb: column(),
    failAccepted: column(),
    failRejected: column(),
    failEnded: column(),
  });
}

/** The columns of the samples from a row on. */
export function columnsFrom(samples: NodeSamples, row: number): NodeSamples {
  return {
    costUsd: samples.costUsd.subarray(row),
    climb: samples.climb.subarray(row),
    failAccepted: samples.failAccepted.subarray(row),
    failRejected: samples.failRejected.subarray(row),
    failEnded: samples.failEnded.subarray(row),
  };
}

export interface SampleOptions {
  /** The samples to fill. */
  readonly samples: NodeSamples;
  readonly climbs: boolean;
  /** P(difficulty) of the feature. */
  readonly difficulty: readonly number[] | undefined;
  readonly random: Random;
}

/** A range of positions in an order of rows. */
interface RowRange {
  readonly order: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Assigns a node's components to rows in a separate random order for each node, so that nodes are independent of each other; the
 * difficulties of a feature have the same order at every node.
 */
export function sampleNode(components: readonly NodeComponent[], rows: number, options: SampleOptions): void {
  const { difficulty, random } = options;
  const [{ node }] = components as readonly [NodeComponent];
  if (difficulty !== undefined && node.byDifficulty !== undefined) {
    const parts = node.byDifficulty.map((ended, d) => ({ weight: difficulty[d] as number, node, ended }));
    sampleParts(parts, rowsInOrder(rows), { rows, options });
  } else
    sampleParts(
      components,
      components.length > 1 ? shuffle(rowsInOrder(rows).slice(0, rows), random) : rowsInOrder(rows),
      { rows, options },
    );
}

/** A component, at one of the feature's difficulties where the node's rates depend on them. */
type SampledPart = NodeComponent & { readonly ended?: RateMixture };

function sampleParts(
  parts: readonly SampledPart[],
  order: Uint32Array,
  { rows, options }: { readonly rows: number; readonly options: SampleOptions },
): void {
  let weight = 0;
  let from = 0;
  for (const part of parts) {
    weight += part.weight;
    const to = Math.round(rows * weight);
    if (to > from) sampleComponent(part, { order, from, to }, options);
    from = to;
  }
}

let inOrder: Uint32Array = new Uint32Array(0);

/** The row numbers of a table, in ascending order when they are first made. */
function rowsInOrder(rows: number): Uint32Array {
  if (inOrder.length < rows) inOrder = Uint32Array.from({ length: rows }, (_, row) => row);
  return inOrder;
}

/** Fills the given rows with samples of one component. */
function sampleComponent(
  { node, ended = node.mixed?.ended }: SampledPart,
  rows: RowRange,
  { samples, climbs, random }: SampleOptions,
): void {
  const { costUsd, costLogSd } = node;
  const { order, from, to } = rows;
  for (let i = from; i < to; i++) samples.costUsd[order[i] as number] = lognormalVariate(costUsd, costLogSd, random);
  const into = (column: Float64Array): DrawnRows => ({ ...rows, column });
  if (!climbs) {
    fillFailure(into(samples.failEnded), { success: node.ended, mixture: ended }, random);
    return;
  }
  fillBeta(node.climb, into(samples.climb), random);
  fillFailure(into(samples.failAccepted), { success: node.accepted, mixture: node.mixed?.accepted }, random);
  fillBeta(flipped(node.rejected), into(samples.failRejected), random);
}

/** Draws P(failure): from the rate's Beta, or from one of the two Betas of the mixture. */
function fillFailure(
  rows: DrawnRows,
  { success, mixture }: { readonly success: BetaShape; readonly mixture: RateMixture | undefined },
  random: Random,
): void {
  if (mixture === undefined) {
    fillBeta(flipped(success), rows, random);
    return;
  }
  const { column, order, from, to } = rows;
  const like = betaSampler(flipped(mixture.like), random);
  const unlike = betaSampler(flipped(mixture.unlike), random);
  for (let i = from; i < to; i++) column[order[i] as number] = random.next() < mixture.likeness ? like() : unlike();
}
