/** Expected cost of a visit to a node in one feature, from its cost in the others. */
import {
  CONFIGURED_COST_VISITS,
  COST_VARIATION_BETWEEN_FEATURES,
  COST_VARIATION_WITHIN_FEATURE,
  MAX_OBSERVATIONS_PER_FEATURE,
  MIN_COST_VARIATION_BETWEEN_FEATURES,
  POOLED_STRENGTH,
  RELATIVE_COST_PSEUDO_VISITS,
} from './constants.ts';
import type { CostPrior } from './cost-belief.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import { clamp } from '../math/clamp.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/**
 * Pooled costs with Bühlmann's credibility, times the feature's relative cost: long texts cost more with every model. A
 * prior counts as many visits as the ratio of the variation within a feature to the remaining variation between features.
 */
export function costPriors(
  features: ReadonlyMap<string, readonly RateCell[]>,
): (rows: readonly RateCell[], node: NodeKey) => CostPrior | undefined {
  const pooled = pooledUsd([...features.values()].flat());
  let within = COST_VARIATION_WITHIN_FEATURE.value * COST_VARIATION_WITHIN_FEATURE.weight;
  let withinWeight = COST_VARIATION_WITHIN_FEATURE.weight;
  let between = COST_VARIATION_BETWEEN_FEATURES.value * COST_VARIATION_BETWEEN_FEATURES.weight;
  let betweenWeight = COST_VARIATION_BETWEEN_FEATURES.weight;
  const expectedUsd = (rows: readonly RateCell[], node: NodeKey): number =>
    (pooled.get(node) ?? 0) * relativeCostFactor(rows, { node, pooled });
  for (const rows of features.values()) {
    for (const { node, visits = 0, costUsd = 0, costUsd2 = 0 } of rows) {
      const expected = expectedUsd(rows, node);
      if (visits < 2 || costUsd <= 0 || expected <= 0) continue;
      const average = costUsd / visits;
      const variation = (Math.max(0, costUsd2 / visits - average * average) * visits) / (visits - 1) / average ** 2;
      const weight = Math.min(MAX_OBSERVATIONS_PER_FEATURE, visits);
      within += weight * variation;
      withinWeight += weight;
      between += (average / expected - 1) ** 2 - variation / visits;
      betweenWeight++;
    }
  }
  const variation = within / withinWeight;
  const visits = clamp(
    variation / Math.max(MIN_COST_VARIATION_BETWEEN_FEATURES, between / betweenWeight),
    POOLED_STRENGTH,
  );
  return (rows, node) => {
    const usd = expectedUsd(rows, node);
    return usd > 0 ? Object.freeze({ usd, visits, variation }) : undefined;
  };
}

/** USD of a visit without the prefix of its session, from the features whose sessions are known. */
export function netPriors(
  features: ReadonlyMap<string, readonly RateCell[]>,
): (rows: readonly RateCell[], node: NodeKey) => number | undefined {
  const netRows = (rows: readonly RateCell[]): readonly RateCell[] =>
    rows.map(({ net = { visits: 0, costUsd: 0 }, ...row }) => ({ ...row, ...net, costUsd2: 0 }));
  const costOf = costPriors(new Map([...features].map(([feature, rows]) => [feature, netRows(rows)])));
  return (rows, node) => costOf(netRows(rows), node)?.usd;
}

/** Costs of the feature's other nodes relative to the pooled costs, pulled towards 1 where they have few visits. */
function relativeCostFactor(
  rows: readonly RateCell[],
  { node, pooled }: { node: NodeKey; pooled: ReadonlyMap<NodeKey, number> },
): number {
  let logSum = 0;
  let weight = RELATIVE_COST_PSEUDO_VISITS;
  for (const { node: other, visits = 0, costUsd = 0 } of rows) {
    const elsewhereUsd = pooled.get(other) ?? 0;
    if (other === node || visits <= 0 || costUsd <= 0 || elsewhereUsd <= 0) continue;
    const counted = Math.min(MAX_OBSERVATIONS_PER_FEATURE, visits);
    logSum += counted * Math.log(costUsd / visits / elsewhereUsd);
    weight += counted;
  }
  return Math.exp(logSum / weight);
}

/** USD per visit over all features and the configured costs. Nodes without a known cost are left out. */
function pooledUsd(cells: readonly RateCell[]): ReadonlyMap<NodeKey, number> {
  const pooled = new Map<NodeKey, number>();
  for (const [node, rows] of Map.groupBy(cells, cell => cell.node)) {
    let sum = 0;
    let weight = 0;
    for (const { visits = 0, costUsd = 0 } of rows) {
      const part = Math.min(1, MAX_OBSERVATIONS_PER_FEATURE / Math.max(1, visits));
      weight += part * visits;
      sum += part * costUsd;
    }
    const configured = rows.flatMap(({ priorCostUsd }) => priorCostUsd ?? []);
    if (configured.length > 0) {
      weight += CONFIGURED_COST_VISITS;
      sum += CONFIGURED_COST_VISITS * (configured.reduce((total, usd) => total + usd, 0) / configured.length);
    }
    if (weight > 0) pooled.set(node, sum / weight);
  }
  return pooled;
}

/** Costs are pooled at the prices in force when each feature began. */
export function atPrice(cost: CostPrior, change: number): CostPrior {
  return change === 1 ? cost : { ...cost, usd: change * cost.usd };
}
