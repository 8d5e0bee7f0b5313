/**
 * Priors learnt from everything else the router has seen: two-way empirical Bayes over features × nodes. A feature with
 * ten outcomes borrows from what its models do elsewhere, and from how hard it looks against other features.
 */
import type { Guess } from './constants.ts';
import {
  DIFFICULTY_VARIANCE,
  MAX_NEWTON_STEP,
  MAX_OBSERVATIONS_PER_FEATURE,
  NEWTON_STEPS,
  NODE_VARIANCE,
  NODE_VARIANCE_RANGE,
  POOLED_STRENGTH,
  POSITION_OUTCOMES,
  SUCCESS_BY_POSITION,
  SUCCESS_WITHOUT_POSITION,
} from './constants.ts';
import { costPriors } from './cost-priors.ts';
import { clamp } from '../math/clamp.ts';
import { logBeta } from '../math/distributions.ts';
import type { Comparison } from './likeness.ts';
import { likenessOf } from './likeness.ts';
import type { BetaShape, CostPrior } from './posterior.ts';
import type { RateCell } from '../cells/rate-cells.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/**
 * What is believed of a node before its own feature has shown anything: P(success) if the feature is like the others, how
 * likely it is to be, and the cost of a visit.
 */
export interface LearntPrior extends BetaShape {
  readonly likeness: number;
  readonly cost?: CostPrior;
}

/** Priors by feature, then by node. A feature that was not among the cells gets `typical`. */
export interface LearntPriors {
  readonly byFeature: ReadonlyMap<string, Readonly<Record<NodeKey, LearntPrior>>>;
  readonly typical: Readonly<Record<NodeKey, LearntPrior>>;
}

/**
 * Prior mean of node k in feature f is σ(μ_k + d_f), as all other features and the feature's other nodes show them; its
 * variance on the logit scale is that of d_f, the spread of nodes around such means (Kleinman 1973), and what a few
 * features leave open of μ_k; 1 to 30 outcomes. That holds if the feature is like the others, which comes with its own
 * probability ({@link likenessOf}). The cost of a visit comes with it ({@link costPriors}).
 *
 * @example
 * ```ts
 * const priors = empiricalBayes([{ feature: 'chat', node: 'mini', n: 100, s: 70 }]);
 * learned.setPriors(priors.byFeature.get('support.reply') ?? priors.typical);
 * ```
 */
export function empiricalBayes(cells: readonly RateCell[]): LearntPriors {
  const nodes = pooledNodes(cells);
  const features = Map.groupBy(cells, ({ feature }) => feature);
  const spread = spreadOf(features, nodes);
  const costOf = costPriors(features);
  const typical = shapesOf([], { nodes, spread });
  const shapes = new Map([...features].map(([feature, rows]) => [feature, shapesOf(rows, { nodes, spread })]));
  const comparisons = new Map<NodeKey, Comparison[]>([...nodes.keys()].map(node => [node, []]));
  for (const [feature, rows] of features) {
    for (const row of rows) {
      const shape = shapes.get(feature)?.get(row.node);
      if (row.n <= 0 || shape === undefined) continue;
      const weight = informationFraction(row, nodes.get(row.node)?.logit ?? 0);
      comparisons.get(row.node)?.push({ feature, logBayesFactor: logBayesFactor(shape, row), weight });
    }
  }
  const likeness = new Map([...comparisons].map(([node, all]) => [node, likenessOf(all)]));
  const priorsOf = (
    feature: string | undefined,
    of: ReadonlyMap<NodeKey, BetaShape>,
  ): Readonly<Record<NodeKey, LearntPrior>> =>
    Object.fromEntries(
      [...of].map(([node, shape]) => {
        const cost = costOf(features.get(feature ?? '') ?? [], node);
        return [
          node,
          { ...shape, likeness: likeness.get(node)?.(feature) ?? 0, ...(cost === undefined ? {} : { cost }) },
        ];
      }),
    );
  return {
    byFeature: new Map([...shapes].map(([feature, of]) => [feature, priorsOf(feature, of)])),
    typical: priorsOf(undefined, typical),
  };
}

/** What the others say of every node in the feature whose rows these are. A node's own outcomes do not foretell it. */
function shapesOf(
  rows: readonly RateCell[],
  { nodes, spread }: { nodes: ReadonlyMap<NodeKey, PooledNode>; spread: number },
): ReadonlyMap<NodeKey, BetaShape> {
  const own = new Map(rows.map(row => [row.node, row]));
  const around = new Map([...nodes].map(([node, pooled]) => [node, leaveOneOut(pooled, own.get(node))]));
  return new Map(
    [...around].map(([node, { logit, features }]) => {
      const difficulty = difficultyOf(
        rows.filter(row => row.node !== node),
        { nodes: around, spread },
      );
      const level = (spread + DIFFICULTY_VARIANCE) / (1 + features);
      return [node, shapeOf(logit + difficulty.mean, difficulty.variance + spread + level)];
    }),
  );
}

interface PooledNode {
  /** Outcomes and successes, no feature's outcomes above the cap, with what was expected before any. */
  readonly n: number;
  readonly s: number;
  /** Overall success rate on the logit scale. */
  readonly logit: number;
  /** Features that have shown it; one that has shown little counts as a part. */
  readonly features: number;
}

function pooledNodes(cells: readonly RateCell[]): ReadonlyMap<NodeKey, PooledNode> {
  const pooled = new Map<NodeKey, PooledNode>();
  for (const [node, rows] of Map.groupBy(cells, cell => cell.node)) {
    let n = 0;
    let s = 0;
    for (const row of rows) {
      const counted = capped(row);
      n += counted.n;
      s += counted.s;
    }
    const guess = positionPrior(rows);
    n += guess.weight;
    s += guess.weight * guess.value;
    const logit = logitOf(n, s);
    pooled.set(node, { n, s, logit, features: rows.reduce((sum, row) => sum + informationFraction(row, logit), 0) });
  }
  return pooled;
}

/** The same, had the feature of this row never been. */
function leaveOneOut(pooled: PooledNode, row: RateCell | undefined): PooledNode {
  if (row === undefined || row.n <= 0) return pooled;
  const counted = capped(row);
  const n = pooled.n - counted.n;
  const s = pooled.s - counted.s;
  const features = Math.max(0, pooled.features - informationFraction(row, pooled.logit));
  return { ...pooled, n, s, logit: logitOf(n, s), features };
}

function capped({ n, s }: RateCell): { readonly n: number; readonly s: number } {
  const weight = Math.min(1, MAX_OBSERVATIONS_PER_FEATURE / Math.max(1, n));
  return { n: weight * n, s: weight * s };
}

function logitOf(n: number, s: number): number {
  return Math.log(s / (n - s));
}

/** How much of a whole observation of a feature its outcomes are: what of their information a spread of 1 leaves. */
function informationFraction({ n }: RateCell, logit: number): number {
  const rate = sigmoid(logit);
  const information = n * rate * (1 - rate);
  return information / (1 + information);
}

/** What was to be expected of a node: by its place among the candidates, or nothing. */
function positionPrior(rows: readonly RateCell[]): Guess {
  const places = rows.flatMap(({ place }) => (place === undefined ? [] : [place]));
  if (places.length === 0) return SUCCESS_WITHOUT_POSITION;
  const [cheapest, dearest] = SUCCESS_BY_POSITION;
  return { value: cheapest + (dearest - cheapest) * mean(places), weight: POSITION_OUTCOMES };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * How hard a feature is, on the logit scale: the mode of its posterior, and the variance there. A node that has shown
 * much says little more than one that has shown some, as far as nodes spread by themselves.
 */
function difficultyOf(
  rows: readonly RateCell[],
  { nodes, spread }: { nodes: ReadonlyMap<NodeKey, PooledNode>; spread: number },
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
      const weight = 1 / (1 + information * spread);
      slope += weight * (s - n * rate);
      curvature += weight * information;
    }
    d += clamp(slope / curvature, [-MAX_NEWTON_STEP, MAX_NEWTON_STEP]);
  }
  return { mean: d, variance: 1 / curvature };
}

/** Variance of nodes around model and difficulty on the logit scale, by moments. */
function spreadOf(features: ReadonlyMap<string, readonly RateCell[]>, nodes: ReadonlyMap<NodeKey, PooledNode>): number {
  let excess = NODE_VARIANCE.weight * NODE_VARIANCE.value;
  let scale = NODE_VARIANCE.weight;
  for (const rows of features.values()) {
    const difficulty = difficultyOf(rows, { nodes, spread: NODE_VARIANCE.value });
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
  return clamp(excess / scale, NODE_VARIANCE_RANGE);
}

/** A Beta whose logit has about this mean and variance. */
function shapeOf(logit: number, variance: number): BetaShape {
  const rate = sigmoid(logit);
  const strength = clamp(1 / (rate * (1 - rate) * variance) - 1, POOLED_STRENGTH);
  return { a: strength * rate, b: strength * (1 - rate) };
}

/** How much better a prior has foretold these outcomes than the uniform one. */
function logBayesFactor({ a, b }: BetaShape, { n, s }: RateCell): number {
  const failures = Math.max(0, n - s);
  return logBeta(a + s, b + failures) - logBeta(a, b) - logBeta(1 + s, 1 + failures);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
