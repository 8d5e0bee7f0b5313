/**
 * Joint posterior samples of every plan's cost and failure probability. Drawn once and kept: another failure cost or
 * another set of eligible plans only counts the same rows again.
 */
import { ENOUGH_CONSISTENT, TABLE_ROWS } from './constants.ts';
import { difficultyWeights, expectedFailure } from '../beliefs/difficulty.ts';
import type { NodeRates, PlanGraph } from '../beliefs/plan-graph.ts';
import { planRates } from '../beliefs/plan-graph.ts';
import type { Mixture, NodeComponent, NodePosterior, Posterior } from '../beliefs/posterior.ts';
import { asMixture, expectedMixtureRates, expectedRates } from '../beliefs/posterior.ts';
import type { NodeSamples } from './consistent-rows.ts';
import { consistency, resampled } from './consistent-rows.ts';
import { columnsFor, columnsFrom, sampleNode } from './node-samples.ts';
import type { Random } from '../math/random.ts';

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
  const difficulty = difficultyWeights(nodes.map(broadest));
  const draw = (samples: NodeSamples, node: number): void => {
    const options = { samples, climbs: climbs[node] === true, difficulty, random };
    sampleNode(nodes[node] as readonly NodeComponent[], rows, options);
  };
  columns.forEach(draw);
  const table = reused?.rows === rows && reused.plans === plans.length ? reused : emptyTable(rows, plans.length);
  if (!climbs.includes(true)) {
    fillSingle(table, graph, columns);
    fillMeans(table, { graph, expected: nodes.map(expectedAt(difficulty)) });
    return table;
  }
  let weights = consistency(graph, columns, rows);
  if (weights.reduce((sum, weight) => sum + weight, 0) < ENOUGH_CONSISTENT * rows) {
    columns.map(samples => columnsFrom(samples, rows)).forEach(draw);
    weights = consistency(graph, columns, 2 * rows);
  }
  fillClimbing(table, { graph, columns, kept: resampled(weights, rows, random) });
  fillMeansOfRows(table);
  return table;
}

/** The mean rates of a node: over the difficulties where its rows were sampled by difficulty, else over its components. */
function expectedAt(difficulty: readonly number[] | undefined): (components: readonly NodeComponent[]) => NodeRates {
  return components => {
    const rates = expectedMixtureRates(components);
    if (components.length > 1) return rates;
    return { ...rates, failEnded: expectedFailure(broadest(components), difficulty) ?? rates.failEnded };
  };
}

/** The last component: the evidence of the whole feature. In a feature with one segment it is the only one. */
function broadest(components: readonly NodeComponent[]): NodePosterior {
  return (components.at(-1) as NodeComponent).node;
}

/** Where no plan climbs, every plan has one node: the plan's rates are the node's. */
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

/** Computes `planRates` for each row, without an object for each row and plan: such objects took a tenth of the time of a table. */
function fillClimbing(
  { rows, plans, costUsd, fail }: SampleTable,
  { graph, columns, kept }: { graph: PlanGraph; columns: readonly NodeSamples[]; kept: Uint32Array },
): void {
  for (let plan = 0; plan < plans; plan++) {
    const path = graph.paths[plan] ?? [];
    const last = path.at(-1) as number;
    const before = path.slice(0, -1).map(node => columns[node] as NodeSamples);
    const end = columns[last] as NodeSamples;
    const climbs = graph.climbs[last] === true;
    for (let row = 0, index = plan; row < rows; row++, index += plans) {
      const from = kept[row] as number;
      let reach = 1;
      let cost = 0;
      let failure = 0;
      for (let position = 0; position < before.length; position++) {
        const node = before[position] as NodeSamples;
        const rejected = node.climb[from] as number;
        cost += reach * (node.costUsd[from] as number);
        failure += reach * (1 - rejected) * (node.failAccepted[from] as number);
        reach *= rejected;
      }
      const rejected = climbs ? (end.climb[from] as number) : 0;
      const failEnded = climbs
        ? (1 - rejected) * (end.failAccepted[from] as number) + rejected * (end.failRejected[from] as number)
        : (end.failEnded[from] as number);
      costUsd[index] = cost + reach * (end.costUsd[from] as number);
      fail[index] = failure + reach * failEnded;
    }
  }
}

/** Means over the rows, which are consistent; the nodes' own means would include inconsistent draws. */
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
