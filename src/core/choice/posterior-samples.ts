/**
 * Joint posterior samples of every plan's cost and failure probability. Drawn once and kept: another failure cost or
 * another set of eligible plans only counts the same rows again.
 */
import { ENOUGH_CONSISTENT, TABLE_ROWS } from './constants.ts';
import type { NodeRates, PlanGraph } from '../beliefs/plan-graph.ts';
import { planRates } from '../beliefs/plan-graph.ts';
import type { BetaShape, Mixture, NodeComponent, NodePosterior, Posterior, RateMixture } from '../beliefs/posterior.ts';
import { asMixture, expectedMixtureRates, expectedRates, flipped } from '../beliefs/posterior.ts';
import type { NodeSamples } from './consistent-rows.ts';
import { consistency, resampled } from './consistent-rows.ts';
import type { Random } from '../math/random.ts';
import { betaSampler, lognormalVariate } from '../math/samplers.ts';

export interface SampleTable {
  readonly rows: number;
  readonly plans: number;
  /** Sampled USD per intent and failure probability: index row·plans + plan. */
  readonly costUsd: Float64Array;
  readonly fail: Float64Array;
  /** Posterior means per plan. */
  readonly meanCostUsd: Float64Array;
  readonly meanFail: Float64Array;
}

export function sampleTable(posterior: Posterior, random: Random, rows = TABLE_ROWS): SampleTable {
  return sampleMixture(asMixture(posterior), random, { rows });
}

/**
 * For a mixture posterior: rows are drawn from each component in proportion to its weight.
 * @param reused a table that is not read again: with as many rows and plans, it is overwritten and returned
 */
export function sampleMixture(
  { graph, nodes }: Mixture,
  random: Random,
  { rows = TABLE_ROWS, reused }: { readonly rows?: number; readonly reused?: SampleTable | undefined } = {},
): SampleTable {
  const { plans, climbs } = graph;
  const columns = nodes.map((_, node) => columnsFor(node, 2 * rows));
  const draw = (samples: NodeSamples, node: number): void =>
    sampleNode(nodes[node] as readonly NodeComponent[], rows, { samples, climbs: climbs[node] === true, random });
  columns.forEach(draw);
  const table = reused?.rows === rows && reused.plans === plans.length ? reused : emptyTable(rows, plans.length);
  if (!climbs.includes(true)) {
    fillSingle(table, graph, columns);
    fillMeans(table, { graph, expected: nodes.map(expectedMixtureRates) });
    return table;
  }
  let weights = consistency(graph, columns, rows);
  if (weights.reduce((sum, weight) => sum + weight, 0) < ENOUGH_CONSISTENT * rows) {
    columns.map(samples => from(samples, rows)).forEach(draw);
    weights = consistency(graph, columns, 2 * rows);
  }
  fillClimbing(table, { graph, columns, kept: resampled(weights, rows, random) });
  fillMeansOfRows(table);
  return table;
}

/** Where no plan climbs, every plan is one node: its rates are the node's own. */
function fillSingle(
  { rows, plans, ...table }: SampleTable,
  { paths }: PlanGraph,
  columns: readonly NodeSamples[],
): void {
  for (let plan = 0; plan < plans; plan++) {
    const { costUsd, failEnded } = columns[paths[plan]?.[0] as number] as NodeSamples;
    for (let row = 0, index = plan; row < rows; row++, index += plans) {
      table.costUsd[index] = costUsd[row] as number;
      table.fail[index] = failEnded[row] as number;
    }
  }
}

function fillClimbing(
  table: SampleTable,
  { graph, columns, kept }: { graph: PlanGraph; columns: readonly NodeSamples[]; kept: Uint32Array },
): void {
  const { climbs, plans } = graph;
  const sample = columns.map(() => ({ costUsd: 0, climb: 0, failAccepted: 0, failRejected: 0, failEnded: 0 }));
  let index = 0;
  for (const row of kept) {
    for (let node = 0; node < columns.length; node++) {
      const column = columns[node] as NodeSamples;
      const rates = sample[node] as Writable<NodeRates>;
      rates.costUsd = column.costUsd[row] as number;
      if (climbs[node] === true) {
        rates.climb = column.climb[row] as number;
        rates.failAccepted = column.failAccepted[row] as number;
        rates.failRejected = column.failRejected[row] as number;
      } else rates.failEnded = column.failEnded[row] as number;
    }
    for (let plan = 0; plan < plans.length; plan++, index++) {
      const { costUsd, fail } = planRates(graph, plan, sample);
      table.costUsd[index] = costUsd;
      table.fail[index] = fail;
    }
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Means of the rows: what is inconsistent would count in the means of the nodes. */
function fillMeansOfRows({ rows, plans, ...table }: SampleTable): void {
  for (let plan = 0; plan < plans; plan++) {
    let [costUsd, fail] = [0, 0];
    for (let index = plan; index < rows * plans; index += plans) {
      costUsd += table.costUsd[index] as number;
      fail += table.fail[index] as number;
    }
    table.meanCostUsd[plan] = costUsd / rows;
    table.meanFail[plan] = fail / rows;
  }
}

/** Posterior means alone, for policies that do not sample. */
export function meanTable(posterior: Posterior): SampleTable {
  const table = emptyTable(0, posterior.graph.plans.length);
  fillMeans(table, { graph: posterior.graph, expected: posterior.nodes.map(expectedRates) });
  return table;
}

function emptyTable(rows: number, plans: number): SampleTable {
  return {
    rows,
    plans,
    costUsd: new Float64Array(rows * plans),
    fail: new Float64Array(rows * plans),
    meanCostUsd: new Float64Array(plans),
    meanFail: new Float64Array(plans),
  };
}

function fillMeans(
  table: SampleTable,
  { graph, expected }: { graph: PlanGraph; expected: readonly NodeRates[] },
): void {
  for (let plan = 0; plan < table.plans; plan++) {
    const mean = planRates(graph, plan, expected);
    table.meanCostUsd[plan] = mean.costUsd;
    table.meanFail[plan] = mean.fail;
  }
}

/**
 * By node, at least as long as a table: one table after the other uses them, because new ones for each would keep the garbage
 * collector busy.
 */
const scratch: NodeSamples[] = [];

function columnsFor(node: number, rows: number): NodeSamples {
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

/** The same columns from a row on. */
function from(samples: NodeSamples, row: number): NodeSamples {
  return {
    costUsd: samples.costUsd.subarray(row),
    climb: samples.climb.subarray(row),
    failAccepted: samples.failAccepted.subarray(row),
    failRejected: samples.failRejected.subarray(row),
    failEnded: samples.failEnded.subarray(row),
  };
}

interface SampleOptions {
  /** To fill. */
  readonly samples: NodeSamples;
  readonly climbs: boolean;
  readonly random: Random;
}

/** Part of an order of rows. */
interface RowRange {
  readonly order: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** Assigns a node's components to rows in a random order of its own, so that nodes are independent of each other. */
function sampleNode(components: readonly NodeComponent[], rows: number, options: SampleOptions): void {
  const order = components.length > 1 ? shuffled(rows, options.random) : rowsInOrder(rows);
  let weight = 0;
  let from = 0;
  for (const component of components) {
    weight += component.weight;
    const to = Math.round(rows * weight);
    sampleComponent(component.node, { order, from, to }, options);
    from = to;
  }
}

let inOrder: Uint32Array = new Uint32Array(0);

/** Begins with the rows of a table, in order. */
function rowsInOrder(rows: number): Uint32Array {
  if (inOrder.length < rows) inOrder = Uint32Array.from({ length: rows }, (_, row) => row);
  return inOrder;
}

function shuffled(rows: number, random: Random): Uint32Array {
  const order = rowsInOrder(rows).slice(0, rows);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/** Fills the given rows. */
function sampleComponent(node: NodePosterior, rows: RowRange, { samples, climbs, random }: SampleOptions): void {
  const { costUsd, costLogSd } = node;
  fill(samples.costUsd, rows, () => lognormalVariate(costUsd, costLogSd, random));
  if (!climbs) {
    fill(samples.failEnded, rows, failureSampler(node.ended, node.mixed?.ended, random));
    return;
  }
  fill(samples.climb, rows, betaSampler(node.climb, random));
  fill(samples.failAccepted, rows, failureSampler(node.accepted, node.mixed?.accepted, random));
  fill(samples.failRejected, rows, failureSampler(node.rejected, undefined, random));
}

function fill(column: Float64Array, { order, from, to }: RowRange, draw: () => number): void {
  for (let i = from; i < to; i++) column[order[i] as number] = draw();
}

/** Draws P(failure): from the rate's Beta, or from one of the mixture's two. */
function failureSampler(success: BetaShape, mixture: RateMixture | undefined, random: Random): () => number {
  if (mixture === undefined) return betaSampler(flipped(success), random);
  const like = betaSampler(flipped(mixture.like), random);
  const unlike = betaSampler(flipped(mixture.unlike), random);
  return () => (random.next() < mixture.likeness ? like() : unlike());
}
