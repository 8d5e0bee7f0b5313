/** Bayesian logistic regression on counts, by Laplace's method: the mode, the spread around it, and the evidence. */
import { sigmoid } from './sigmoid.ts';

/** Values of some coefficients' variables; those of all others are 0. */
export interface Terms {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

export interface CountedRow {
  readonly trials: number;
  readonly hits: number;
  /** Added to the logit. */
  readonly offset: number;
  readonly terms: Terms;
}

export interface LogisticFit {
  /** ln P(hits), except for a term that does not depend on the prior. */
  readonly logEvidence: number;
  /** Mean and variance of the sum that the coefficients add to a logit. */
  logitAt(terms: Terms): { readonly mean: number; readonly variance: number };
}

const MAX_STEPS = 20;
/** A step that gains less than this many nats is the last. */
const TOLERANCE = 1e-4;
const MAX_HALVINGS = 6;

/**
 * logit P(hit) = offset + coefficients·terms, with normal priors around 0. Newton's method on a concave function; the evidence is
 * that of the normal distribution around its mode (MacKay 1992).
 *
 * @param precisions 1/variance of the prior of every coefficient
 */
export function fitLogistic(rows: readonly CountedRow[], precisions: readonly number[]): LogisticFit {
  let mode: readonly number[] = precisions.map(() => 0);
  let log = logPosterior(rows, mode, precisions);
  let factor = cholesky(curvature(rows, mode, precisions));
  for (let steps = 0, gained = Number.POSITIVE_INFINITY; steps < MAX_STEPS && gained > TOLERANCE; steps++) {
    const step = solve(factor, gradient(rows, mode, precisions));
    let next = mode;
    let nextLog = Number.NEGATIVE_INFINITY;
    for (let halvings = 0, scale = 1; halvings < MAX_HALVINGS && nextLog < log; halvings++, scale /= 2) {
      next = mode.map((value, j) => value + scale * (step[j] as number));
      nextLog = logPosterior(rows, next, precisions);
    }
    if (!(nextLog > log)) break;
    gained = nextLog - log;
    [mode, log] = [next, nextLog];
    factor = cholesky(curvature(rows, mode, precisions));
  }
  return {
    logEvidence: precisions.reduce(
      (sum, precision, j) => sum + Math.log(precision) / 2 - Math.log((factor[j] as Vector)[j] as number),
      log,
    ),
    logitAt(terms) {
      const { columns, values } = terms;
      const dense = precisions.map(() => 0);
      columns.forEach((column, i) => (dense[column] = values[i] as number));
      const half = forward(factor, dense);
      return { mean: logitOf(terms, mode), variance: half.reduce((sum, value) => sum + value * value, 0) };
    },
  };
}

type Vector = readonly number[];

function logitOf({ columns, values }: Terms, coefficients: Vector): number {
  let sum = 0;
  for (let i = 0; i < columns.length; i++)
    sum += (values[i] as number) * (coefficients[columns[i] as number] as number);
  return sum;
}

function logPosterior(rows: readonly CountedRow[], coefficients: Vector, precisions: Vector): number {
  let log = 0;
  for (const { trials, hits, offset, terms } of rows) {
    const logit = offset + logitOf(terms, coefficients);
    // ln(1 + e^logit) without overflow.
    log += hits * logit - trials * (Math.max(0, logit) + Math.log1p(Math.exp(-Math.abs(logit))));
  }
  for (let j = 0; j < precisions.length; j++) log -= ((precisions[j] as number) * (coefficients[j] as number) ** 2) / 2;
  return log;
}

function gradient(rows: readonly CountedRow[], coefficients: Vector, precisions: Vector): Vector {
  const slope = precisions.map((precision, j) => -precision * (coefficients[j] as number));
  for (const { trials, hits, offset, terms } of rows) {
    const missed = hits - trials * sigmoid(offset + logitOf(terms, coefficients));
    terms.columns.forEach((j, i) => (slope[j] = (slope[j] as number) + missed * (terms.values[i] as number)));
  }
  return slope;
}

/** The lower half of the negative second derivative. */
function curvature(rows: readonly CountedRow[], coefficients: Vector, precisions: Vector): number[][] {
  const matrix = precisions.map((precision, j) => [...Array.from({ length: j }, () => 0), precision]);
  for (const { trials, offset, terms } of rows) {
    const rate = sigmoid(offset + logitOf(terms, coefficients));
    const weight = trials * rate * (1 - rate);
    const { columns, values } = terms;
    for (let i = 0; i < columns.length; i++) {
      const line = matrix[columns[i] as number] as number[];
      const scaled = weight * (values[i] as number);
      // The indexes in `columns` ascend, so that only the lower half is filled.
      for (let k = 0; k <= i; k++) {
        const column = columns[k] as number;
        line[column] = (line[column] as number) + scaled * (values[k] as number);
      }
    }
  }
  return matrix;
}

/** Cholesky factor L with L·Lᵀ = the matrix, written over its lower half. */
function cholesky(matrix: number[][]): readonly Vector[] {
  for (let j = 0; j < matrix.length; j++) {
    const line = matrix[j] as number[];
    for (let k = 0; k <= j; k++) {
      const other = matrix[k] as number[];
      let left = line[k] as number;
      for (let i = 0; i < k; i++) left -= (line[i] as number) * (other[i] as number);
      line[k] = k === j ? Math.sqrt(left) : left / (other[k] as number);
    }
  }
  return matrix;
}

/** Solves L·y = values for y. */
function forward(factor: readonly Vector[], values: Vector): Vector {
  const found: number[] = [];
  for (let j = 0; j < factor.length; j++) {
    const line = factor[j] as Vector;
    let left = values[j] as number;
    for (let k = 0; k < j; k++) left -= (line[k] as number) * (found[k] as number);
    found.push(left / (line[j] as number));
  }
  return found;
}

/** Solves L·Lᵀ·y = values for y. */
function solve(factor: readonly Vector[], values: Vector): Vector {
  const found = [...forward(factor, values)];
  for (let j = factor.length - 1; j >= 0; j--) {
    let left = found[j] as number;
    for (let k = j + 1; k < factor.length; k++) left -= ((factor[k] as Vector)[j] as number) * (found[k] as number);
    found[j] = left / ((factor[j] as Vector)[j] as number);
  }
  return found;
}
