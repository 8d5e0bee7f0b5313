/**
 * How a rate depends on the coded numbers of requests: a logistic regression, compared with the rate without numbers. Both are weighted by
 * the probability that they gave to the observations: the product of their predictions of each observation from the earlier ones.
 */
import {
  NUMBER_BASE_OUTCOMES,
  NUMBER_INTERCEPT_VARIANCE,
  NUMBER_NODE_VARIANCE,
  NUMBER_VARIANCES,
} from './number-constants.ts';
import type { CodedSegment } from '../ledger/number-code.ts';
import { clamp } from '../math/clamp.ts';
import type { CountedRow, LogisticFit, Terms } from '../math/logistic-fit.ts';
import { fitLogistic } from '../math/logistic-fit.ts';
import { logSum, normalised } from '../math/log-weights.ts';
import { sigmoid } from '../math/sigmoid.ts';

/** How often a rate was observed. Sums of such counts decay with age. */
export interface HitCounts {
  trials: number;
  hits: number;
}

/** A node, by its index, at one code. */
export interface NodeCode {
  readonly node: number;
  readonly code: CodedSegment;
}
export type CodeCounts = NodeCode & Readonly<HitCounts>;

/** What is added to the logit of a rate. */
export interface LogitShift {
  readonly mean: number;
  readonly variance: number;
}

export interface RateFit {
  /** ln P(observations) without the numbers, and the improvement with them. */
  readonly plainLog: number;
  readonly gain: number;
  /** The average rate, with what the numbers add. */
  rateAt(at: NodeCode): number;
  /** What the numbers add to the logit of a rate that was observed at average numbers. */
  shiftAt(at: NodeCode): LogitShift;
}

/** @returns `undefined` without observations */
export function fitRate(given: readonly CodeCounts[]): RateFit | undefined {
  // Leaves out corrections that were counted before the labels that they correct.
  const known = given.filter(({ trials }) => trials > 0);
  const [first] = known;
  if (first === undefined) return undefined;
  const logitOf = averageLogits(known);
  const rows = known.map(
    (counts): CountedRow => ({
      trials: counts.trials,
      hits: clamp(counts.hits, [0, counts.trials]),
      offset: logitOf(counts),
      terms: termsOf(counts),
    }),
  );
  const nodes = 1 + Math.max(...known.map(({ node }) => node));
  const effects = effectsOf(first.code).length;
  const plain = fitLogistic(
    rows.map((row, i) => ({ ...row, terms: { columns: [(known[i] as NodeCode).node], values: [1] } })),
    Array.from({ length: nodes }, () => 1 / NUMBER_INTERCEPT_VARIANCE),
  );
  const fits = NUMBER_VARIANCES.map(variance => fitLogistic(rows, precisionsOf(effects, nodes, variance)));
  const gains = fits.map(({ logEvidence }) => logEvidence - plain.logEvidence);
  const weights = normalised(gains);
  return {
    plainLog: plain.logEvidence,
    gain: logSum(gains) - Math.log(gains.length),
    rateAt: at => sigmoid(logitOf(at) + averaged(fits, weights, termsOf(at)).mean),
    shiftAt: at => averaged(fits, weights, withoutConstant(termsOf(at))),
  };
}

/**
 * The numbers and their squares, so that the fit finds requests that are difficult only at one end of the scale, or at
 * both ends.
 */
function effectsOf({ numbers }: CodedSegment): readonly number[] {
  return [...numbers, ...numbers.map(x => x * x - 1)];
}

/** Every effect has a part that all nodes share, and a part for each node; each node also has a constant. */
function termsOf({ code, node }: NodeCode): Terms {
  const effects = effectsOf(code);
  const from = effects.length + node * (effects.length + 1);
  return {
    columns: [...effects.keys(), ...Array.from({ length: effects.length + 1 }, (_, i) => from + i)],
    values: [...effects, 1, ...effects],
  };
}

/** Values without the constant of the node, which is in the middle. */
function withoutConstant({ columns, values }: Terms): Terms {
  return { columns, values: values.with((values.length - 1) / 2, 0) };
}

function precisionsOf(effects: number, nodes: number, variance: number): readonly number[] {
  const shared = Array.from({ length: effects }, () => effects / variance);
  const ofNode = [1 / NUMBER_INTERCEPT_VARIANCE, ...shared.map(precision => precision / NUMBER_NODE_VARIANCE)];
  return [...shared, ...Array.from({ length: nodes }, () => ofNode).flat()];
}

/** The logit of a node's rate in the rest of a segment; with few outcomes it is drawn towards the node's logit in all segments. */
function averageLogits(all: readonly CodeCounts[]): (at: NodeCode) => number {
  const sums = new Map<string, HitCounts>();
  const at = (key: string): HitCounts => {
    let known = sums.get(key);
    if (known === undefined) sums.set(key, (known = { trials: 0, hits: 0 }));
    return known;
  };
  for (const { node, code, trials, hits } of all) {
    for (const sum of [at(`${node}`), at(`${node} ${code.base}`)]) {
      sum.trials += trials;
      sum.hits += hits;
    }
  }
  return ({ node, code }) => {
    const [ofNode, own] = [at(`${node}`), at(`${node} ${code.base}`)];
    const mean = (ofNode.hits + 0.5) / (ofNode.trials + 1);
    const rate = (own.hits + NUMBER_BASE_OUTCOMES * mean) / (own.trials + NUMBER_BASE_OUTCOMES);
    return logit(clamp(rate, [1e-6, 1 - 1e-6]));
  };
}

/** The average over all sizes of effects. */
function averaged(fits: readonly LogisticFit[], weights: readonly number[], terms: Terms): LogitShift {
  let mean = 0;
  let square = 0;
  fits.forEach((fit, i) => {
    const weight = weights[i] as number;
    const at = fit.logitAt(terms);
    mean += weight * at.mean;
    square += weight * (at.mean ** 2 + at.variance);
  });
  return { mean, variance: Math.max(0, square - mean * mean) };
}

/** Newton's steps to the level of a mix: five are exact to 1e-6 unless effects are very large. */
const LEVEL_STEPS = 6;

/** What must be added to the logit of a rate so that its mean over a mix of shifts is the rate. */
export function levelOf(rate: number, mix: readonly { readonly trials: number; readonly shift: number }[]): number {
  const total = mix.reduce((sum, { trials }) => sum + trials, 0);
  const average = logit(rate);
  let level = 0;
  for (let steps = 0; steps < LEVEL_STEPS; steps++) {
    let missed = rate * total;
    let slope = 0;
    for (const { trials, shift } of mix) {
      const at = sigmoid(average + level + shift);
      missed -= trials * at;
      slope += trials * at * (1 - at);
    }
    level += clamp(missed / Math.max(slope, 1e-9), [-1, 1]);
  }
  return level;
}

/** The constant that makes a rate the mean over requests, each of which shifts the rate's logit by its own amount. */
export function averageShift(
  rate: number,
  requests: readonly (LogitShift & { readonly trials: number })[],
): LogitShift {
  const sum = (of: (request: LogitShift) => number): number =>
    requests.reduce((total, each) => total + Math.max(0, each.trials) * of(each), 0);
  const total = sum(() => 1);
  if (total <= 0) return { mean: 0, variance: 0 };
  const average = sum(({ mean }) => sigmoid(logit(rate) + mean)) / total;
  return { mean: logit(average) - logit(rate), variance: sum(({ variance }) => variance) / total };
}

function logit(rate: number): number {
  return Math.log(rate / (1 - rate));
}
