/**
 * Reduces many standardized numbers (see number-scale.ts), for example of an embedding, to two: how much likelier a request is to succeed
 * than an average one, and how much larger that is with the most expensive model than with the cheapest, on the logit scale. Each model has
 * a Bayesian linear regression on the numbers, in the memory of this process: its prior keeps both numbers near 0 until there are enough
 * outcomes, so that they mean the same in a process that has just begun. The weights are never stored; the cells show how far the two
 * numbers are right.
 */
import { PROJECTION_SIGNAL, RATE_NOISE } from './number-constants.ts';

export interface LearnedProjection {
  /** The predicted success relative to the average, and how much the most expensive model adds to it. */
  of(numbers: ArrayLike<number>): readonly [common: number, contrast: number];
  /** @param model index of the model that answered, cheapest first */
  learn(numbers: ArrayLike<number>, model: number, success: boolean): void;
}

/** @param size numbers of every request */
export function learnedProjection(size: number, models: number): LearnedProjection {
  const regressions = Array.from({ length: models }, () => regression(size + 1, PROJECTION_SIGNAL / RATE_NOISE));
  const common = new Float64Array(size);
  const contrast = new Float64Array(size);

  function termsOf(numbers: ArrayLike<number>): Float64Array {
    const terms = new Float64Array(size + 1);
    for (let i = 0; i < size; i++) terms[i] = numbers[i] as number;
    terms[size] = 1;
    return terms;
  }

  function sumUp(): void {
    common.fill(0);
    contrast.fill(0);
    regressions.forEach(({ weights }, k) => {
      // Converts from the scale of probabilities to that of logits, at the model's own rate.
      const rate = Math.min(0.95, Math.max(0.05, weights[size] as number));
      const perLogit = 1 / (rate * (1 - rate));
      const rank = models > 1 ? (2 * k) / (models - 1) - 1 : 0;
      const contrastOf = models > 1 ? (rank * 3 * (models - 1)) / (models * (models + 1)) : 0;
      for (let i = 0; i < size; i++) {
        const logit = perLogit * (weights[i] as number);
        common[i] = (common[i] as number) + logit / models;
        contrast[i] = (contrast[i] as number) + 2 * contrastOf * logit;
      }
    });
  }

  return {
    of(numbers) {
      let first = 0;
      let second = 0;
      for (let i = 0; i < size; i++) {
        const term = numbers[i] as number;
        first += (common[i] as number) * term;
        second += (contrast[i] as number) * term;
      }
      return [first, second];
    },
    learn(numbers, model, success) {
      regressions[model]?.add(termsOf(numbers), success ? 1 : 0);
      sumUp();
    },
  };
}

interface Regression {
  readonly weights: Float64Array;
  add(x: Float64Array, y: number): void;
}

/** Recursive least squares with a normal prior (Plackett 1950): the covariance is kept up to date. */
function regression(size: number, variance: number): Regression {
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) covariance[i * size + i] = variance;
  const weights = new Float64Array(size);
  const gain = new Float64Array(size);
  return {
    weights,
    add(x, y) {
      let scale = 1;
      let missed = y;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = 0, at = i * size; j < size; j++, at++) sum += (covariance[at] as number) * (x[j] as number);
        gain[i] = sum;
        scale += sum * (x[i] as number);
        missed -= (weights[i] as number) * (x[i] as number);
      }
      for (let i = 0; i < size; i++) {
        const part = (gain[i] as number) / scale;
        weights[i] = (weights[i] as number) + part * missed;
        for (let j = 0, at = i * size; j < size; j++, at++)
          covariance[at] = (covariance[at] as number) - part * (gain[j] as number);
      }
    },
  };
}
