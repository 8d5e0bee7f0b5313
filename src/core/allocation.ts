/**
 * Thompson sampling as a table: joint posterior samples of every plan's cost and failure probability. The share of rows
 * in which a plan scores best *is* the policy, so the logged propensity is exact; another failure cost or another set of
 * eligible plans is a recount of the same rows.
 */
import type { NodeRates, PlanGraph } from './cascade.ts';
import { planRates } from './cascade.ts';
import type { BetaShape, LikelyNode, Mixture, NodePosterior, Posterior, RateMixture } from './posterior.ts';
import { certain, expectedOfLikely, expectedRates } from './posterior.ts';
import type { Random } from './random.ts';
import { fillBeta, normal } from './samplers.ts';

const TABLE_ROWS = 256;

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

/** What is minimised over plans: `costMultiplier·cost + value·P(fail)`. */
export interface Score {
  /** USD that a failure is worth. */
  readonly valueUsd: number;
  readonly costMultiplier: number;
}

export function sampleTable(posterior: Posterior, random: Random, rows = TABLE_ROWS): SampleTable {
  return sampleMixture(certain(posterior), random, rows);
}

/** The same where nobody knows which of several things is true of a node: as many samples of each as it is likely. */
export function sampleMixture({ graph, nodes }: Mixture, random: Random, rows = TABLE_ROWS): SampleTable {
  const plans = graph.plans.length;
  const columns = nodes.map((likely, at) => mixedColumn(likely, { climbs: graph.climbs[at] === true, rows, random }));
  const table = emptyTable(rows, plans);
  fillMeans(table, { graph, expected: nodes.map(expectedOfLikely) });
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
        fail += reach * (1 - climb) * (column.passed[i] as number);
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
  const column: Column = { cost: new Float64Array(rows), climb: EMPTY, passed: EMPTY, rejected: EMPTY, ended: EMPTY };
  for (let i = 0; i < rows; i++) {
    column.cost[i] = node.costUsd * Math.exp(node.costLogSd * normal(random) - (node.costLogSd * node.costLogSd) / 2);
  }
  if (climbs) {
    column.climb = betaColumn(node.climb.a, node.climb.b, { rows, random });
    column.passed = failColumn(node.passed, node.mixed?.passed, { rows, random });
    column.rejected = failColumn(node.rejected, undefined, { rows, random });
  } else {
    column.ended = failColumn(node.ended, node.mixed?.ended, { rows, random });
  }
  return column;
}

/** Rows of every likely node in an order of their own, so that nodes are independent of each other. */
function mixedColumn(likely: readonly LikelyNode[], { climbs, rows, random }: ColumnOptions): Column {
  const only = likely[0] as LikelyNode;
  if (likely.length === 1) return columnOf(only.node, { climbs, rows, random });
  const order = permutation(rows, random);
  const all = climbs ? rows : 0;
  const mixed: Column = {
    cost: new Float64Array(rows),
    climb: new Float64Array(all),
    passed: new Float64Array(all),
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
  passed: Float64Array;
  rejected: Float64Array;
  ended: Float64Array;
}
const COLUMN_NAMES = ['cost', 'climb', 'passed', 'rejected', 'ended'] as const;

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

/** Share of rows in which each eligible plan scores lowest; 0 for the others. Sums to 1. */
export function countShares(table: SampleTable, { valueUsd, costMultiplier }: Score, eligible: number): Float64Array {
  const { rows, plans, costUsd, fail } = table;
  const shares = new Float64Array(plans);
  const open: number[] = [];
  for (let k = 0; k < plans; k++) if (((eligible >>> k) & 1) === 1) open.push(k);
  for (let row = 0, offset = 0; row < rows; row++, offset += plans) {
    let best = Number.POSITIVE_INFINITY;
    let winner = 0;
    for (let j = 0; j < open.length; j++) {
      const k = open[j] as number;
      const score = costMultiplier * (costUsd[offset + k] as number) + valueUsd * (fail[offset + k] as number);
      if (score < best) {
        best = score;
        winner = k;
      }
    }
    shares[winner] = (shares[winner] as number) + 1;
  }
  for (let k = 0; k < plans; k++) shares[k] = (shares[k] as number) / rows;
  return shares;
}

/**
 * Exponent of the shares of a feature that is new but surely like the others, and the visits after which it has gone
 * half-way to 1.
 */
const SHARPEST = 2.5;
const SHARP_VISITS = 200;
/** How likely a node is to be like that of other features where its prior does not say. */
const EVEN = 0.5;

/**
 * How far the shares lean to the likeliest plan: an exponent from 1 (the shares as counted: Thompson sampling) to 2.5.
 * Exploring pays over the traffic that follows, of which a feature that has seen n intents may expect about as many; a
 * new feature whose priors come from other features need not explore as if it knew nothing, as far as such priors have
 * held elsewhere. As its own evidence grows, the exponent falls to 1, so that no early mistake is kept. Without shared
 * priors it is 1 throughout, and where plans climb: what happens after a rejected reply is seldom known from elsewhere,
 * and leaning early cost half as much again.
 */
export function sharpness({ graph, nodes, sharesPriors }: Posterior): number {
  if (sharesPriors !== true || graph.climbs.includes(true)) return 1;
  const starts = [...new Set(graph.paths.map(path => path[0] ?? 0))].map(at => nodes[at]);
  const visits = starts.reduce((sum, node) => sum + (node?.n ?? 0), 0);
  const likeness = Math.min(...starts.map(node => node?.likeness ?? EVEN));
  return 1 + ((SHARPEST - 1) * likeness) / (1 + (visits / SHARP_VISITS) ** 2);
}

/** Raises shares to a power and makes them sum to 1 again. In place. */
export function sharpen(shares: Float64Array, exponent: number): void {
  if (exponent === 1) return;
  let sum = 0;
  for (let k = 0; k < shares.length; k++) sum += shares[k] = (shares[k] as number) ** exponent;
  for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) / sum;
}

/** Posterior mean score per plan. */
export function meanScores(table: SampleTable, { valueUsd, costMultiplier }: Score): Float64Array {
  return table.meanCostUsd.map((cost, k) => costMultiplier * cost + valueUsd * (table.meanFail[k] as number));
}

/** The most a floor may be, and the part of the best plan's score that all floors together may cost. */
export interface FloorOptions {
  readonly most: number;
  readonly budget: number;
}
export const COST_AWARE_FLOOR: FloorOptions = Object.freeze({ most: 0.02, budget: 0.003 });
/** Where other features say what an idle plan does by now, half of that will do. */
export const SHARED_FLOOR: FloorOptions = Object.freeze({ most: 0.02, budget: 0.0015 });
export const EVALUATION_FLOOR: FloorOptions = Object.freeze({ most: 0.02, budget: Number.POSITIVE_INFINITY });

/**
 * Raises every eligible plan's share to `min(most, budget·J* / ((K−1)(J_k − J*)))` and takes it from the largest: an
 * idle plan is still tried, as often as the loss by trying is worth. In place.
 */
export function raiseToFloors(
  shares: Float64Array,
  { scores, eligible, floor }: { scores: Float64Array; eligible: number; floor: FloorOptions },
): void {
  let count = 0;
  let best = Number.POSITIVE_INFINITY;
  let largest = -1;
  for (let k = 0; k < shares.length; k++) {
    if (((eligible >>> k) & 1) === 0) continue;
    count++;
    best = Math.min(best, scores[k] as number);
    if (largest < 0 || (shares[k] as number) > (shares[largest] as number)) largest = k;
  }
  if (count < 2) return;
  for (let k = 0; k < shares.length; k++) {
    if (((eligible >>> k) & 1) === 0 || k === largest) continue;
    const least = floorShare((scores[k] as number) - best, { best, count, floor });
    const missing = least - (shares[k] as number);
    if (missing <= 0) continue;
    shares[k] = least;
    shares[largest] = (shares[largest] as number) - missing;
  }
}

function floorShare(gap: number, { best, count, floor }: { best: number; count: number; floor: FloorOptions }): number {
  if (floor.budget === Number.POSITIVE_INFINITY) return floor.most;
  return gap > 0 ? Math.min(floor.most, (floor.budget * Math.max(0, best)) / ((count - 1) * gap)) : floor.most;
}

/**
 * The worth of one failure: the failure cost, plus the cost per success of the best plan where that is what counts
 * (Dinkelbach: argmin CPS = argmin c + (H + λ)(1 − p) at λ = min CPS), or where a failure costs nothing by itself.
 */
export function valueOfFailure(
  table: SampleTable,
  { failureCostUsd, perSuccess, eligible }: { failureCostUsd: number; perSuccess: boolean; eligible: number },
): number {
  if (!perSuccess && failureCostUsd > 0) return failureCostUsd;
  let lambda = Number.POSITIVE_INFINITY;
  for (let k = 0; k < table.plans; k++) {
    if (((eligible >>> k) & 1) === 0) continue;
    const fail = table.meanFail[k] as number;
    lambda = Math.min(lambda, ((table.meanCostUsd[k] as number) + failureCostUsd * fail) / Math.max(1e-9, 1 - fail));
  }
  return failureCostUsd + (Number.isFinite(lambda) ? lambda : 0);
}
