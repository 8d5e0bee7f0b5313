/**
 * Joint posterior samples of every plan's cost and failure probability. Drawn once and kept: another failure cost or
 * another set of eligible plans is a recount of the same rows.
 */
import { TABLE_ROWS } from './constants.ts';
import type { NodeRates, PlanGraph } from '../beliefs/plan-graph.ts';
import { planRates } from '../beliefs/plan-graph.ts';
import type { BetaShape, NodeComponent, Mixture, NodePosterior, Posterior, RateMixture } from '../beliefs/posterior.ts';
import { asMixture, expectedMixtureRates, expectedRates } from '../beliefs/posterior.ts';
import type { Random } from '../math/random.ts';
import { fillBeta, normal } from '../math/samplers.ts';

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
  return sampleMixture(asMixture(posterior), random, rows);
}

/** The same where nobody knows which of several things is true of a node: as many samples of each as it is likely. */
export function sampleMixture({ graph, nodes }: Mixture, random: Random, rows = TABLE_ROWS): SampleTable {
  const plans = graph.plans.length;
  const columns = nodes.map((likely, at) => mixedColumn(likely, { climbs: graph.climbs[at] === true, rows, random }));
  const table = emptyTable(rows, plans);
  fillMeans(table, { graph, expected: nodes.map(expectedMixtureRates) });
  for (let k = 0; k < plans; k++) {
    const path = graph.paths[k] ?? [];
    for (let i = 0; i < rows; i++) {
      let reach = 1;
      let cost = 0;
      let fail = 0;
      for (let position = 0; position < path.length; position++) {
        const at = path[position] as number;
        const column = columns[at] as Column;
        cost += reach * (column.cost[i] as number);
        if (graph.climbs[at] !== true) {
          fail += reach * (column.ended[i] as number);
          continue;
        }
        const climb = column.climb[i] as number;
        fail += reach * (1 - climb) * (column.accepted[i] as number);
        if (position < path.length - 1) reach *= climb;
        else fail += reach * climb * (column.rejected[i] as number);
      }
      table.costUsd[i * plans + k] = cost;
      table.fail[i * plans + k] = fail;
    }
  }
  return table;
}

interface ColumnOptions {
  readonly climbs: boolean;
  readonly rows: number;
  readonly random: Random;
}

function columnOf(node: NodePosterior, { climbs, rows, random }: ColumnOptions): Column {
  const column: Column = { cost: new Float64Array(rows), climb: EMPTY, accepted: EMPTY, rejected: EMPTY, ended: EMPTY };
  for (let i = 0; i < rows; i++) {
    column.cost[i] = node.costUsd * Math.exp(node.costLogSd * normal(random) - (node.costLogSd * node.costLogSd) / 2);
  }
  if (climbs) {
    column.climb = betaColumn(node.climb.a, node.climb.b, { rows, random });
    column.accepted = failColumn(node.accepted, node.mixed?.accepted, { rows, random });
    column.rejected = failColumn(node.rejected, undefined, { rows, random });
  } else {
    column.ended = failColumn(node.ended, node.mixed?.ended, { rows, random });
  }
  return column;
}

/** Rows of every likely node in an order of their own, so that nodes are independent of each other. */
function mixedColumn(likely: readonly NodeComponent[], { climbs, rows, random }: ColumnOptions): Column {
  const only = likely[0] as NodeComponent;
  if (likely.length === 1) return columnOf(only.node, { climbs, rows, random });
  const order = permutation(rows, random);
  const all = climbs ? rows : 0;
  const mixed: Column = {
    cost: new Float64Array(rows),
    climb: new Float64Array(all),
    accepted: new Float64Array(all),
    rejected: new Float64Array(all),
    ended: new Float64Array(rows - all),
  };
  let weight = 0;
  let from = 0;
  for (const [i, { node, weight: more }] of likely.entries()) {
    weight += more;
    const to = i === likely.length - 1 ? rows : Math.min(rows, Math.round(rows * weight));
    const part = columnOf(node, { climbs, rows: to - from, random });
    for (const name of COLUMN_NAMES)
      part[name].forEach((value, row) => {
        mixed[name][order[from + row] as number] = value;
      });
    from = to;
  }
  return mixed;
}

function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

const EMPTY: Float64Array = new Float64Array(0);

/** Samples of one node. */
interface Column {
  readonly cost: Float64Array;
  climb: Float64Array;
  accepted: Float64Array;
  rejected: Float64Array;
  ended: Float64Array;
}
const COLUMN_NAMES = ['cost', 'climb', 'accepted', 'rejected', 'ended'] as const;

function betaColumn(a: number, b: number, { rows, random }: { rows: number; random: Random }): Float64Array {
  const column = new Float64Array(rows);
  fillBeta(column, { a, b }, random);
  return column;
}

/** P(failure): from a rate, or from each part of a mixture in as many rows as it is likely. */
function failColumn(
  { a, b }: BetaShape,
  mixture: RateMixture | undefined,
  { rows, random }: { rows: number; random: Random },
): Float64Array {
  if (mixture === undefined) return betaColumn(b, a, { rows, random });
  const { like, unlike, likeness } = mixture;
  const column = betaColumn(like.b, like.a, { rows, random });
  const others = betaColumn(unlike.b, unlike.a, { rows, random });
  for (let i = 0; i < rows; i++) if (random.next() >= likeness) column[i] = others[i] as number;
  return column;
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

/** Posterior means alone, for policies that do not sample. */
export function meanTable(posterior: Posterior): SampleTable {
  const table = emptyTable(0, posterior.graph.plans.length);
  const expected = posterior.nodes.map(expectedRates);
  fillMeans(table, { graph: posterior.graph, expected });
  return table;
}

function fillMeans(
  table: SampleTable,
  { graph, expected }: { graph: PlanGraph; expected: readonly NodeRates[] },
): void {
  for (let k = 0; k < table.plans; k++) {
    const mean = planRates(graph, k, expected);
    table.meanCostUsd[k] = mean.costUsd;
    table.meanFail[k] = mean.fail;
  }
}
