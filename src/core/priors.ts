/**
 * Priors learnt from everything else the router has seen: two-way empirical Bayes over features × nodes. A feature with
 * ten outcomes borrows from what its models do elsewhere, and from how hard it looks against other features.
 */
import type { BetaShape } from './posterior.ts';
import type { Cell } from './statistics.ts';
import type { NodeKey } from './vocabulary.ts';

/** Labelled outcomes of one node in one feature, and the successes among them. */
export interface RateCell {
  readonly feature: string;
  readonly node: NodeKey;
  readonly n: number;
  readonly s: number;
}

/** Priors of P(success) by feature, then by node. A feature that was not among the cells gets `typical`. */
export interface LearntPriors {
  readonly byFeature: ReadonlyMap<string, Readonly<Record<NodeKey, BetaShape>>>;
  readonly typical: Readonly<Record<NodeKey, BetaShape>>;
}

/** Observations of one feature that count towards a model's overall rate, and towards the feature's own difficulty. */
const MODEL_CAP = 30;
const FEATURE_CAP = 60;
/** Prior variance of a feature's difficulty, on the logit scale. */
const DIFFICULTY_VARIANCE = 0.64;
const NEWTON_STEPS = 3;
const MIN_STRENGTH = 2;
const MAX_STRENGTH = 50;

/** Accepted labels by feature and node, over all segments, versions and buckets of the given cells. */
export function rateCells(cells: Iterable<Cell>): readonly RateCell[] {
  const rates = new Map<string, { feature: string; node: NodeKey; n: number; s: number }>();
  for (const { key, sums } of cells) {
    if (key.scope !== 'node') continue;
    const id = `${key.feature}\t${key.at}`;
    let rate = rates.get(id);
    if (rate === undefined) rates.set(id, (rate = { feature: key.feature, node: key.at, n: 0, s: 0 }));
    rate.n += Number((sums.labelled ?? 0n) - (sums.labelledRejected ?? 0n));
    rate.s += Number((sums.successes ?? 0n) - (sums.successesRejected ?? 0n));
  }
  return [...rates.values()];
}

/**
 * Prior mean of node k in feature f is σ(μ_k + d_f); its strength κ follows from how far the cells lie from these means
 * beyond chance (Kleinman 1973), 2 to 50 outcomes.
 *
 * @example
 * ```ts
 * const priors = empiricalBayes(rateCells(cellsOfAllFeatures));
 * learned.setPriors(priors.byFeature.get('support.reply') ?? priors.typical);
 * ```
 */
export function empiricalBayes(cells: readonly RateCell[]): LearntPriors {
  const overall = overallLogits(cells);
  const features = Map.groupBy(
    cells.filter(({ n }) => n > 0),
    ({ feature }) => feature,
  );
  const difficulty = new Map([...features].map(([feature, rows]) => [feature, difficultyOf(rows, overall)]));
  const meanOf = (feature: string, node: NodeKey): number =>
    sigmoid((overall.get(node) ?? 0) + (difficulty.get(feature) ?? 0));
  const strength = strengthOf(cells.map(({ feature, node, n, s }) => ({ n, s, mean: meanOf(feature, node) })));
  const priorsOf = (feature: string): Readonly<Record<NodeKey, BetaShape>> =>
    Object.fromEntries([...overall.keys()].map(node => [node, shapeOf(meanOf(feature, node), strength)]));
  return {
    byFeature: new Map([...features.keys()].map(feature => [feature, priorsOf(feature)])),
    typical: Object.fromEntries([...overall].map(([node, logit]) => [node, shapeOf(sigmoid(logit), strength)])),
  };
}

function overallLogits(cells: readonly RateCell[]): ReadonlyMap<NodeKey, number> {
  const pooled = new Map<NodeKey, { n: number; s: number }>();
  for (const { node, n, s } of cells) {
    if (n <= 0) continue;
    const weight = Math.min(1, MODEL_CAP / n);
    const before = pooled.get(node) ?? { n: 0, s: 0 };
    pooled.set(node, { n: before.n + weight * n, s: before.s + weight * s });
  }
  return new Map([...pooled].map(([node, { n, s }]) => [node, Math.log((s + 0.5) / (n - s + 0.5))]));
}

function difficultyOf(rows: readonly RateCell[], overall: ReadonlyMap<NodeKey, number>): number {
  let d = 0;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let slope = -d / DIFFICULTY_VARIANCE;
    let curvature = 1 / DIFFICULTY_VARIANCE;
    for (const { node, n, s } of rows) {
      const mean = sigmoid((overall.get(node) ?? 0) + d);
      const weight = Math.min(1, FEATURE_CAP / n);
      slope += weight * (s - n * mean);
      curvature += weight * n * mean * (1 - mean);
    }
    d += slope / curvature;
  }
  return d;
}

/**
 * Strength of a Beta prior with the given means, from the overdispersion ρ of counts around them: κ = 1/ρ − 1, clipped.
 * Too few counts to tell: the weakest.
 */
export function strengthOf(
  rates: readonly { readonly n: number; readonly s: number; readonly mean: number }[],
  [least, most]: readonly [number, number] = [MIN_STRENGTH, MAX_STRENGTH],
): number {
  let excess = 0;
  let scale = 0;
  for (const { n, s, mean } of rates) {
    const variance = mean * (1 - mean);
    excess += (s - n * mean) ** 2 - n * variance;
    scale += n * Math.max(0, n - 1) * variance;
  }
  if (scale <= 0) return least;
  const rho = excess / scale;
  return rho <= 0 ? most : Math.min(most, Math.max(least, 1 / rho - 1));
}

function shapeOf(mean: number, strength: number): BetaShape {
  return { a: strength * mean, b: strength * (1 - mean) };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
