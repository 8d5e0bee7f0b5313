/**
 * How much better than each other models are, on the logit scale, from the benchmarks that they share: result = ease of the benchmark +
 * level of the model + deviation of that model on that benchmark. The ease of a benchmark is not evidence about an application, so it is a
 * fixed effect; the level of a model is a random effect, shrunk according to how well results on one benchmark predict those on another (a
 * two-way model with random effects, fitted as Henderson's BLUP).
 */

/** One result. The variance is the sampling variance, on the logit scale. */
export interface LogitResult {
  readonly benchmark: string;
  readonly model: string;
  readonly logit: number;
  readonly variance: number;
}

/**
 * Variances (logit) of the levels of models, and of the deviation of a model on a benchmark. `bench:statistics --only priors` measures both
 * between the public benchmarks: a difference on one benchmark is, on average, half as large on another.
 */
export const LEVEL_VARIANCE = 0.235;
export const PECULIAR_VARIANCE = 0.235;

/** Steps of the fit: with the few benchmarks of a few candidates it converges to more digits than the figures have. */
const FIT_STEPS = 50;

/** @returns the level of every model in the results, around 0 */
export function modelLevels(results: readonly LogitResult[]): ReadonlyMap<string, number> {
  const levels = new Map(results.map(({ model }) => [model, 0]));
  const byModel = Map.groupBy(results, ({ model }) => model);
  const byBenchmark = Map.groupBy(results, ({ benchmark }) => benchmark);
  for (let step = 0; step < FIT_STEPS; step++) {
    const ease = new Map(
      [...byBenchmark].map(([benchmark, rows]) => [
        benchmark,
        weightedMean(rows, ({ model, logit }) => logit - (levels.get(model) as number)).mean,
      ]),
    );
    for (const [model, rows] of byModel) {
      const { mean, weight } = weightedMean(rows, ({ benchmark, logit }) => logit - (ease.get(benchmark) as number));
      levels.set(model, (mean * weight) / (weight + 1 / LEVEL_VARIANCE));
    }
  }
  return levels;
}

function weightedMean(
  rows: readonly LogitResult[],
  valueOf: (row: LogitResult) => number,
): { readonly mean: number; readonly weight: number } {
  let [sum, weight] = [0, 0];
  for (const row of rows) {
    const precision = 1 / (PECULIAR_VARIANCE + row.variance);
    sum += precision * valueOf(row);
    weight += precision;
  }
  return { mean: sum / weight, weight };
}
