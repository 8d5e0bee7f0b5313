/**
 * Priors pooled over features: two-way empirical Bayes over features × nodes. A feature with ten outcomes borrows from the
 * same models in other features, and from how difficult it seems relative to them.
 */
import {
  DIFFICULTY_VARIANCE,
  MAX_NEWTON_STEP,
  MAX_OBSERVATIONS_PER_FEATURE,
  MIN_NODE_VARIANCE,
  NEWTON_STEPS,
  NODE_VARIANCE,
} from './constants.ts';
import { costPriors, netPriors } from './cost-priors.ts';
import { shapeOf, shapesByDifficulty } from './difficulty.ts';
import { fitNodes } from './node-fit.ts';
import type { PooledNode } from './pooled-nodes.ts';
import { leaveOneOut, pooledNodes } from './pooled-nodes.ts';
import type { BetaShape, NodePrior } from './posterior.ts';
import { UNIFORM } from './posterior.ts';
import { isVerdictRow, verdictPriors, withVerdictRows } from './verdict-rows.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { clamp } from '../math/clamp.ts';
import { sigmoid } from '../math/sigmoid.ts';

/**
 * Beta of P(success) if the feature is like the others, how likely that is, and the cost of a visit; where plans climb on from the node,
 * also the expected rates of its verdict.
 */
export interface PooledPrior extends BetaShape, Partial<Pick<NodePrior, 'climb' | 'rejected' | 'cost' | 'netUsd'>> {
  readonly likeness: number;
  /** The Beta at each of the difficulties that the feature may have, without any of its outcomes. */
  readonly byDifficulty?: readonly BetaShape[];
}

/** The prior of a node's success from other features; uniform where there is no pooled prior. */
export function successPrior(
  pooled: PooledPrior | undefined,
  { doPlansClimb }: { readonly doPlansClimb: boolean },
): Pick<NodePrior, 'success' | 'likeness' | 'byDifficulty'> {
  if (pooled === undefined) return { success: UNIFORM };
  const { a, b, likeness, byDifficulty } = pooled;
  const prior = { success: { a, b }, likeness };
  // The model of difficulties does not cover which replies a verdict accepts.
  return byDifficulty === undefined || doPlansClimb ? prior : { ...prior, byDifficulty };
}

/** Priors of one feature by node. */
export type NodePriors = Readonly<Record<NodeKey, PooledPrior>>;

/** Priors by feature, then by node. `typical` is for a feature that was not among the cells. */
export interface PooledPriors {
  readonly byFeature: ReadonlyMap<string, NodePriors>;
  readonly typical: NodePriors;
}

/** All features' priors at once: {@link poolPriors}. */
export function empiricalBayes(cells: readonly RateCell[]): PooledPriors {
  const priorsOf = poolPriors(cells);
  const features = Map.groupBy(cells, ({ feature }) => feature);
  return {
    byFeature: new Map([...features].map(([feature, rows]) => [feature, priorsOf(feature, rows)])),
    typical: priorsOf(undefined, []),
  };
}

/**
 * Pools the cells of features, and returns a function of a feature and its rows, which need not be among them.
 *
 * The prior mean of node k in feature f is σ(μ_k + d_f), estimated from all other features and from the feature's other
 * nodes. Its variance on the logit scale is the sum of three: that of the difficulty d_f, that of nodes around such means
 * (Kleinman 1973), and the uncertainty of μ_k after a few features. It counts as 1 to 30 outcomes. All of that holds if
 * the feature is like the others ({@link fitNodes}). The cost of a visit is pooled as well ({@link costPriors}).
 *
 * @example
 * ```ts
 * const priorsOf = poolPriors([{ feature: 'chat', node: 'mini', n: 100, s: 70 }]);
 * learned.setPriors(priorsOf('support.reply', []));
 * ```
 */
export function poolPriors(
  pooled: readonly RateCell[],
): (feature: string | undefined, rows: readonly RateCell[]) => NodePriors {
  const cells = withVerdictRows(pooled);
  const nodes = pooledNodes(cells);
  const features = Map.groupBy(cells, ({ feature }) => feature);
  const variance = nodeVariance(features, nodes);
  const costOf = costPriors(features);
  const netOf = cells.some(({ net }) => net !== undefined) ? netPriors(features) : undefined;
  const successRows = Map.groupBy(
    cells.filter(({ node }) => !isVerdictRow(node)),
    ({ feature }) => feature,
  );
  const fit = fitNodes(successRows, nodes, { variance, ofLevel: pooled => varianceOfLevel(pooled, variance) });
  // The counts are copied, because rows may still grow when a feature's priors are asked for, and the pooled counts must not grow with
  // them.
  const counts = new Map([...features].map(([feature, rows]) => [feature, rows.map(countsOf)]));
  return (feature, own) => {
    const rows = withVerdictRows(own);
    const pooledRows = feature === undefined ? undefined : counts.get(feature);
    const arePooled = pooledRows !== undefined;
    const byNode = shapesOf(pooledRows ?? rows, { nodes, variance, arePooled });
    return Object.fromEntries(
      [...byNode].flatMap(([node, shape]) => {
        if (isVerdictRow(node)) return [];
        const cost = costOf(rows, node);
        const netUsd = netOf?.(rows, node);
        const prior: PooledPrior = {
          ...shape,
          ...verdictPriors(byNode, node),
          likeness: fit.likeness(node, feature),
          byDifficulty: shapesByDifficulty(
            fit.logit(node, feature),
            variance + varianceOfLevel(nodes.get(node) as PooledNode, variance),
          ),
          ...(cost === undefined ? {} : { cost }),
          ...(netUsd === undefined ? {} : { netUsd }),
        };
        return [[node, prior]];
      }),
    );
  };
}

const countsOf = ({ feature, node, n, s }: RateCell): RateCell => ({ feature, node, n, s });

/**
 * Priors of all nodes in the feature with these rows. A node's own outcomes are not in its prior: they are taken out of the
 * pool where they are in it.
 */
function shapesOf(
  rows: readonly RateCell[],
  { nodes, variance, arePooled }: { nodes: ReadonlyMap<NodeKey, PooledNode>; variance: number; arePooled: boolean },
): ReadonlyMap<NodeKey, BetaShape> {
  const own = new Map(arePooled ? rows.map(row => [row.node, row]) : []);
  const elsewhere = new Map([...nodes].map(([node, pooled]) => [node, leaveOneOut(pooled, own.get(node))]));
  return new Map(
    [...elsewhere].map(([node, { logit, features }]) => {
      const otherRows = rows.filter(row => row.node !== node);
      const difficulty = difficultyOf(otherRows, { nodes: elsewhere, variance });
      const ofLevel = varianceOfLevel({ features }, variance);
      return [node, shapeOf(logit + difficulty.mean, difficulty.variance + variance + ofLevel)];
    }),
  );
}

/**
 * The difficulty of a feature on the logit scale: the mode of its posterior, and the variance there. Because nodes also differ at random, a
 * node with many outcomes is little more evidence than one with some.
 */
function difficultyOf(
  rows: readonly RateCell[],
  { nodes, variance }: { nodes: ReadonlyMap<NodeKey, PooledNode>; variance: number },
): { readonly mean: number; readonly variance: number } {
  let d = 0;
  let curvature = 1 / DIFFICULTY_VARIANCE;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let slope = -d / DIFFICULTY_VARIANCE;
    curvature = 1 / DIFFICULTY_VARIANCE;
    for (const { node, n, s } of rows) {
      if (n <= 0) continue;
      const rate = sigmoid((nodes.get(node)?.logit ?? 0) + d);
      const information = n * rate * (1 - rate);
      const weight = 1 / (1 + information * variance);
      slope += weight * (s - n * rate);
      curvature += weight * information;
    }
    d += clamp(slope / curvature, [-MAX_NEWTON_STEP, MAX_NEWTON_STEP]);
  }
  return { mean: d, variance: 1 / curvature };
}

/** Between-node variance not explained by model and difficulty (logit scale, method of moments). */
function nodeVariance(
  features: ReadonlyMap<string, readonly RateCell[]>,
  nodes: ReadonlyMap<NodeKey, PooledNode>,
): number {
  let excess = NODE_VARIANCE.weight * NODE_VARIANCE.value;
  let scale = NODE_VARIANCE.weight;
  for (const rows of features.values()) {
    const difficulty = difficultyOf(rows, { nodes, variance: NODE_VARIANCE.value });
    for (const { node, n, s } of rows) {
      if (n < 2) continue;
      const rate = sigmoid((nodes.get(node)?.logit ?? 0) + difficulty.mean);
      const variance = rate * (1 - rate);
      const pairs = n * (n - 1) * variance * variance;
      const weight = Math.min(1, (MAX_OBSERVATIONS_PER_FEATURE / n) ** 2);
      excess += weight * ((s - n * rate) ** 2 - n * variance - pairs * difficulty.variance);
      scale += weight * pairs;
    }
  }
  return Math.max(MIN_NODE_VARIANCE, excess / scale);
}

/** Variance of μ_k after a few features (logit). */
function varianceOfLevel({ features }: Pick<PooledNode, 'features'>, variance: number): number {
  return (variance + DIFFICULTY_VARIANCE) / (1 + features);
}
