/**
 * Joint posterior samples of every plan's cost and failure probability. Drawn once and kept: another failure cost or
 * another set of eligible plans only counts the same rows again.
 */
import { TABLE_ROWS } from './constants.ts';
import type { NodeRates, PlanGraph } from '../beliefs/plan-graph.ts';
import { planRates } from '../beliefs/plan-graph.ts';
import type { BetaShape, Mixture, NodeComponent, NodePosterior, Posterior, RateMixture } from '../beliefs/posterior.ts';
import { asMixture, expectedMixtureRates, expectedRates, flipped } from '../beliefs/posterior.ts';
import type { Random } from '../math/random.ts';
import { betaSampler, normal } from '../math/samplers.ts';

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

/** For a mixture posterior: rows are drawn from each component in proportion to its weight. */
export function sampleMixture({ graph, nodes }: Mixture, random: Random, rows = TABLE_ROWS): SampleTable {
  const { plans, climbs } = graph;
  const columns = nodes.map((components, node) =>
    sampleNode(components, { climbs: climbs[node] === true, rows, random }),
  );
  const table = emptyTable(rows, plans.length);
  fillMeans(table, { graph, expected: nodes.map(expectedMixtureRates) });
  (climbs.includes(true) ? fillClimbing : fillSingle)(table, graph, columns);
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

function fillClimbing(table: SampleTable, graph: PlanGraph, columns: readonly NodeSamples[]): void {
  const { climbs, plans } = graph;
  const sample = columns.map(() => ({ costUsd: 0, climb: 0, failAccepted: 0, failRejected: 0, failEnded: 0 }));
  for (let row = 0, index = 0; row < table.rows; row++) {
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

/** Samples of one node's rates, by row; empty where the node's plans do not need the rate. */
type NodeSamples = Readonly<Record<keyof NodeRates, Float64Array>>;

const NONE: Float64Array = new Float64Array(0);
const RATE_NAMES = ['costUsd', 'climb', 'failAccepted', 'failRejected', 'failEnded'] as const;

interface SampleOptions {
  readonly climbs: boolean;
  readonly rows: number;
  readonly random: Random;
}

/** Assigns a node's components to rows in a random order of its own, so that nodes are independent of each other. */
function sampleNode(components: readonly NodeComponent[], { climbs, rows, random }: SampleOptions): NodeSamples {
  const only = components[0] as NodeComponent;
  if (components.length === 1) return sampleComponent(only.node, { climbs, rows, random });
  const order = permutation(rows, random);
  const climbRows = climbs ? rows : 0;
  const samples: NodeSamples = {
    costUsd: new Float64Array(rows),
    climb: new Float64Array(climbRows),
    failAccepted: new Float64Array(climbRows),
    failRejected: new Float64Array(climbRows),
    failEnded: new Float64Array(climbs ? 0 : rows),
  };
  let weight = 0;
  let from = 0;
  for (const component of components) {
    weight += component.weight;
    const to = Math.round(rows * weight);
    const part = sampleComponent(component.node, { climbs, rows: to - from, random });
    for (const name of RATE_NAMES)
      part[name].forEach((value, row) => {
        samples[name][order[from + row] as number] = value;
      });
    from = to;
  }
  return samples;
}

function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function sampleComponent(node: NodePosterior, { climbs, rows, random }: SampleOptions): NodeSamples {
  const costUsd = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    costUsd[row] = node.costUsd * Math.exp(node.costLogSd * normal(random) - (node.costLogSd * node.costLogSd) / 2);
  }
  if (!climbs) {
    const failEnded = sampleFailure(node.ended, node.mixed?.ended, { rows, random });
    return { costUsd, climb: NONE, failAccepted: NONE, failRejected: NONE, failEnded };
  }
  return {
    costUsd,
    climb: sampleBeta(node.climb, { rows, random }),
    failAccepted: sampleFailure(node.accepted, node.mixed?.accepted, { rows, random }),
    failRejected: sampleFailure(node.rejected, undefined, { rows, random }),
    failEnded: NONE,
  };
}

/** P(failure): from the rate's Beta, or row by row from one of the mixture's two. */
function sampleFailure(
  success: BetaShape,
  mixture: RateMixture | undefined,
  { rows, random }: { rows: number; random: Random },
): Float64Array {
  if (mixture === undefined) return sampleBeta(flipped(success), { rows, random });
  const like = betaSampler(flipped(mixture.like), random);
  const unlike = betaSampler(flipped(mixture.unlike), random);
  return sampled(rows, () => (random.next() < mixture.likeness ? like() : unlike()));
}

function sampleBeta(shape: BetaShape, { rows, random }: { rows: number; random: Random }): Float64Array {
  return sampled(rows, betaSampler(shape, random));
}

function sampled(rows: number, draw: () => number): Float64Array {
  const samples = new Float64Array(rows);
  for (let row = 0; row < rows; row++) samples[row] = draw();
  return samples;
}
