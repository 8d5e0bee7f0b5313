/** Contextual bandits on the numbers as they are, with one linear regression a model: LinUCB and Thompson sampling. */
import type { Random } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { dot } from './number-worlds.ts';

export interface NumberRival {
  readonly name: string;
  /** Starts a run. */
  start(options: RivalOptions): RivalRun;
}

export interface RivalOptions {
  readonly costsUsd: readonly number[];
  readonly failureCostUsd: number;
  readonly numbers: number;
  readonly random: Random;
}

export interface RivalRun {
  choose(numbers: Float64Array): number;
  learn(numbers: Float64Array, model: number, success: boolean): void;
}

/** Ridge regression of success on 1 and the numbers; the inverse is kept up to date (Sherman & Morrison). */
function ridge(size: number): {
  predict(x: Float64Array): { mean: number; variance: number };
  add(x: Float64Array, y: number): void;
} {
  const inverse = Array.from({ length: size }, (_, i) => {
    const line = new Float64Array(size);
    line[i] = 1;
    return line;
  });
  const sum = new Float64Array(size);
  const times = (x: Float64Array): Float64Array => Float64Array.from(inverse, line => dot(line, x));
  return {
    predict(x) {
      const half = times(x);
      return { mean: dot(half, sum), variance: Math.max(0, dot(half, x)) };
    },
    add(x, y) {
      const half = times(x);
      const scale = 1 / (1 + dot(half, x));
      inverse.forEach((line, i) => {
        const part = scale * (half[i] as number);
        for (let j = 0; j < size; j++) line[j] = (line[j] as number) - part * (half[j] as number);
      });
      for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + y * (x[i] as number);
    },
  };
}

function linear(
  name: string,
  success: (at: { mean: number; variance: number }, random: Random) => number,
): NumberRival {
  return {
    name,
    start({ costsUsd, failureCostUsd, numbers, random }) {
      const models = costsUsd.map(() => ridge(numbers + 1));
      const termsOf = (given: Float64Array): Float64Array => Float64Array.of(1, ...given);
      return {
        choose(given) {
          const x = termsOf(given);
          const scores = models.map(
            (model, k) => (costsUsd[k] as number) + failureCostUsd * (1 - success(model.predict(x), random)),
          );
          return scores.indexOf(Math.min(...scores));
        },
        learn: (given, model, isSuccess) => models[model]?.add(termsOf(given), isSuccess ? 1 : 0),
      };
    },
  };
}

/** Li et al. 2010, α = 1. */
const LIN_UCB = linear('LinUCB', ({ mean, variance }) => mean + Math.sqrt(variance));

/** Agrawal & Goyal 2013, with the standard deviation of a rate of about .8. */
const LINEAR_THOMPSON = linear(
  'linear Thompson',
  ({ mean, variance }, random) => mean + 0.4 * Math.sqrt(variance) * normal(random),
);

export const NUMBER_RIVALS: readonly NumberRival[] = [LIN_UCB, LINEAR_THOMPSON];
